import type { Json } from '../../json.ts'
import { type Accumulator, newAccumulator } from './aggregates.ts'
import { type CompiledQuery, outputNames } from './compile.ts'
import { tooComplex } from './limits.ts'
import { canonicalText, compareForOrder, type Value } from './values.ts'

type Row = { value: Value; order: Value[] }
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
  return collector.finish(env)
}

/** Runs a query over whole items, all at once. */
export function evaluateAll(compiled: CompiledQuery, items: Iterable<Json>): Json[] {
  if (compiled.distinctCount !== undefined) {
    const { select } = compiled.query
    const count = evaluateAll(compiled.distinctCount, items).length
    return select.value === undefined ? [{ [outputNames(select.items)[0] as string]: count }] : [count]
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

  finish(outer: Value[]): Json[] {
    const { query, orderBy, top, offset, limit, isGrouped } = this.compiled
    if (isGrouped) {
      if (this.groups.size === 0 && query.groupBy.length === 0) this.groupOf(outer)
      for (const group of this.groups.values()) this.pushGroup(group)
    }
    if (orderBy.length > 0) this.rows.sort((a, b) => compareRows(a.order, b.order, this.compiled))
    let values = this.rows.map(row => row.value) as Json[]
    if (query.select.distinct) values = distinct(values)
    if (top !== undefined) values = values.slice(0, top)
    if (offset !== undefined) values = values.slice(offset, offset + (limit ?? 0))
    return values
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

  private pushGroup({ env, accumulators }: Group): void {
    for (const [index, { slot }] of this.compiled.aggregates.entries()) env[slot] = accumulators[index]?.result()
    this.push(env)
  }

  private push(env: Value[]): void {
    const value = this.compiled.project(env)
    if (value !== undefined)
      this.rows.push({ value, order: this.compiled.orderBy.map(({ evaluate }) => evaluate(env)) })
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

function distinct(values: Json[]): Json[] {
  const seen = new Set<string>()
  return values.filter(value => {
    const text = canonicalText(value)
    if (seen.has(text)) return false
    seen.add(text)
    return true
  })
}
