import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'
import type { Bounds } from '../partition-key/ranges.ts'
import type { Entry } from './entry.ts'
import { EntryCache } from './entry-cache.ts'
import { lists, statementsOn, tables } from './item-table.ts'
import type { Range } from './range.ts'
import { aboveEveryText, sortable, unsorted } from './sortable-text.ts'
import type { Storage } from './storage.ts'

/** All items with one partition key value. */
export type Partition = {
  /** The value as JSON text. */
  readonly text: string
  /** Effective partition key, where the partition lies on the ring. */
  readonly epk: string
}

/** Ids from and to, both included; without a bound: all. */
export type IdBounds = { readonly low?: string | undefined; readonly high?: string | undefined }

/** Where to read changes on: after an LSN, and only what was written after a second (`_ts`). */
export type Start = { readonly lsn: number; readonly afterSecond: number }

/** The items of one container: by key value and id, in the order of creation, in the order of their last change. */
export class Items {
  private readonly storage: Storage
  readonly table: string
  private readonly statements: Record<keyof ReturnType<typeof statementsOn>, StatementSync>
  /** Whether there is an index of times, which only containers need where items expire. */
  private hasTimes = false
  private readonly cache: EntryCache

  /** @param number of the container */
  constructor(storage: Storage, number: number) {
    this.storage = storage
    this.cache = new EntryCache(storage.memory)
    this.table = `items_${number}`
    storage.execute(tables(this.table))
    const texts = Object.entries(statementsOn(this.table)).map(([name, sql]) => [name, storage.prepare(sql)])
    this.statements = Object.fromEntries(texts)
    for (const name of lists) this.statements[name].setReturnArrays(true)
  }

  find({ epk, text }: Partition, id: string): Entry | undefined {
    const known = this.cache.find(text, id)
    if (known !== undefined) return known
    const row = this.statements.find.get(epk, text, sortable(id))
    return row && this.get(Number(row.sequence))
  }

  get(sequence: number): Entry | undefined {
    const known = this.cache.get(sequence)
    if (known !== undefined) return known
    const row = this.statements.get.get(sequence)
    if (row === undefined) return undefined
    const entry = entryOf(row)
    this.cache.set(entry)
    return entry
  }

  /** @returns false when there is an item of this id; then nothing was done. */
  insert(entry: Entry): boolean {
    const { sequence, epk, partition, id } = entry
    const { changes } = this.statements.insert.run(sequence, epk, partition, sortable(id), ...versionOf(entry))
    if (changes === 0) return false
    this.cache.set(entry)
    return true
  }

  update(entry: Entry): void {
    this.statements.update.run(...versionOf(entry), entry.sequence)
    this.cache.set(entry)
  }

  delete(entry: Entry): void {
    this.statements.delete.run(entry.sequence)
    this.cache.delete(entry)
  }

  /** Says that the write of this version was undone. */
  undone(entry: Entry): void {
    this.cache.delete(entry)
  }

  /** All there are, without remembering them. */
  *all(): Generator<Entry> {
    for (const row of this.statements.all.iterate()) yield entryOf(row)
  }

  /** The items of a range, or of a part of it, in the order of creation, from one on. */
  created(range: Range, from: number, part?: Bounds): Generator<Entry> {
    return this.each('created', common(range.bounds, part), from - 1)
  }

  /**
   * The items of a range, or of a part of it, that were changed since, in that order. Those that were never changed after they
   * were created are found by their creation, so that only the others need an index of changes: two sorted lists in one.
   */
  *changed(range: Range, { lsn, afterSecond }: Start, part?: Bounds): Generator<Entry> {
    const given = [lsn, afterSecond, ...common(range.bounds, part)]
    let after = range.placeBefore(lsn)
    for (let most = SHORTEST; after < ENDLESS; most = Math.min(4 * most, LONGEST)) {
      const changed = this.list('changed', [...given, after, most])
      const upTo = endOf(changed, most)
      const fresh = this.list('fresh', [upTo, ...given, after, most])
      after = Math.min(upTo, endOf(fresh, most))
      const found = [...fresh, ...changed].filter(([, place]) => (place as number) <= after)
      yield* this.at(found.sort(([, a], [, b]) => (a as number) - (b as number)))
    }
  }

  /** The items of a partition that were changed since, in that order. */
  changedIn({ epk, text }: Partition, range: Range, { lsn, afterSecond }: Start): Generator<Entry> {
    return this.each('changedIn', [epk, text, lsn, afterSecond], range.placeBefore(lsn))
  }

  /** The items of one partition in the order of creation, from one on. */
  inPartition({ epk, text }: Partition, ids: IdBounds, from: number): Generator<Entry> {
    return this.each('inPartition', [epk, text, ...bound(ids)], from - 1)
  }

  /** The items of one partition in the order of their ids. */
  byId({ epk, text }: Partition, ids: IdBounds, descending: boolean): Generator<Entry> {
    const given = [epk, text, ...bound(ids)]
    return descending ? this.each('byIdDescending', given, aboveEveryText) : this.each('byId', given, '')
  }

  /** How many items a partition has, as far as that is less than so many. */
  countIn({ epk, text }: Partition, most: number): number {
    return Number(this.statements.countIn.get(epk, text, most)?.count)
  }

  /** How many items lie in a part of the ring. */
  countBetween({ min, max }: Bounds): number {
    return Number(this.statements.countBetween.get(min, max)?.count)
  }

  /** Effective keys in a part of the ring, in order, from the `nth` item on. */
  *keysFrom({ min, max }: Bounds, nth: number): Generator<string> {
    for (const { epk } of this.statements.keysFrom.iterate(min, max, nth)) yield String(epk)
  }

  /**
   * Some items whose time is over.
   *
   * @param fallback time to live in seconds of items that do not say; -1 = for ever
   * @param second of now
   */
  expired(fallback: number, second: number, most: number): Entry[] {
    const own = [...this.at(this.list('expired', [second, most]))]
    if (fallback <= 0) return own
    if (!this.hasTimes) this.storage.execute(`CREATE INDEX IF NOT EXISTS ${this.table}_ts ON ${this.table} (ts)`)
    this.hasTimes = true
    return [...own, ...this.at(this.list('old', [second - fallback, most]))]
  }

  drop(): void {
    this.storage.execute(`DROP TABLE ${this.table}`)
  }

  private list(name: keyof typeof this.statements, given: SQLInputValue[]): Found[] {
    return this.statements[name].all(...given) as unknown as Found[]
  }

  private *at(rows: readonly Found[]): Generator<Entry> {
    for (const [sequence] of rows) {
      const entry = this.get(sequence)
      if (entry !== undefined) yield entry
    }
  }

  /**
   * Statements find only where items are: they may be known already, and sorting whole ones would take much memory. They say
   * so in pieces, each four times as long as the one before, as most readers want only a few; some sort for each piece.
   *
   * @param after in the order of the statement, where it begins
   */
  private *each(name: keyof typeof this.statements, given: SQLInputValue[], after: number | string): Generator<Entry> {
    let last = after
    for (let most = SHORTEST; ; most = Math.min(4 * most, LONGEST)) {
      const rows = this.list(name, [...given, last, most])
      yield* this.at(rows)
      if (rows.length < most) return
      last = (rows.at(-1) as Found)[1]
    }
  }
}

/** Where an item is, and its place in the order of the statement. */
type Found = [sequence: number, place: number | string]

const ENDLESS = Number.MAX_SAFE_INTEGER

/** How far a list is complete that may have at most so many rows. */
function endOf(rows: readonly Found[], most: number): number {
  return rows.length < most ? ENDLESS : ((rows.at(-1) as Found)[1] as number)
}

/** Items whose places a statement says at once, at first and at most. */
const SHORTEST = 128
const LONGEST = 32 * 1024

function versionOf({ change, lsn, ts, ttl, etag, text }: Entry) {
  return [change, lsn, ts, ttl ?? null, etag, text] as const
}

/** What two parts of the ring have in common. */
function common(a: Bounds, b: Bounds = a): [min: string, max: string] {
  const [, min] = [a.min, b.min].sort() as [string, string]
  const [max] = [a.max, b.max].sort() as [string, string]
  return [min, max]
}

function bound({ low, high }: IdBounds) {
  return [low === undefined ? '' : sortable(low), high === undefined ? aboveEveryText : sortable(high)] as const
}

function entryOf(row: Record<string, SQLOutputValue>): Entry {
  return {
    sequence: Number(row.sequence),
    id: unsorted(String(row.id)),
    epk: String(row.epk),
    partition: String(row.partition),
    lsn: Number(row.lsn),
    change: Number(row.change),
    ts: Number(row.ts),
    etag: String(row.etag),
    ttl: row.ttl === null ? undefined : Number(row.ttl),
    text: String(row.text),
  }
}
