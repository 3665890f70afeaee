import { randomUUID } from 'node:crypto'
import type { JsonObject } from '../json.ts'
import type { Container } from './container.ts'
import { bodyOf, type Entry } from './entry.ts'
import type { Journal } from './journal.ts'
import type { Partition } from './partition.ts'
import type { Range } from './range.ts'

/**
 * Writes to one range that take effect together under one LSN, or not at all. Changes are made in place and undone on
 * `rollback`; the LSN is taken and the change list is written only on `commit`, so a feed never sees half of it.
 */
export class Transaction {
  private readonly container: Container
  private readonly range: Range
  private readonly lsn: number
  private readonly now: number
  private readonly touched = new Set<Entry>()
  private readonly undo: (() => void)[] = []

  /** @param now milliseconds */
  constructor(container: Container, range: Range, now: number) {
    this.container = container
    this.range = range
    this.lsn = range.lsn + 1
    this.now = now
  }

  insert(partition: Partition, body: JsonObject): Entry {
    const { container } = this
    const sequence = ++container.sequence
    const id = body.id as string
    const entry: Entry = {
      sequence,
      id,
      partition,
      lsn: 0,
      ts: 0,
      etag: '',
      ttl: undefined,
      text: '',
      body: undefined,
      alive: true,
    }
    if (!container.uniqueKeys.isEmpty) {
      container.uniqueKeys.check(body, partition.text, owner => this.counts(owner))
      container.uniqueKeys.claim(body, entry)
    }
    this.stamp(entry, body)
    partition.insert(entry)
    this.range.append(entry)
    this.undo.push(() => this.detach(entry))
    return entry
  }

  replace(entry: Entry, body: JsonObject): Entry {
    const { uniqueKeys } = this.container
    const { lsn, ts, etag, ttl, text } = entry
    const before = uniqueKeys.isEmpty ? undefined : bodyOf(entry)
    if (before !== undefined) {
      uniqueKeys.check(body, entry.partition.text, owner => owner !== entry && this.counts(owner))
      uniqueKeys.release(before, entry)
      uniqueKeys.claim(body, entry)
    }
    this.stamp(entry, body)
    this.undo.push(() => {
      if (before !== undefined) {
        uniqueKeys.release(body, entry)
        uniqueKeys.claim(before, entry)
      }
      Object.assign(entry, { lsn, ts, etag, ttl, text, body: undefined })
    })
    return entry
  }

  remove(entry: Entry): void {
    this.detach(entry)
    this.touched.add(entry)
    this.undo.push(() => {
      entry.alive = true
      entry.partition.insert(entry)
      this.range.countDead(-1)
      if (!this.container.uniqueKeys.isEmpty) this.container.uniqueKeys.claim(bodyOf(entry), entry)
    })
  }

  commit(journal: Journal): void {
    if (this.touched.size === 0) return
    this.range.lsn = this.lsn
    for (const entry of this.touched) journal.saveItem(this.container, entry)
    journal.saveRange(this.container, this.range)
    this.range.record(this.lsn, this.touched)
  }

  rollback(): void {
    while (this.undo.length > 0) this.undo.pop()?.()
    this.touched.clear()
  }

  private counts(owner: Entry): boolean {
    return owner.alive && !this.container.isExpired(owner, this.now)
  }

  private detach(entry: Entry): void {
    entry.alive = false
    entry.partition.remove(entry)
    this.range.countDead(1)
    if (entry.lsn !== this.lsn) this.range.outdate()
    if (!this.container.uniqueKeys.isEmpty) this.container.uniqueKeys.release(bodyOf(entry), entry)
  }

  /** Gives a version its system properties; they come last, in the order the service writes them. */
  private stamp(entry: Entry, body: JsonObject): void {
    if (entry.lsn > 0 && entry.lsn !== this.lsn) this.range.outdate()
    const { record } = this.container
    const rid = this.container.ridOf(entry)
    entry.lsn = this.lsn
    entry.ts = Math.floor(this.now / 1000)
    entry.etag = `"${randomUUID()}"`
    entry.ttl = typeof body.ttl === 'number' ? body.ttl : undefined
    entry.body = undefined
    const self = `dbs/${record.databaseRid}/colls/${record.rid}/docs/${rid}/`
    const system = `"_rid":"${rid}","_self":"${self}","_etag":"\\"${entry.etag.slice(1, -1)}\\"","_attachments":"attachments/","_ts":${entry.ts}}`
    entry.text = `${JSON.stringify(body).slice(0, -1)},${system}`
    this.touched.add(entry)
  }
}
