import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'
import type { Bounds } from '../partition-key/ranges.ts'
import type { Entry } from './entry.ts'
import { changeOf, lsnOf, type Range, sequenceOf } from './range.ts'
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

const columns = 'sequence, epk, partition, id, change, ts, ttl, etag, text'
type Row = Record<string, SQLOutputValue>

/** The items of one container: by key value and id, in the order of creation, in the order of their last change. */
export class Items {
  private readonly storage: Storage
  private readonly table: string
  private readonly statements: Record<keyof ReturnType<typeof statementsOn>, StatementSync>
  /** Whether there is an index of times, which only containers need where items expire. */
  private hasTimes = false

  /** @param number of the container */
  constructor(storage: Storage, number: number) {
    this.storage = storage
    this.table = `items_${number}`
    storage.execute(tables(this.table))
    const texts = Object.entries(statementsOn(this.table)).map(([name, sql]) => [name, storage.prepare(sql)])
    this.statements = Object.fromEntries(texts)
  }

  find({ epk, text }: Partition, id: string): Entry | undefined {
    const row = this.statements.find.get(epk, text, sortable(id))
    return row && entryOf(row)
  }

  get(sequence: number): Entry | undefined {
    const row = this.statements.get.get(sequence)
    return row && entryOf(row)
  }

  insert(entry: Entry, change: number): void {
    const { sequence, epk, partition, id } = entry
    this.statements.insert.run(sequence, epk, partition, sortable(id), ...versionOf(entry, change))
  }

  update(entry: Entry, change: number): void {
    this.statements.update.run(...versionOf(entry, change), entry.sequence)
  }

  delete({ sequence }: Entry): void {
    this.statements.delete.run(sequence)
  }

  all(): Generator<Entry> {
    return this.each('all')
  }

  /** The items of a range, or of a part of it, in the order of creation, from one on. */
  *created(range: Range, from: number, part?: Bounds): Generator<Entry> {
    for (const home of range.lineage) {
      const first = Math.max(from, sequenceOf(home, 0))
      yield* this.each('created', first, sequenceOf(home + 1, 0), ...common(range.bounds, part))
    }
  }

  /** The items of a range, or of a part of it, that were changed since, in that order. */
  *changed(range: Range, { lsn, afterSecond }: Start, part?: Bounds): Generator<Entry> {
    const bounds = common(range.bounds, part)
    for (const home of range.lineage) {
      yield* this.each('changed', changeOf(home, lsn + 1), changeOf(home + 1, 0), afterSecond, ...bounds)
    }
  }

  /** The items of a partition that were changed since, in that order. */
  *changedIn({ epk, text }: Partition, range: Range, { lsn, afterSecond }: Start): Generator<Entry> {
    for (const home of range.lineage) {
      const changes = [changeOf(home, lsn + 1), changeOf(home + 1, 0), afterSecond]
      yield* this.eachOf(this.statements.changedIn.iterate(epk, text, ...changes))
    }
  }

  /** The items of one partition in the order of creation, from one on. */
  *inPartition({ epk, text }: Partition, ids: IdBounds, from: number): Generator<Entry> {
    yield* this.eachOf(this.statements.inPartition.iterate(epk, text, ...bound(ids), from))
  }

  /** The items of one partition in the order of their ids. */
  byId({ epk, text }: Partition, ids: IdBounds, descending: boolean): Generator<Entry> {
    return this.each(descending ? 'byIdDescending' : 'byId', epk, text, ...bound(ids))
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
    const own = this.statements.expired.all(second, most)
    if (fallback <= 0) return own.map(entryOf)
    if (!this.hasTimes) this.storage.execute(`CREATE INDEX IF NOT EXISTS ${this.table}_ts ON ${this.table} (ts)`)
    this.hasTimes = true
    return [...own, ...this.statements.old.all(second - fallback, most)].map(entryOf)
  }

  drop(): void {
    this.storage.execute(`DROP TABLE ${this.table}`)
  }

  /** Rows are sorted by number alone, and fetched one by one: whole ones would have to be kept until all are sorted. */
  private *eachOf(rows: Iterable<Row>): Generator<Entry> {
    for (const { sequence } of rows) {
      const entry = this.get(Number(sequence))
      if (entry !== undefined) yield entry
    }
  }

  private *each(name: keyof typeof this.statements, ...given: SQLInputValue[]): Generator<Entry> {
    for (const row of this.statements[name].iterate(...given)) yield entryOf(row)
  }
}

function tables(table: string): string {
  return `
    CREATE TABLE IF NOT EXISTS ${table} (
      sequence INTEGER PRIMARY KEY, epk TEXT NOT NULL, partition TEXT NOT NULL, id TEXT NOT NULL, change INTEGER NOT NULL,
      ts INTEGER NOT NULL, ttl INTEGER, etag TEXT NOT NULL, text TEXT NOT NULL);
    CREATE UNIQUE INDEX IF NOT EXISTS ${table}_place ON ${table} (epk, partition, id);
    CREATE UNIQUE INDEX IF NOT EXISTS ${table}_change ON ${table} (change);
    CREATE INDEX IF NOT EXISTS ${table}_ttl ON ${table} (ts + ttl) WHERE ttl > 0;`
}

function statementsOn(table: string) {
  const select = `SELECT ${columns} FROM ${table}`
  const inPartition = 'epk = ? AND partition = ?'
  const byId = `${select} WHERE ${inPartition} AND id >= ? AND id <= ? ORDER BY id`
  return {
    all: `${select} ORDER BY sequence`,
    find: `${select} WHERE ${inPartition} AND id = ?`,
    get: `${select} WHERE sequence = ?`,
    insert: `INSERT INTO ${table} (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    update: `UPDATE ${table} SET change = ?, ts = ?, ttl = ?, etag = ?, text = ? WHERE sequence = ?`,
    delete: `DELETE FROM ${table} WHERE sequence = ?`,
    created: `${select} WHERE sequence >= ? AND sequence < ? AND +epk >= ? AND +epk < ? ORDER BY sequence`,
    changed: `${select} WHERE change >= ? AND change < ? AND ts > ? AND +epk >= ? AND +epk < ? ORDER BY change`,
    changedIn: `SELECT sequence FROM ${table} INDEXED BY ${table}_place
      WHERE ${inPartition} AND change >= ? AND change < ? AND ts > ? ORDER BY change`,
    byId,
    byIdDescending: `${byId} DESC`,
    inPartition: `SELECT sequence FROM ${table} INDEXED BY ${table}_place
      WHERE ${inPartition} AND id >= ? AND id <= ? AND sequence >= ? ORDER BY sequence`,
    countIn: `SELECT count(*) AS count FROM (SELECT 1 FROM ${table} WHERE ${inPartition} LIMIT ?)`,
    countBetween: `SELECT count(*) AS count FROM ${table} WHERE epk >= ? AND epk < ?`,
    keysFrom: `SELECT epk FROM ${table} WHERE epk >= ? AND epk < ? ORDER BY epk LIMIT -1 OFFSET ?`,
    expired: `${select} WHERE ttl > 0 AND ts + ttl <= ? LIMIT ?`,
    old: `${select} WHERE ts <= ? AND ttl IS NULL LIMIT ?`,
  }
}

function versionOf({ ts, ttl, etag, text }: Entry, change: number) {
  return [change, ts, ttl ?? null, etag, text] as const
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

function entryOf(row: Row): Entry {
  return {
    sequence: Number(row.sequence),
    id: unsorted(String(row.id)),
    epk: String(row.epk),
    partition: String(row.partition),
    lsn: lsnOf(Number(row.change)),
    ts: Number(row.ts),
    etag: String(row.etag),
    ttl: row.ttl === null ? undefined : Number(row.ttl),
    text: String(row.text),
  }
}
