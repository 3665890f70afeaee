import { badRequest } from '../../errors.ts'
import { distinctCounted } from '../plan/distinct-count.ts'
import type { Parameters } from '../syntax/parameters.ts'
import { queryError } from '../syntax/query-errors.ts'
import { type Expression, type Query, type Select, type SelectItem, textOf } from '../syntax/syntax.ts'
import type { AggregateSlot } from './aggregates.ts'
import { compileExpression, type Evaluate } from './compile-expression.ts'
import { type Budget, Scope } from './scope.ts'
import { setProperty, type Value } from './values.ts'

export type CompiledSource = { slot: number; path: Evaluate; iterates: boolean }

/** A query as functions over slots. Slot 0 holds the item. */
export type CompiledQuery = {
  query: Query
  sources: CompiledSource[]
  where: Evaluate | undefined
  isGrouped: boolean
  groupBy: Evaluate[]
  aggregates: AggregateSlot[]
  orderBy: { evaluate: Evaluate; descending: boolean }[]
  /** Undefined = the row is left out. */
  project: Evaluate
  top: number | undefined
  offset: number | undefined
  limit: number | undefined
  budget: Budget
  /** Its rows over all items are what this query counts; the rest of this is not used then. */
  distinctCount: CompiledQuery | undefined
}

const aggregateNames = new Set(['COUNT', 'COUNTIF', 'SUM', 'AVG', 'MIN', 'MAX'])

/** Compiles a whole query. Throws 400 for names and functions that mean nothing. */
export function compileQuery(query: Query, parameters: Parameters): CompiledQuery {
  const scope = new Scope(parameters)
  const counted = distinctCounted(query)
  if (counted === undefined) return compileIn(query, scope)
  return { ...compileIn({ ...query, from: [] }, scope), query, distinctCount: compileQuery(counted, parameters) }
}

/** Compiles a query or subquery; a subquery sees the names around it. */
export function compileIn(query: Query, scope: Scope): CompiledQuery {
  const sources = compileSources(query, scope)
  const where = query.where && compileExpression(query.where, scope)
  const groupBy = query.groupBy.map(each => compileExpression(each, scope))
  const isGrouped = query.groupBy.length > 0 || selected(query.select).some(hasAggregate)
  const aggregates: AggregateSlot[] = []
  const keys = new Set(query.groupBy.map(each => groupText(query, each)))
  const selectScope = isGrouped ? scope.grouped({ query, aggregates, keys }) : scope
  const project = compileSelect(query, selectScope)
  checkOrder(query, scope)
  const orderBy = query.orderBy.map(({ expression, descending }) => ({
    evaluate: compileExpression(expression, selectScope),
    descending,
  }))
  return {
    query,
    sources,
    where,
    isGrouped,
    groupBy,
    aggregates,
    orderBy,
    project,
    top: count(query.select.top, scope, 'TOP'),
    offset: count(query.offset, scope, 'OFFSET'),
    limit: count(query.limit, scope, 'LIMIT'),
    budget: scope.budget,
    distinctCount: undefined,
  }
}

/** Items are ordered by what is stored at a path, and by nothing that is worked out; subqueries are not ordered at all. */
function checkOrder(query: Query, scope: Scope): void {
  if (!scope.isTop) {
    if (query.orderBy.length > 0) throw queryError('SC2202', "'ORDER BY' is not supported in subqueries.", query)
    if (query.offset !== undefined)
      throw queryError('SC2204', "'OFFSET LIMIT' clause is not supported in subqueries.", query)
  }
  if (!query.orderBy.every(({ expression }) => isPath(expression))) {
    const message = 'Unsupported ORDER BY clause. ORDER BY item expression could not be mapped to a document path.'
    // This one has a number for a code, and no place.
    throw badRequest(`Message: ${JSON.stringify({ errors: [{ severity: 'Error', code: 2206, message }] })}`)
  }
}

function isPath(expression: Expression): boolean {
  if (expression.kind === 'element') return expression.index.kind === 'constant' && isPath(expression.object)
  return expression.kind === 'property' ? isPath(expression.object) : expression.kind === 'name'
}

function compileSources(query: Query, scope: Scope): CompiledSource[] {
  return query.from.map(({ alias, path, iterates }, index) => {
    const isRoot = index === 0 && scope.isTop
    if (isRoot) scope.openContainer(baseName(path))
    const evaluate = compileExpression(path, scope)
    if (isRoot) scope.closeContainer()
    if (isRoot && path.kind === 'name') {
      scope.bindTo(alias, 0)
      return { slot: 0, path: evaluate, iterates }
    }
    return { slot: scope.bind(alias), path: evaluate, iterates }
  })
}

function baseName(path: Expression): string | undefined {
  if (path.kind === 'name') return path.name
  return path.kind === 'property' || path.kind === 'element' ? baseName(path.object) : undefined
}

function compileSelect(query: Query, scope: Scope): Evaluate {
  const { select } = query
  if (select.isStar) {
    if (query.groupBy.length > 0) throw queryError('SC2104', "'SELECT *' is not allowed with GROUP BY.", select)
    if (query.from.length !== 1) throw queryError('SC2040', "'SELECT *' is only valid with a single input set.", select)
    const slot = scope.slotOf(query.from[0]?.alias ?? '')
    return env => env[slot as number]
  }
  if (select.value !== undefined) return compileExpression(select.value, scope)
  const names = outputNames(select.items)
  const parts = select.items.map(({ expression }, index) => ({
    name: names[index] as string,
    evaluate: compileExpression(expression, scope),
  }))
  return env => {
    const row: Record<string, Value> = {}
    for (const { name, evaluate } of parts) {
      const value = evaluate(env)
      if (value !== undefined) setProperty(row, name, value)
    }
    return row as Value
  }
}

/** What each item of a SELECT list is called in the rows: its alias, the property's name, or `$1`, `$2`, …. */
export function outputNames(items: readonly SelectItem[]): string[] {
  let unnamed = 0
  const names = items.map(({ alias, expression }) => alias ?? impliedName(expression) ?? `$${++unnamed}`)
  const seen = new Set<string>()
  const twice = names.find(name => seen.size === seen.add(name).size)
  if (twice !== undefined) throw queryError('SC2008', `The property name '${twice}' is specified more than once.`)
  return names
}

function impliedName(expression: Expression): string | undefined {
  if (expression.kind === 'name' || expression.kind === 'property') return expression.name
  if (
    expression.kind === 'element' &&
    expression.index.kind === 'constant' &&
    typeof expression.index.value === 'string'
  )
    return expression.index.value
  return undefined
}

/** How an expression is compared with those of GROUP BY: `c["a"]` is `c.a`. */
export function groupText(query: Query, expression: Expression): string {
  return textOf(query, expression)
    .replace(/\[\s*(["'])([A-Za-z_]\w*)\1\s*\]/g, '.$2')
    .replace(/\s+/g, '')
}

export function selected(select: Select): Expression[] {
  return select.value === undefined ? select.items.map(item => item.expression) : [select.value]
}

/** Looks for an aggregate outside subqueries, which have their own. */
export function hasAggregate(expression: Expression): boolean {
  if (expression.kind === 'call' && aggregateNames.has(expression.name)) return true
  return children(expression).some(hasAggregate)
}

export function isAggregate(expression: Expression): expression is Extract<Expression, { kind: 'call' }> {
  return expression.kind === 'call' && aggregateNames.has(expression.name)
}

function children(expression: Expression): Expression[] {
  switch (expression.kind) {
    case 'property':
      return [expression.object]
    case 'element':
      return [expression.object, expression.index]
    case 'unary':
      return [expression.operand]
    case 'binary':
      return [expression.left, expression.right]
    case 'conditional':
      return [expression.test, expression.yes, expression.no]
    case 'in':
      return [expression.value, ...expression.list]
    case 'between':
      return [expression.value, expression.low, expression.high]
    case 'like':
      return [expression.value, expression.pattern]
    case 'call':
      return expression.parts
    case 'array':
      return expression.items
    case 'object':
      return expression.properties.map(property => property.value)
    default:
      return []
  }
}

/** The largest count there can be. */
const maxCount = 4_294_967_295
const countCodes = { TOP: 'SC2060', LIMIT: 'SC2061', OFFSET: 'SC2062' }

function count(expression: Expression | undefined, scope: Scope, clause: keyof typeof countCodes): number | undefined {
  if (expression === undefined) return undefined
  const value = compileExpression(expression, scope)([])
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    throw queryError(
      countCodes[clause],
      `The count value provided for a ${clause} clause must be an integer.`,
      expression,
    )
  if (value > maxCount)
    throw queryError(countCodes[clause], `The ${clause} count value exceeds the maximum allowed value.`, expression)
  return value
}
