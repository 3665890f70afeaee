import type { Write } from '@remit/documents/documents'
import { type Bugs, eachWrite, fed, only, reading, takenForWritten, upsert } from './tools.ts'

export const inTheStore: Bugs = {
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
  'an unknown write is taken for written': { documents: only('commands', takenForWritten('unknown')) },
  'an altered command replaces the first': {
    documents: only('commands', documents => ({
      write: (write: Write) => documents.write({ kind: 'upsert', item: write.item }),
    })),
  },
  'the feed is checkpointed before the work': { host: { checkpointFirst: true } },
  'a failed batch is skipped': { host: { skipFailures: true } },
  'an append refused for now is taken for written': { documents: only('events', takenForWritten('busy')) },
  'an append whose answer was lost is taken for written': { documents: only('events', takenForWritten('unknown')) },
  'an append that was in conflict is taken for written': { documents: only('events', takenForWritten('conflict')) },
  'a key that is known is taken for new': { documents: only('commands', takenForWritten('conflict')) },
  'the ids of the last second are forgotten': {
    documents: only(
      'events',
      reading(item => ({ ...item, after: { ...(item.after as object), recent: [] } })),
    ),
  },
  'a restored command passes for a new one': {
    feed: fed(['decide'], (items: { _ts: number }[]) =>
      items.map(item => ({ ...item, at: new Date(item._ts * 1000).toISOString() })),
    ),
  },
}
