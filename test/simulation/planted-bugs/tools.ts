import type { Documents, Item, StoredItem, Write, WriteResult } from '@remit/documents/documents'
import type { FeedName, Handle, PlantedBug } from '../planted-bug.ts'

export type Bugs = Record<string, PlantedBug>

/** Changes what an app gets for one container. */
export const only =
  (wanted: string, change: (documents: Documents) => Partial<Documents>) =>
  (container: string, documents: Documents): Documents | undefined =>
    container === wanted ? { ...documents, ...change(documents) } : undefined

/** Changes single writes, alone or many at once. */
export const eachWrite =
  (change: (documents: Documents) => (write: Write) => Promise<WriteResult>) =>
  (documents: Documents): Partial<Documents> => {
    const write = change(documents)
    return { write, writeEach: writes => Promise.all(writes.map(write)) }
  }

export const upsert = eachWrite(documents => write => documents.write({ kind: 'upsert', item: write.item }))

/** Takes some answers to writes for success. */
export const takenForWritten = (...results: WriteResult['result'][]) =>
  eachWrite(documents => async write => {
    const answer = await documents.write(write)
    return results.includes(answer.result) ? { result: 'written', etag: '' } : answer
  })

/** Writes items that are a little different, or none at all, and says they were written. */
export const writing = (change: (item: Item) => Item | undefined) =>
  eachWrite(documents => async write => {
    const item = change(write.item)
    return item === undefined ? { result: 'written', etag: '' } : documents.write({ ...write, item } as Write)
  })

/** Reads items that are a little different. */
export const reading =
  (change: (item: StoredItem) => StoredItem) =>
  (documents: Documents): Partial<Documents> => ({
    query: async (partition, query) => (await documents.query(partition, query)).map(change),
  })

/** Changes what some feed functions get. */
export const fed =
  (names: readonly FeedName[], change: (items: never[]) => unknown[]) =>
  (name: FeedName, handle: Handle): Handle =>
    names.includes(name) ? items => handle(change(items as never[])) : handle
