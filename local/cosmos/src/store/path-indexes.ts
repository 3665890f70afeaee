import type { StatementSync } from 'node:sqlite'
import { type Json, propertyOf, typeRank } from '../json.ts'
import { bodyOf, type Entry } from './entry.ts'
import type { Items } from './items.ts'
import type { Range } from './range.ts'
import { aboveEveryText, sortable } from './sortable-text.ts'
import type { Storage } from './storage.ts'

/** What can be compared with `<` and the like: no object, no array. */
export type SimpleValue = string | number | boolean | null

export function isSimple(value: Json | undefined): value is SimpleValue {
  return value !== undefined && (value === null || typeof value !== 'object')
}

/** From and to, both included, of one type. Without a bound: all of the type of the other one. */
export type Span = { readonly low?: SimpleValue; readonly high?: SimpleValue }

/** A value as it is stored: its type, by which the service sorts first, and what sorts within it. */
type Term = readonly [rank: number, value: string | number]

/** Items of which an index may say at once where they are. */
const CHUNK = 256
const ranksOfSimple = { first: typeRank(null), last: typeRank('') }

/**
 * The items of one container by their values at paths. Each item has one term for each path: its value, or that it has an
 * object, an array or nothing there. A path gets its index when a query first asks for it, and keeps it.
 */
export class PathIndexes {
  private readonly storage: Storage
  private readonly items: Items
  private readonly table: string
  /** The names of each path. */
  private readonly paths: (readonly string[])[]
  private readonly statements: Record<keyof ReturnType<typeof statementsOn>, StatementSync>

  /** @param number of the container */
  constructor(storage: Storage, items: Items, number: number) {
    this.storage = storage
    this.items = items
    this.table = `terms_${number}`
    storage.execute(tables(this.table))
    const texts = Object.entries(statementsOn(this.table, items.table)).map(([name, sql]) => [
      name,
      storage.prepare(sql),
    ])
    this.statements = Object.fromEntries(texts)
    this.paths = this.statements.paths.all().map(({ names }) => JSON.parse(String(names)) as string[])
  }

  insert(entry: Entry): void {
    for (const path of this.paths.keys()) this.change('insert', path, entry)
  }

  delete(entry: Entry): void {
    for (const path of this.paths.keys()) this.change('delete', path, entry)
  }

  replace(before: Entry, after: Entry): void {
    for (const [path, names] of this.paths.entries()) {
      const [old, now] = [termAt(before, names), termAt(after, names)]
      if (old[0] === now[0] && old[1] === now[1]) continue
      this.change('delete', path, before)
      this.change('insert', path, after)
    }
  }

  /** Where the items of a span are, in the order of their creation; undefined if there are more than so many. */
  find(range: Range, names: readonly string[], { span, most }: { span: Span; most: number }): number[] | undefined {
    const { min, max } = range.bounds
    const [low, high] = termsOf(span)
    const rows = this.statements.find.all(this.pathOf(names), ...low, high[1], min, max, most + 1)
    return rows.length > most ? undefined : rows.map(({ sequence }) => Number(sequence)).sort((a, b) => a - b)
  }

  /** Whether the index has all items in order; those without a value there may be left out. */
  canOrder(names: readonly string[], skipsMissing: boolean): boolean {
    const path = this.pathOf(names)
    const has = (from: number, to: number) => this.statements.has.get(path, from, to) !== undefined
    if (has(ranksOfSimple.last + 1, Number.MAX_SAFE_INTEGER)) return false
    return skipsMissing || !has(0, ranksOfSimple.first - 1)
  }

  /**
   * Where items of a range are, from a value on, in either order; those with the same value in the order of creation, or
   * its reverse.
   */
  *inOrder(range: Range, names: readonly string[], { from, descending }: Order): Generator<number> {
    const { min, max } = range.bounds
    const path = this.pathOf(names)
    const statement = this.statements[descending ? 'down' : 'up']
    const first = descending ? greatest : least
    let after: Place = [...(from === undefined ? first : termOf(from)), descending ? Number.MAX_SAFE_INTEGER : -1]
    for (;;) {
      const rows = statement.all(path, ...after, min, max, CHUNK)
      for (const { rank, value, sequence } of rows) {
        after = [Number(rank), value as Term[1], Number(sequence)]
        if (after[0] < ranksOfSimple.first) return
        yield after[2]
      }
      if (rows.length < CHUNK) return
    }
  }

  drop(): void {
    this.storage.execute(`DROP TABLE ${this.table}; DROP TABLE ${this.table}_paths`)
  }

  private change(name: 'insert' | 'delete', path: number, entry: Entry): void {
    const term = termAt(entry, this.paths[path] as readonly string[])
    this.statements[name].run(path, ...term, entry.sequence)
  }

  /** The number of a path; its index is made if there is none. */
  private pathOf(names: readonly string[]): number {
    const known = this.paths.findIndex(
      path => path.length === names.length && path.every((name, at) => name === names[at]),
    )
    if (known >= 0) return known
    const path = this.paths.length
    this.storage.set()
    this.paths.push(names)
    this.statements.addPath.run(path, JSON.stringify(names))
    for (const entry of this.items.all()) this.change('insert', path, entry)
    this.storage.release()
    return path
  }
}

type Order = { readonly from: SimpleValue | undefined; readonly descending: boolean }
/** Where an item is in an index. */
type Place = readonly [...Term, sequence: number]

const least: Term = [ranksOfSimple.first, 0]
const greatest: Term = [ranksOfSimple.last, aboveEveryText]

function tables(table: string): string {
  return `
    CREATE TABLE IF NOT EXISTS ${table} (
      path INTEGER, rank INTEGER, value, sequence INTEGER, PRIMARY KEY (path, rank, value, sequence)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS ${table}_paths (path INTEGER PRIMARY KEY, names TEXT NOT NULL);`
}

/** Which range an item is in stands with the item alone, and is looked up there. */
function statementsOn(table: string, items: string) {
  const list = `SELECT rank, value, t.sequence FROM ${table} t CROSS JOIN ${items} i ON i.sequence = t.sequence WHERE path = ?`
  const inRange = 'epk >= ? AND epk < ?'
  return {
    paths: `SELECT names FROM ${table}_paths ORDER BY path`,
    addPath: `INSERT INTO ${table}_paths VALUES (?, ?)`,
    insert: `INSERT INTO ${table} VALUES (?, ?, ?, ?)`,
    delete: `DELETE FROM ${table} WHERE path = ? AND rank = ? AND value = ? AND sequence = ?`,
    find: `${list} AND rank = ? AND value >= ? AND value <= ? AND ${inRange} LIMIT ?`,
    has: `SELECT 1 FROM ${table} WHERE path = ? AND rank >= ? AND rank <= ? LIMIT 1`,
    up: `${list} AND (rank, value, t.sequence) > (?, ?, ?) AND ${inRange} ORDER BY rank, value, t.sequence LIMIT ?`,
    down: `${list} AND (rank, value, t.sequence) < (?, ?, ?) AND ${inRange}
      ORDER BY rank DESC, value DESC, t.sequence DESC LIMIT ?`,
  }
}

function termAt(entry: Entry, names: readonly string[]): Term {
  let value: Json | undefined = bodyOf(entry)
  for (const name of names) value = propertyOf(value, name)
  return termOf(value)
}

function termOf(value: Json | undefined): Term {
  if (typeof value === 'string') return [typeRank(value), sortable(value)]
  return [typeRank(value), isSimple(value) ? Number(value) : 0]
}

/** The least and the greatest term of a span. */
function termsOf({ low, high }: Span): [low: Term, high: Term] {
  const [rank] = termOf(low === undefined ? high : low)
  const isText = rank === typeRank('')
  return [
    low === undefined ? [rank, isText ? '' : Number.NEGATIVE_INFINITY] : termOf(low),
    high === undefined ? [rank, isText ? aboveEveryText : Number.POSITIVE_INFINITY] : termOf(high),
  ]
}
