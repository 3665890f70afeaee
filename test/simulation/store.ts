import {
  type Documents,
  type Key,
  type StoredItem,
  StoreUnavailable,
  type Write,
  type WriteResult,
} from '@remit/documents/documents'
import { type MemoryDocuments, memoryDocuments } from '@remit/documents/memory'
import { FeedRange } from './feed-range.ts'
import { hashOf } from './random.ts'
import type { Process } from './scheduler.ts'
import type { Wire } from './wire.ts'

const RANGES = 2
/** A replica is behind by no more than this, in milliseconds. */
const MOST_BEHIND = 2_000

type Change = { readonly at: number; readonly item: StoredItem } | { readonly at: number; readonly removed: Key }

/** What one client has seen of each range: no read of its shows it less. */
type Session = number[]

/** A container all processes share, with its change feed and a replica that is behind. It lives as long as the history. */
export class Container {
  readonly name: string
  readonly documents: MemoryDocuments
  feed: FeedRange[]
  readonly #wire: Wire
  readonly #partitionKey: string
  readonly #replica: MemoryDocuments
  readonly #changes: Change[][] = Array.from({ length: RANGES }, () => [])
  readonly #replicated: number[] = Array.from({ length: RANGES }, () => 0)
  readonly #sessions = new Map<object, Session>()

  constructor(name: string, partitionKey: string, wire: Wire, onWrite: (container: string, item: StoredItem) => void) {
    this.name = name
    this.#wire = wire
    this.#partitionKey = partitionKey
    this.feed = Array.from({ length: RANGES }, (_, range) => new FeedRange(wire.scheduler, RANGES, range))
    const now = () => wire.scheduler.now
    this.#replica = memoryDocuments({ partitionKey, now })
    this.documents = memoryDocuments({
      partitionKey,
      now,
      onWrite: item => {
        this.#changed(item)
        onWrite(name, item)
      },
    })
  }

  partitionOf(item: object): string {
    return String((item as Record<string, unknown>)[this.#partitionKey])
  }

  #changed(item: StoredItem): void {
    deepFreeze(item)
    const hash = hashOf(this.partitionOf(item))
    this.#changes[hash % RANGES]?.push({ at: this.#wire.scheduler.now, item })
    for (const range of this.feed) range.offer(hash, item)
  }

  /** All items again, as stored just now: what a restore from a backup makes of a container. */
  restore(): void {
    const all = this.#changes.flat().flatMap(change => ('item' in change ? [change.item] : []))
    for (const { id, ...rest } of new Map(all.map(item => [`${this.partitionOf(item)} ${item.id}`, item])).values()) {
      const item = { ...rest, id, _ts: Math.floor(this.#wire.scheduler.now / 1000) } as StoredItem
      this.documents.take(item)
      this.#changed(item)
    }
  }

  /** Everything written, in order. */
  written(): StoredItem[] {
    const all = this.#changes.flat().flatMap(change => ('item' in change ? [change.item] : []))
    return all.sort((a, b) => Number(a._etag.slice(1, -1)) - Number(b._etag.slice(1, -1)))
  }

  /** Takes what was stored elsewhere. */
  resume(items: readonly StoredItem[], tell: (container: string, item: StoredItem) => void): void {
    for (const item of items) {
      this.documents.take(item)
      this.#changed(item)
      tell(this.name, item)
    }
  }

  /** Replaces a range of the feed by two that go on from there. */
  split(parent: FeedRange): readonly FeedRange[] {
    const children = parent.split()
    this.feed = this.feed.flatMap(range => (range === parent ? children : [range]))
    return children
  }

  /** Documents that answer this client: the newest ones, or those of a replica that has all the client has seen. */
  answering(client: Process, partition?: string): MemoryDocuments {
    const session = this.#sessionOf(client)
    const ranges = partition === undefined ? [...session.keys()] : [hashOf(partition) % RANGES]
    const matters = ranges.some(range => this.#isBehind(range, session[range] ?? 0))
    if (!this.#wire.faults.happens('stale', undefined, matters)) {
      for (const range of ranges) session[range] = this.#changes[range]?.length ?? 0
      return this.documents
    }
    for (const range of ranges) session[range] = this.#replicate(range, session[range] ?? 0)
    return this.#replica
  }

  /** The client has written there, and sees its own write from now on. */
  wrote(client: Process, partition: string): void {
    const range = hashOf(partition) % RANGES
    this.#sessionOf(client)[range] = this.#changes[range]?.length ?? 0
  }

  async remove(key: Key): Promise<void> {
    await this.documents.remove(key)
    this.#changes[hashOf(key.partition) % RANGES]?.push({ at: this.#wire.scheduler.now, removed: key })
  }

  #sessionOf(client: object): Session {
    const session = this.#sessions.get(client) ?? Array.from({ length: RANGES }, () => 0)
    this.#sessions.set(client, session)
    return session
  }

  /** Whether a replica would show a client less of a range than there is. */
  #isBehind(range: number, seen: number): boolean {
    const changes = this.#changes[range] ?? []
    const newest = changes.at(-1)?.at ?? 0
    const shown = Math.max(seen, this.#replicated[range] ?? 0)
    return changes.length > shown && newest > this.#wire.scheduler.now - MOST_BEHIND
  }

  /** Brings the replica of a range as far as the client has seen, and as far as no replica is behind. */
  #replicate(range: number, seen: number): number {
    const changes = this.#changes[range] ?? []
    const before = this.#wire.scheduler.now - MOST_BEHIND
    let done = this.#replicated[range] ?? 0
    for (; done < changes.length; done++) {
      const change = changes[done]
      if (change === undefined || (done >= seen && change.at > before)) break
      if ('item' in change) this.#replica.take(change.item)
      else void this.#replica.remove(change.removed)
    }
    this.#replicated[range] = done
    return Math.max(seen, done)
  }
}

/** A container as one process reaches it: over a wire on which requests and answers get lost. */
export function overTheWire(wire: Wire, client: Process, container: Container): Documents {
  const { scheduler, faults, random } = wire
  const read = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    await scheduler.park(client)
    if (faults.happens('unreadable', client)) throw new StoreUnavailable('simulated')
    const answer = await ask()
    await scheduler.park(client)
    return answer
  }
  const write = async (partition: string, effect: () => Promise<WriteResult>): Promise<WriteResult> => {
    // A request on its way when its sender dies may arrive all the same.
    const arrivesAnyway = random.chance(0.5) ? () => void effect() : undefined
    await scheduler.park(client, 0, arrivesAnyway)
    if (faults.happens('busy', client)) return { result: 'busy' }
    if (faults.happens('unknownBefore')) return { result: 'unknown' }
    let result = await effect()
    if (faults.happens('echo')) result = await effect()
    const lost = faults.happens('unknownAfter', client)
    await scheduler.park(client)
    if (lost) return { result: 'unknown' }
    container.wrote(client, partition)
    return result
  }
  const { documents } = container
  const writeOne = (one: Write) => write(container.partitionOf(one.item), () => documents.write(one))
  return {
    read: key => read(() => container.answering(client, key.partition).read(key)),
    readMany: keys => read(() => container.answering(client).readMany(keys)),
    write: writeOne,
    writeEach: writes => Promise.all(writes.map(writeOne)),
    writeTogether: (partition, writes) => write(partition, () => documents.writeTogether(partition, writes)),
    remove: key => read(() => container.remove(key)),
    query: (partition, query) => read(() => container.answering(client, partition).query(partition, query)),
    scan: query => pagesOf(container.answering(client).scan(query), read),
  }
}

type Read = <Answer>(ask: () => Promise<Answer>) => Promise<Answer>

/** Not written where it is used: what calls a generator made anew for each world is kept long after its end. */
async function* pagesOf(scanned: AsyncIterable<StoredItem[]>, read: Read): AsyncGenerator<StoredItem[]> {
  const pages: StoredItem[][] = []
  for await (const page of scanned) pages.push(page)
  for (const page of pages) yield await read(async () => page)
}

/** Handlers share the items of a feed: none may change them. */
function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  Object.freeze(value)
  for (const member of Object.values(value)) deepFreeze(member)
}
