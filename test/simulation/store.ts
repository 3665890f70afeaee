import {
  type Documents,
  type StoredItem,
  StoreUnavailable,
  type Write,
  type WriteResult,
} from '@remit/documents/documents'
import { memoryDocuments } from '@remit/documents/memory'
import type { Faults } from './faults.ts'
import type { Random } from './random.ts'
import type { Process, Scheduler } from './scheduler.ts'

const RANGES = 2

/** A container with its change feed: what was written, in order, by range. */
export type Container = {
  readonly name: string
  readonly documents: Documents & { all: () => StoredItem[] }
  readonly feed: StoredItem[][]
}

/** The database all processes share. It lives as long as the history. */
export function database(scheduler: Scheduler, onWrite: (container: string, item: StoredItem) => void) {
  return (name: string, partitionKey: string): Container => {
    const feed: StoredItem[][] = Array.from({ length: RANGES }, () => [])
    const documents = memoryDocuments({
      partitionKey,
      now: () => scheduler.now,
      onWrite: item => {
        feed[rangeOf(String(item[partitionKey]))]?.push(item)
        onWrite(name, item)
      },
    })
    return { name, documents, feed }
  }
}

function rangeOf(partition: string): number {
  let hash = 0
  for (const character of partition) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0
  return Math.abs(hash) % RANGES
}

export type Wire = { readonly scheduler: Scheduler; readonly random: Random; readonly faults: Faults }

/** A container as one process reaches it: over a wire on which requests and answers get lost. */
export function overTheWire(wire: Wire, owner: Process, documents: Documents): Documents {
  const { scheduler, random, faults } = wire
  const read = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    await scheduler.park(owner)
    if (random.chance(faults.unreadable)) throw new StoreUnavailable('simulated')
    const answer = await ask()
    await scheduler.park(owner)
    return answer
  }
  const write = async (effect: () => Promise<WriteResult>): Promise<WriteResult> => {
    // A request on its way when its sender dies may arrive all the same.
    const arrivesAnyway = random.chance(0.5) ? () => void effect() : undefined
    await scheduler.park(owner, 0, arrivesAnyway)
    if (random.chance(faults.busy)) return { result: 'busy' }
    if (random.chance(faults.unknownBefore)) return { result: 'unknown' }
    let result = await effect()
    if (random.chance(faults.echo)) result = await effect()
    await scheduler.park(owner)
    return random.chance(faults.unknownAfter) ? { result: 'unknown' } : result
  }
  const writeOne = (one: Write) => write(() => documents.write(one))
  return {
    read: key => read(() => documents.read(key)),
    readMany: keys => read(() => documents.readMany(keys)),
    write: writeOne,
    writeEach: writes => Promise.all(writes.map(writeOne)),
    writeTogether: (partition, writes) => write(() => documents.writeTogether(partition, writes)),
    remove: key => read(() => documents.remove(key)),
    query: (partition, query) => read(() => documents.query(partition, query)),
    scan: async function* (query) {
      const pages: StoredItem[][] = []
      for await (const page of documents.scan(query)) pages.push(page)
      for (const page of pages) yield await read(async () => page)
    },
  }
}
