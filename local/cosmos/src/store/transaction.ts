import { randomUUID } from 'node:crypto'
import { CosmosError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { Container } from './container.ts'
import { bodyOf, type Entry } from './entry.ts'
import type { Partition } from './items.ts'
import type { Range } from './range.ts'

/** LSNs between two whose places in the order of changes are remembered, so that who reads from there need not look at all. */
const PLACE_EVERY = 256

/**
 * Writes to one range that take effect together under one LSN, or not at all. Later reads of the same transaction see
 * them; the LSN is taken only on `commit`, so a feed never sees half of it.
 */
export class Transaction {
  private readonly container: Container
  private readonly range: Range
  private readonly lsn: number
  private readonly now: number
  private isUndoable = false
  private hasWritten = false
  private readonly written: Entry[] = []
  private changes: number
  private growth = 0

  /** @param now milliseconds */
  constructor(container: Container, range: Range, now: number) {
    this.container = container
    this.range = range
    this.lsn = range.lsn + 1
    this.now = now
    this.changes = container.changes
  }

  /** Comes before several writes of which one may fail when others are done. It costs more than a write. */
  makeUndoable(): void {
    this.container.storage.set()
    this.isUndoable = true
  }

  /** Throws 409 if an item that counts has the same id or the same unique key. */
  insert(partition: Partition, body: JsonObject): Entry {
    const { container } = this
    this.checkUnique(body, partition.text, undefined)
    const sequence = this.nextChange()
    const { epk, text } = partition
    const entry = this.stamped({ sequence, id: body.id as string, epk, partition: text, change: sequence }, body)
    if (!container.items.insert(entry)) {
      this.removeExpired(partition, entry.id)
      container.items.insert(entry)
    }
    container.uniqueKeys.claim(body, text, sequence)
    container.indexes.insert(entry)
    this.written.push(entry)
    this.growth++
    return entry
  }

  /** Throws 409 if another item that counts has the same unique key. */
  replace(before: Entry, body: JsonObject): Entry {
    const { items, indexes, uniqueKeys } = this.container
    const { partition, sequence } = before
    this.checkUnique(body, partition, sequence)
    const entry = this.stamped({ ...before, change: this.nextChange() }, body)
    items.update(entry)
    this.written.push(entry)
    if (!uniqueKeys.isEmpty) {
      uniqueKeys.release(bodyOf(before), partition, sequence)
      uniqueKeys.claim(body, partition, sequence)
    }
    indexes.replace(before, entry)
    return entry
  }

  remove(entry: Entry): void {
    const { items, indexes, uniqueKeys } = this.container
    this.container.storage.begin()
    this.hasWritten = true
    items.delete(entry)
    if (!uniqueKeys.isEmpty) uniqueKeys.release(bodyOf(entry), entry.partition, entry.sequence)
    indexes.delete(entry)
    this.growth--
  }

  commit(): void {
    const { container, range } = this
    if (this.isUndoable) container.storage.release()
    if (!this.hasWritten) return
    range.lsn = this.lsn
    range.size += this.growth
    container.changes = this.changes
    if (this.lsn % PLACE_EVERY === 0) range.remember(this.lsn, this.changes)
    container.saveCounters(range)
  }

  rollback(): void {
    if (this.isUndoable) this.container.storage.undo()
    this.isUndoable = false
    this.hasWritten = false
    for (const entry of this.written) this.container.items.undone(entry)
  }

  /** The id is taken: by an item whose time is over, or in earnest. */
  private removeExpired(partition: Partition, id: string): void {
    const existing = this.container.items.find(partition, id) as Entry
    if (!this.container.isExpired(existing, this.now)) {
      throw new CosmosError(
        409,
        'Entity with the specified id already exists in the system. More info: https://aka.ms/cosmosdb-tsg-conflict',
      )
    }
    this.remove(existing)
  }

  private checkUnique(body: JsonObject, partition: string, own: number | undefined): void {
    const { items, uniqueKeys } = this.container
    for (const sequence of uniqueKeys.owners(body, partition)) {
      const owner = sequence === own ? undefined : items.get(sequence)
      if (owner !== undefined && !this.container.isExpired(owner, this.now))
        throw new CosmosError(409, 'Unique index constraint violation.')
    }
  }

  /** The place of a version in the order of changes. */
  private nextChange(): number {
    this.container.storage.begin()
    this.hasWritten = true
    return ++this.changes
  }

  /** A version with its system properties; they come last, in the order the service writes them. */
  private stamped(place: Pick<Entry, 'sequence' | 'id' | 'epk' | 'partition' | 'change'>, body: JsonObject): Entry {
    const { record } = this.container
    const { sequence, id, epk, partition, change } = place
    const rid = this.container.ridOf(sequence)
    const ts = Math.floor(this.now / 1000)
    const etag = randomUUID()
    const self = `dbs/${record.databaseRid}/colls/${record.rid}/docs/${rid}/`
    const system = `"_rid":"${rid}","_self":"${self}","_etag":"\\"${etag}\\"","_attachments":"attachments/","_ts":${ts}}`
    const text = `${JSON.stringify(body).slice(0, -1)},${system}`
    const ttl = typeof body.ttl === 'number' ? body.ttl : undefined
    return { sequence, id, epk, partition, change, lsn: this.lsn, ts, etag: `"${etag}"`, ttl, text }
  }
}
