import type { Json, JsonObject } from '../json.ts'
import { keyText, type PartitionKeyDefinition } from '../partition-key/definition.ts'
import { effectiveKey } from '../partition-key/effective-key.ts'
import { itemRid } from '../resource-ids.ts'
import type { Catalog } from './catalog.ts'
import type { Entry } from './entry.ts'
import { Items, type Partition } from './items.ts'
import { PathIndexes } from './path-indexes.ts'
import { Range, type RangeRecord } from './range.ts'
import type { Storage } from './storage.ts'
import { UniqueKeys } from './unique-keys.ts'

/** A container's throughput as its offer shows it, in request units per second. */
export type Throughput = { manual: number } | { autoscaleMax: number }

export type ContainerRecord = {
  number: number
  rid: string
  databaseRid: string
  databaseId: string
  /** The definition as clients see it, without system properties. */
  definition: JsonObject
  partitionKey: PartitionKeyDefinition
  throughput: Throughput
  etag: string
  ts: number
  ranges: RangeRecord[]
}

/** Partition key values whose place on the ring is remembered, as it takes long to work out. */
const REMEMBERED = 10_000

/** What the store has for one container: its definition, its ranges, its items and their indexes. */
export class Container {
  record: ContainerRecord
  /** In the order of the ring. */
  ranges: Range[]
  readonly items: Items
  readonly indexes: PathIndexes
  readonly uniqueKeys: UniqueKeys
  readonly storage: Storage
  /** How many items were ever created and changed. */
  changes = 0
  private readonly catalog: Catalog
  private readonly partitions = new Map<string, Partition>()

  constructor(record: ContainerRecord, storage: Storage, catalog: Catalog) {
    this.record = record
    this.storage = storage
    this.catalog = catalog
    this.ranges = record.ranges.map((range, index) => new Range({ ...range, id: range.id ?? String(index) }))
    this.items = new Items(storage, record.number)
    this.indexes = new PathIndexes(storage, this.items, record.number)
    this.uniqueKeys = new UniqueKeys(storage, record.number, record.definition.uniqueKeyPolicy)
  }

  get id(): string {
    return String(this.record.definition.id)
  }

  /** Default time to live in seconds; -1 = items live for ever unless they say otherwise; undefined = switched off. */
  get defaultTtl(): number | undefined {
    const ttl = this.record.definition.defaultTtl
    return typeof ttl === 'number' ? ttl : undefined
  }

  ridOf(sequence: number): string {
    return itemRid(this.record.rid, sequence)
  }

  partition(components: readonly Json[]): Partition {
    const text = keyText(components)
    let partition = this.partitions.get(text)
    if (partition === undefined) {
      partition = { text, epk: effectiveKey(components, this.record.partitionKey) }
      if (this.partitions.size >= REMEMBERED) this.partitions.clear()
      this.partitions.set(text, partition)
    }
    return partition
  }

  rangeOf({ epk }: Pick<Partition, 'epk'>): Range {
    return this.ranges.find(range => range.holds(epk)) as Range
  }

  /** An expired item is gone from every read at once, long before it is swept. */
  isExpired(entry: Entry, now: number): boolean {
    const fallback = this.defaultTtl
    if (fallback === undefined) return false
    const ttl = entry.ttl ?? fallback
    return ttl > 0 && now >= (entry.ts + ttl) * 1000
  }

  /** Changes what is recorded of the container itself. */
  change(changes: Partial<ContainerRecord>): void {
    this.record = { ...this.record, ...changes }
    this.catalog.saveContainer(this)
  }

  /** Keeps how far the container and a range of it are. */
  saveCounters(range: Range): void {
    this.catalog.saveCounters(this, range)
  }

  drop(): void {
    this.items.drop()
    this.indexes.drop()
    this.uniqueKeys.drop()
  }
}
