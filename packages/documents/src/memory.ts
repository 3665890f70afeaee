import type { Condition, Documents, Item, Key, Query, StoredItem, Write, WriteResult } from './documents.ts'

type Options = {
  /** The member that names the partition. */
  readonly partitionKey: string
  /** Members of which no two items of a partition have the same value; none counts as a value, as in Cosmos DB. */
  readonly uniqueKeys?: readonly string[]
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Told of each write that took effect, in order, as a change feed would be. */
  readonly onWrite?: (item: StoredItem) => void
}

/** A container in memory. */
export type MemoryDocuments = Documents & {
  readonly all: () => StoredItem[]
  /** Takes an item as it was stored elsewhere, as a replica does. */
  readonly take: (item: StoredItem) => void
}

/** A container in memory with the answers of the real one, for tests and for simulated worlds. */
export function memoryDocuments({ partitionKey, uniqueKeys = [], now, onWrite }: Options): MemoryDocuments {
  const partitions = new Map<string, Map<string, StoredItem>>()
  let written = 0

  const partitionOf = (item: Item) => String(item[partitionKey])
  const find = ({ partition, id }: Key) => partitions.get(partition)?.get(id)
  const isTaken = (item: Item, key: string) =>
    [...(partitions.get(partitionOf(item))?.values() ?? [])].some(
      other => other.id !== item.id && (other[key] ?? null) === (item[key] ?? null),
    )
  const check = (write: Write): WriteResult | undefined => {
    if (!/^[^/\\]{1,255}$/.test(write.item.id)) return { result: 'unknown' }
    const there = find({ partition: partitionOf(write.item), id: write.item.id })
    if (write.kind === 'create' && there) return { result: 'conflict' }
    if (write.kind === 'replace' && there?._etag !== write.etag) return { result: 'changed' }
    return uniqueKeys.some(key => isTaken(write.item, key)) ? { result: 'conflict' } : undefined
  }
  const take = (item: StoredItem) => {
    const partition = partitionOf(item)
    const items = partitions.get(partition) ?? new Map<string, StoredItem>()
    partitions.set(partition, items.set(item.id, item))
  }
  const put = (item: Item): WriteResult => {
    written += 1
    const stored = { ...copyOf(item), _etag: `"${written}"`, _ts: Math.floor(now() / 1000) }
    take(stored)
    onWrite?.(copyOf(stored))
    return { result: 'written', etag: stored._etag }
  }
  const writeOne = (write: Write): WriteResult => check(write) ?? put(write.item)
  const matching = (items: Iterable<StoredItem>, { where = [] }: Pick<Query, 'where'>) =>
    [...items].filter(item => where.every(condition => holds(condition, item)))

  return {
    read: async key => copyOf(find(key)),
    readMany: async keys => keys.map(key => copyOf(find(key))),
    write: async write => writeOne(write),
    writeEach: async writes => writes.map(writeOne),
    writeTogether: async (partition, writes) => {
      if (writes.length > 100) throw new RangeError('a batch writes at most 100 items')
      if (writes.some(write => partitionOf(write.item) !== partition)) throw new RangeError('a batch has one partition')
      const created = writes.flatMap(({ kind, item }) => (kind === 'create' ? [item.id] : []))
      const failure = writes.map(check).find(result => result !== undefined)
      if (failure) return failure
      if (new Set(created).size < created.length) return { result: 'conflict' }
      return writes.map(write => put(write.item)).at(0) ?? { result: 'unknown' }
    },
    remove: async ({ partition, id }) => {
      partitions.get(partition)?.delete(id)
    },
    query: async (partition, query) => {
      const { path, descending } = query.orderBy ?? { path: 'id' }
      const all = matching(partitions.get(partition)?.values() ?? [], query)
      const found = all.filter(item => at(item, path) !== undefined)
      const direction = descending ? -1 : 1
      found.sort((a, b) => (compare(at(a, path), at(b, path)) || compare(a.id, b.id)) * direction)
      return found.slice(0, query.limit).map(item => copyOf(item))
    },
    scan: query =>
      pagesOf(
        () => [...partitions.values()].flatMap(items => matching(items.values(), query)).map(copyOf),
        query.limit,
      ),
    take,
    all: () => [...partitions.values()].flatMap(items => [...items.values()].map(item => copyOf(item))),
  }
}

async function* pagesOf(find: () => StoredItem[], limit: number): AsyncGenerator<StoredItem[]> {
  const found = find()
  for (let start = 0; start < found.length; start += limit) yield found.slice(start, start + limit)
}

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((from, member) => (from as Record<string, unknown> | undefined)?.[member], value)
}

function holds(condition: Condition, item: StoredItem): boolean {
  const found = at(item, condition.path)
  switch (condition.is) {
    case 'defined':
      return found !== undefined
    case 'some in':
      return (
        Array.isArray(found) &&
        found.some(element => condition.values.includes(at(element, condition.member) as string))
      )
    default: {
      if (typeof found !== typeof condition.value) return false
      const order = compare(found, condition.value)
      if (condition.is === '=') return order === 0
      if (condition.is === '<') return order < 0
      if (condition.is === '<=') return order <= 0
      return condition.is === '>' ? order > 0 : order >= 0
    }
  }
}

function compare(a: unknown, b: unknown): number {
  const [left, right] = [a as string, b as string]
  return left === right ? 0 : left < right ? -1 : 1
}

/** A copy that shares nothing, of what is JSON. */
function copyOf<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copyOf) as Value
  const copy: Record<string, unknown> = {}
  for (const name in value) if (value[name] !== undefined) copy[name] = copyOf(value[name])
  return copy as Value
}
