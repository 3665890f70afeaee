import type { Item, Write, WriteResult } from '@remit/documents/documents'
import { type Bugs, fed, only, takenForWritten, upsert, writing } from './tools.ts'

export const inTheViews: Bugs = {
  'a refusal to write for now is taken for written': { documents: only('transfers', takenForWritten('busy')) },
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
  'an operation that was not stored is forgotten': {
    documents: only('operations', takenForWritten('busy', 'unknown')),
  },
  'appends of a newer version are not folded': {
    feed: fed(['project'], (items: { after: { reducer: string } }[]) =>
      items.filter(({ after }) => !after.reducer.endsWith('newer')),
    ),
  },
  'a summary is written before its entries, not together': {
    documents: only('accounts', documents => ({
      writeTogether: async (_partition, writes) => {
        let first: WriteResult | undefined
        for (const write of writes) {
          const answer = await documents.write(write)
          first ??= answer
          if (answer.result !== 'written') return answer
        }
        return first ?? { result: 'unknown' }
      },
    })),
  },
  'every line shows the last balance': {
    documents: only('accounts', documents => ({
      writeTogether: (partition, writes) => {
        const balance = Number(writes[0]?.item.balance)
        return documents.writeTogether(
          partition,
          writes.map(write => ({ ...write, item: withBalance(write.item, balance) }) as Write),
        )
      },
    })),
  },
  'news that Event Grid refuses are forgotten': {
    feed: (name, handle) => (name === 'publish' ? items => handle(items).catch(() => {}) : handle),
  },
  'refusals are no news': {
    feed: fed(['publish'], (items: { outcomes: { result: string }[] }[]) =>
      items.map(item => ({ ...item, outcomes: item.outcomes.filter(({ result }) => result !== 'refused') })),
    ),
  },
  'a declined transfer stays on the review list': {
    heard: handle => async event => {
      if ((event as { type: string }).type !== 'remit.transfer-declined.v1') await handle(event)
    },
  },
  'the review list believes what it heard last': { documents: only('reviews', upsert) },
  'a held transfer asks for no attention': {
    documents: only(
      'transfers',
      writing(({ attentionAt: _, ...item }) => item as Item),
    ),
  },
  'of a batch only the last append is folded': {
    feed: fed(['project'], (items: unknown[]) => items.slice(-1)),
  },
}

function withBalance(item: Item, balance: number): Item {
  return item.line === undefined ? item : { ...item, line: { ...(item.line as object), balance } }
}
