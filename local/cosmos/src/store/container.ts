import type { Json, JsonObject } from '../json.ts'
import { keyText, type PartitionKeyDefinition } from '../partition-key/definition.ts'
import { effectiveKey } from '../partition-key/effective-key.ts'
import { itemRid } from '../resource-ids.ts'
import { bodyOf, type Entry } from './entry.ts'
import { Partition } from './partition.ts'
import { Range, type RangeRecord } from './range.ts'
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

/** The items of one container in memory, in the shapes that reads need. Durability is the journal's job. */
export class Container {
  record: ContainerRecord
  /** In the order of the ring. */
  ranges: Range[]
  readonly partitions = new Map<string, Partition>()
  uniqueKeys: UniqueKeys
  /** Sequence number of the item created last. */
  sequence = 0

  constructor(record: ContainerRecord) {
    this.record = record
    this.ranges = record.ranges.map((range, index) => new Range({ ...range, id: range.id ?? String(index) }))
    this.uniqueKeys = new UniqueKeys(record.definition.uniqueKeyPolicy)
  }

  get id(): string {
    return String(this.record.definition.id)
  }

  /** Default time to live in seconds; -1 = items live for ever unless they say otherwise; undefined = switched off. */
  get defaultTtl(): number | undefined {
    const ttl = this.record.definition.defaultTtl
    return typeof ttl === 'number' ? ttl : undefined
  }

  ridOf(entry: Entry): string {
    return itemRid(this.record.rid, entry.sequence)
  }

  partition(components: readonly Json[]): Partition | undefined {
    return this.partitions.get(keyText(components))
  }

  partitionOrNew(components: readonly Json[]): Partition {
    const text = keyText(components)
    const known = this.partitions.get(text)
    if (known !== undefined) return known
    const epk = effectiveKey(components, this.record.partitionKey)
    const partition = new Partition({ components, text, epk, range: this.rangeAt(epk) })
    this.partitions.set(text, partition)
    return partition
  }

  rangeAt(epk: string): Range {
    return this.ranges.find(range => range.holds(epk)) as Range
  }

  /** An expired item is gone from every read at once, long before it is swept. */
  isExpired(entry: Entry, now: number): boolean {
    const fallback = this.defaultTtl
    if (fallback === undefined) return false
    const ttl = entry.ttl ?? fallback
    return ttl > 0 && now >= (entry.ts + ttl) * 1000
  }

  /** Puts a stored item back after a restart. */
  restore(entry: Entry): void {
    entry.partition.insert(entry)
    entry.partition.range.append(entry)
    if (!this.uniqueKeys.isEmpty) this.uniqueKeys.claim(bodyOf(entry), entry)
    this.sequence = Math.max(this.sequence, entry.sequence)
  }
}
