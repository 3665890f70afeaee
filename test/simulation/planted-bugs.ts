import type { Documents, Write, WriteResult } from '@remit/documents/documents'
import type { PlantedBug } from './planted-bug.ts'

const only =
  (wanted: string, change: (documents: Documents) => Partial<Documents>) =>
  (container: string, documents: Documents): Documents | undefined =>
    container === wanted ? { ...documents, ...change(documents) } : undefined

const eachWrite =
  (change: (documents: Documents) => (write: Write) => Promise<WriteResult>) => (documents: Documents) => {
    const write = change(documents)
    return { write, writeEach: (writes: readonly Write[]) => Promise.all(writes.map(write)) }
  }

const upsert = eachWrite(documents => write => documents.write({ kind: 'upsert', item: write.item }))

let fresh = 0

export const plantedBugs: Record<string, PlantedBug> = {
  'a command seen before is not found again': {
    documents: only('events', documents => ({
      query: async (partition, query) =>
        query.where?.some(({ is }) => is === 'some in') ? [] : documents.query(partition, query),
    })),
  },
  'appends are written without an expected version': { documents: only('events', upsert) },
  'the version is bumped after a conflict, without deciding again': {
    documents: only(
      'events',
      eachWrite(documents => async write => {
        const result = await documents.write(write)
        if (result.result !== 'conflict') return result
        const id = String(Number(write.item.id) + 1).padStart(12, '0')
        return documents.write({ kind: 'create', item: { ...write.item, id } })
      }),
    ),
  },
  'an unknown write is taken for written': {
    documents: only(
      'commands',
      eachWrite(documents => async write => {
        const result = await documents.write(write)
        return result.result === 'unknown' ? { result: 'written', etag: '' } : result
      }),
    ),
  },
  'a refusal to write for now is taken for written': {
    documents: only(
      'transfers',
      eachWrite(documents => async write => {
        const result = await documents.write(write)
        return result.result === 'busy' ? { result: 'written', etag: '' } : result
      }),
    ),
  },
  'an altered command replaces the first': {
    documents: only('commands', documents => ({
      write: (write: Write) => documents.write({ kind: 'upsert', item: write.item }),
    })),
  },
  'an owed command gets a new id each time': {
    documents: only('commands', documents => ({
      writeEach: writes =>
        documents.writeEach(
          writes.map(write => {
            fresh += 1
            const id = `${write.item.id.slice(0, 65)}${String(fresh).padStart(8, '0')}`
            return { kind: 'create', item: { ...write.item, id } }
          }),
        ),
    })),
  },
  'the account view is written without its gate': {
    documents: only('accounts', documents => ({
      writeTogether: (partition, writes) =>
        documents.writeTogether(
          partition,
          writes.map(({ item }) => ({ kind: 'upsert', item })),
        ),
    })),
  },
  'facts of a transfer overwrite each other': { documents: only('transfers', upsert) },
  'the feed is checkpointed before the work': { host: { checkpointFirst: true } },
  'a failed batch is skipped': { host: { skipFailures: true } },
  'bounced credits are never returned': {
    feed: (name, handle) => items =>
      handle(
        name !== 'move'
          ? items
          : (items as { outcomes: { type: string }[] }[]).filter(
              item => !item.outcomes.some(one => one.type === 'ReceiveCredits' && 'reason' in one),
            ),
      ),
    timer: async () => {},
  },
  'holds do not count against the balance': {
    rule: rule => ({
      ...rule,
      decide: (command, account) =>
        rule.decide(command, command.type === 'SendCredits' ? { ...account, holds: {} } : account),
    }),
  },
  'an expiry does not look whether the transfer is still held': {
    rule: rule => ({
      ...rule,
      decide: (command, account) => {
        const decided = rule.decide(command, account)
        if (command.type !== 'ExpireTransfer' || decided.result !== 'refused') return decided
        const { transferId, asOf } = command.data
        const data = { transferId, asOf, to: command.streamId, amount: 1, currency: 'EUR' }
        return { result: 'applied', events: [{ type: 'TransferExpired', data }] }
      },
    }),
  },
  'a frozen receiver swallows the credits': {
    rule: rule => ({
      ...rule,
      decide: (command, account) =>
        command.type === 'ReceiveCredits' && account.status === 'frozen'
          ? { result: 'no_effect' }
          : rule.decide(command, account),
    }),
  },
  'news are published ahead of the views': {
    watermark: accounts => ({
      ...accounts,
      readMany: async keys =>
        keys.map(({ partition }) => ({
          id: 'summary',
          accountId: partition,
          append: 1_000_000,
          version: 0,
          status: 'open',
          kind: 'personal',
          owner: '',
          currency: '',
          balance: 0,
          held: 0,
          _etag: '',
          _ts: 0,
        })),
    }),
  },
}
