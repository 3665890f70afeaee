import { type Documents, StoreUnavailable, type Write, type WriteResult } from '@remit/documents/documents'

/** Counts what a store is asked. A call that carries no write is none. */
export function counted(documents: Documents) {
  const calls = { queries: 0, reads: 0, writeCalls: 0, writes: 0 }
  const wrote = (writes: number) => {
    calls.writes += writes
    if (writes > 0) calls.writeCalls += 1
  }
  const counting: Documents = {
    ...documents,
    read: key => {
      calls.reads += 1
      return documents.read(key)
    },
    readMany: keys => {
      calls.reads += keys.length
      return documents.readMany(keys)
    },
    query: (partition, query) => {
      calls.queries += 1
      return documents.query(partition, query)
    },
    write: write => {
      wrote(1)
      return documents.write(write)
    },
    writeEach: writes => {
      wrote(writes.length)
      return documents.writeEach(writes)
    },
  }
  /** What was asked since this was called last. */
  const take = () => {
    const taken = { ...calls }
    Object.assign(calls, { queries: 0, reads: 0, writeCalls: 0, writes: 0 })
    return taken
  }
  return { documents: counting, take }
}

/** `echo`: the client library repeated the write and shows the answer to the repetition. */
export type Fate = 'fine' | 'busy' | 'unknown before' | 'unknown after' | 'echo' | 'too_large'

/** A store whose writes meet a fate. */
export function fated(documents: Documents, fateOf: (write: Write, nth: number) => Fate): Documents {
  let writes = 0
  const write = async (one: Write): Promise<WriteResult> => {
    writes += 1
    const fate = fateOf(one, writes)
    if (fate === 'busy' || fate === 'too_large') return { result: fate }
    if (fate === 'unknown before') return { result: 'unknown' }
    const result = await documents.write(one)
    if (fate === 'unknown after') return { result: 'unknown' }
    return fate === 'echo' ? documents.write(one) : result
  }
  return { ...documents, write, writeEach: all => Promise.all(all.map(write)) }
}

/** A store whose questions are not answered while `out` says so. */
export function outOfReach(documents: Documents, out: () => boolean): Documents {
  const query: Documents['query'] = async (partition, query) => {
    if (out()) throw new StoreUnavailable('a test says so')
    return documents.query(partition, query)
  }
  return { ...documents, query }
}
