import { randomUUID } from 'node:crypto'
import { CosmosError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { Container } from './container.ts'
import { bodyOf, type Entry } from './entry.ts'
import type { Partition } from './items.ts'
import { changeOf, type Range, sequenceOf } from './range.ts'

/**
 * Writes to one range that take effect together under one LSN, or not at all. Later reads of the same transaction see
 * them; the LSN is taken only on `commit`, so a feed never sees half of it.
 */
export class Transaction {
  private readonly container: Container
  private readonly range: Range
  private readonly lsn: number
  private readonly now: number
  private hasBegun = false
  private readonly written: number[] = []
  private created = 0
  private growth = 0

  /** @param now milliseconds */
  constructor(container: Container, range: Range, now: number) {
    this.container = container
    this.range = range
    this.lsn = range.lsn + 1
    this.now = now
  }

  /** Throws 409 if an item that counts has the same unique key. */
  insert(partition: Partition, body: JsonObject): Entry {
    const { container, range } = this
    const sequence = sequenceOf(Number(range.id), range.created + this.created + 1)
    this.checkUnique(body, partition.text, undefined)
    const { epk, text } = partition
    const entry = this.stamped({ sequence, id: body.id as string, epk, partition: text }, body)
    container.items.insert(entry, this.nextChange(sequence))
    container.uniqueKeys.claim(body, text, sequence)
    container.indexes.insert(entry)
    this.created++
    this.growth++
    return entry
  }

  /** Throws 409 if another item that counts has the same unique key. */
  replace(before: Entry, body: JsonObject): Entry {
    const { items, indexes, uniqueKeys } = this.container
    const { partition, sequence } = before
    this.checkUnique(body, partition, sequence)
    const entry = this.stamped(before, body)
    items.update(entry, this.nextChange(sequence))
    if (!uniqueKeys.isEmpty) {
      uniqueKeys.release(bodyOf(before), partition, sequence)
      uniqueKeys.claim(body, partition, sequence)
    }
    indexes.replace(before, entry)
    return entry
  }

  remove(entry: Entry): void {
    const { items, indexes, uniqueKeys } = this.container
    this.begin()
    items.delete(entry)
    if (!uniqueKeys.isEmpty) uniqueKeys.release(bodyOf(entry), entry.partition, entry.sequence)
    indexes.delete(entry)
    this.growth--
  }

  commit(): void {
    if (!this.hasBegun) return
    const { container, range } = this
    container.storage.release()
    range.lsn = this.lsn
    range.created += this.created
    range.size += this.growth
    container.saveRange(range)
  }

  rollback(): void {
    if (this.hasBegun) this.container.storage.undo()
    this.hasBegun = false
    for (const sequence of this.written) this.container.items.undone(sequence)
  }

  private checkUnique(body: JsonObject, partition: string, own: number | undefined): void {
    const { items, uniqueKeys } = this.container
    for (const sequence of uniqueKeys.owners(body, partition)) {
      const owner = sequence === own ? undefined : items.get(sequence)
      if (owner !== undefined && !this.container.isExpired(owner, this.now))
        throw new CosmosError(409, 'Unique index constraint violation.')
    }
  }

  /** The first write begins what takes effect together. */
  private begin(): void {
    if (!this.hasBegun) this.container.storage.set()
    this.hasBegun = true
  }

  /** The place of a version in the order of changes. */
  private nextChange(sequence: number): number {
    this.begin()
    const nth = this.written.push(sequence)
    return changeOf(Number(this.range.id), this.lsn, nth - 1)
  }

  /** A version with its system properties; they come last, in the order the service writes them. */
  private stamped(place: Pick<Entry, 'sequence' | 'id' | 'epk' | 'partition'>, body: JsonObject): Entry {
    const { record } = this.container
    const { sequence, id, epk, partition } = place
    const rid = this.container.ridOf(sequence)
    const ts = Math.floor(this.now / 1000)
    const etag = randomUUID()
    const self = `dbs/${record.databaseRid}/colls/${record.rid}/docs/${rid}/`
    const system = `"_rid":"${rid}","_self":"${self}","_etag":"\\"${etag}\\"","_attachments":"attachments/","_ts":${ts}}`
    const text = `${JSON.stringify(body).slice(0, -1)},${system}`
    const ttl = typeof body.ttl === 'number' ? body.ttl : undefined
    return { sequence, id, epk, partition, lsn: this.lsn, ts, etag: `"${etag}"`, ttl, text }
  }
}
