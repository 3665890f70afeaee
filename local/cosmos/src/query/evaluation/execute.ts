import type { Json } from '../../json.ts'
import { type Accumulator, newAccumulator } from './aggregates.ts'
import { type CompiledQuery, outputNames } from './compile.ts'
import { tooComplex } from './limits.ts'
import { canonicalText, compareForOrder, type Value } from './values.ts'

/** What tells a row from the others, where rows are grouped or must differ. */
export type Keyed = { key: string; value: Json }
type Row = { value: Value; order: Value[]; key: string }
type Group = { env: Value[]; accumulators: Accumulator[] }

/** Calls `emit` for each combination of the sources that passes WHERE. */
export function forEachRow(compiled: CompiledQuery, env: Value[], emit: () => void): void {
  visit(compiled, env, 0, emit)
}

function visit(compiled: CompiledQuery, env: Value[], depth: number, emit: () => void): void {
  const source = compiled.sources[depth]
  if (--compiled.budget.rows < 0) throw tooComplex()
  if (source === undefined) {
    if (compiled.where === undefined || compiled.where(env) === true) emit()
    return
  }
  const value = source.path(env)
  if (source.iterates) {
    if (!Array.isArray(value)) return
    for (const item of value) {
      env[source.slot] = item
      visit(compiled, env, depth + 1, emit)
    }
    return
  }
  if (value === undefined) return
  env[source.slot] = value
  visit(compiled, env, depth + 1, emit)
}

/** Runs a subquery in the slots of the query around it. */
export function execute(compiled: CompiledQuery, env: Value[]): Json[] {
  const collector = new Collector(compiled)
  forEachRow(compiled, env, () => collector.add(env))
  return collector.finish(env).map(({ value }) => value)
}

/** Runs a query over whole items, all at once. */
export function evaluateAll(compiled: CompiledQuery, items: Iterable<Json>): Json[] {
  return evaluateKeyed(compiled, items).map(({ value }) => value)
}

/** The same, with what tells the rows of GROUP BY and of DISTINCT from each other. */
export function evaluateKeyed(compiled: CompiledQuery, items: Iterable<Json>): Keyed[] {
  if (compiled.distinctCount !== undefined) {
    const { select } = compiled.query
    const count = evaluateAll(compiled.distinctCount, items).length
    const value = select.value === undefined ? { [outputNames(select.items)[0] as string]: count } : count
    return [{ key: '', value }]
  }
  const collector = new Collector(compiled)
  const env: Value[] = []
  for (const item of compiled.query.from.length === 0 ? [null] : items) {
    env[0] = item
    forEachRow(compiled, env, () => collector.add(env))
  }
  return collector.finish([])
}

/** Gathers rows: groups them, sorts them, drops repeated ones, cuts them to TOP or OFFSET and LIMIT. */
class Collector {
  private readonly compiled: CompiledQuery
  private readonly groups = new Map<string, Group>()
  private rows: Row[] = []

  constructor(compiled: CompiledQuery) {
    this.compiled = compiled
  }

  add(env: Value[]): void {
    if (!this.compiled.isGrouped) {
      this.push(env)
      return
    }
    const group = this.groupOf(env)
    for (const [index, { argument }] of this.compiled.aggregates.entries())
      group.accumulators[index]?.add(argument(env))
  }

  finish(outer: Value[]): Keyed[] {
    const { query, orderBy, top, offset, limit, isGrouped } = this.compiled
    if (isGrouped) {
      if (this.groups.size === 0 && query.groupBy.length === 0) this.groupOf(outer)
      for (const [key, group] of this.groups) this.pushGroup(key, group)
    }
    if (orderBy.length > 0) this.rows.sort((a, b) => compareRows(a.order, b.order, this.compiled))
    let rows = this.rows as Keyed[]
    if (query.select.distinct) rows = distinct(rows)
    if (top !== undefined) rows = rows.slice(0, top)
    if (offset !== undefined) rows = rows.slice(offset, offset + (limit ?? 0))
    return rows
  }

  private groupOf(env: Value[]): Group {
    const key = this.compiled.groupBy.map(each => canonicalText(each(env))).join()
    let group = this.groups.get(key)
    if (group === undefined) {
      group = { env: env.slice(), accumulators: this.compiled.aggregates.map(({ name }) => newAccumulator(name)) }
      this.groups.set(key, group)
    }
    return group
  }

  private pushGroup(key: string, { env, accumulators }: Group): void {
    for (const [index, { slot }] of this.compiled.aggregates.entries()) env[slot] = accumulators[index]?.result()
    this.push(env, key)
  }

  private push(env: Value[], key = ''): void {
    const value = this.compiled.project(env)
    if (value !== undefined)
      this.rows.push({ value, order: this.compiled.orderBy.map(({ evaluate }) => evaluate(env)), key })
  }
}

/** Compares by the columns of ORDER BY. */
export function compareRows(a: Value[], b: Value[], { orderBy }: CompiledQuery): number {
  for (const [index, { descending }] of orderBy.entries()) {
    const order = compareForOrder(a[index], b[index])
    if (order !== 0) return descending ? -order : order
  }
  return 0
}

function distinct(rows: readonly Keyed[]): Keyed[] {
  const different = new Map<string, Keyed>()
  for (const { value } of rows) {
    const key = canonicalText(value)
    if (!different.has(key)) different.set(key, { key, value })
  }
  return [...different.values()]
}
