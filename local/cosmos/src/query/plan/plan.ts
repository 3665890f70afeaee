import { badRequest } from '../../errors.ts'
import { type CompiledQuery, hasAggregate, isAggregate, outputNames, selected } from '../evaluation/compile.ts'
import { type Expression, type Query, textOf } from '../syntax/syntax.ts'
import { wholeRing } from './plan-ranges.ts'
import { rewrite } from './rewrite.ts'

const aggregateTypes: Record<string, string> = {
  COUNT: 'Count',
  COUNTIF: 'CountIf',
  SUM: 'Sum',
  AVG: 'Average',
  MIN: 'Min',
  MAX: 'Max',
}

/**
 * The plan by which a client fans a query out over the ranges and merges what comes back.
 *
 * @param place where the one partition key value lies that WHERE demands, if it does
 */
export function planOf(compiled: CompiledQuery, place?: typeof wholeRing): Record<string, unknown> {
  if (compiled.distinctCount !== undefined) return distinctCountPlan(compiled, compiled.distinctCount)
  // One place cuts its rows itself; of several the client has to.
  if (place !== undefined && isOnlyCut(compiled))
    return planOf({ ...compiled, offset: undefined, limit: undefined }, place)
  const { query } = compiled
  checkMergeable(query)
  return {
    partitionedQueryExecutionInfoVersion: 2,
    queryInfo: {
      distinctType: distinctType(query),
      top: compiled.top ?? null,
      offset: compiled.offset ?? null,
      limit: compiled.limit ?? null,
      orderBy: query.orderBy.map(({ descending }) => (descending ? 'Descending' : 'Ascending')),
      orderByExpressions: query.orderBy.map(({ expression }) => textOf(query, expression)),
      ...groupInfo(compiled),
      rewrittenQuery: rewrite(compiled),
      hasSelectValue: query.select.value !== undefined,
      dCountInfo: null,
      hasNonStreamingOrderBy: false,
    },
    queryRanges: [place ?? wholeRing],
  }
}

function isOnlyCut({ query, isGrouped, offset }: CompiledQuery): boolean {
  return offset !== undefined && !isGrouped && !query.select.distinct && query.orderBy.length === 0
}

/** The client counts the rows of the subquery when it has dropped those that come twice. */
function distinctCountPlan({ query: { select } }: CompiledQuery, counted: CompiledQuery): Record<string, unknown> {
  const { query } = counted
  const text = query.text.slice(query.start, query.end)
  const plan = planOf(counted) as { queryInfo: Record<string, unknown> }
  const dCountAlias = select.value === undefined ? outputNames(select.items)[0] : ''
  return { ...plan, queryInfo: { ...plan.queryInfo, rewrittenQuery: text, dCountInfo: { dCountAlias } } }
}

/** What the gateway does not answer across partitions by itself, even if there is only one range. */
export function needsFanOut({ query, isGrouped }: CompiledQuery): boolean {
  const { select, orderBy, offset } = query
  return isGrouped || select.distinct || select.top !== undefined || orderBy.length > 0 || offset !== undefined
}

/** GROUP BY, and aggregates without VALUE: the gateway words its refusal of these differently. */
export function isBeyondGateway({ query, isGrouped, distinctCount }: CompiledQuery): boolean {
  if (!isGrouped) return false
  if (distinctCount !== undefined) return true
  return query.groupBy.length > 0 || query.select.value === undefined || !isAggregate(query.select.value)
}

function checkMergeable(query: Query): void {
  const isGrouped = query.groupBy.length > 0 || selected(query.select).some(hasAggregate)
  if (!isGrouped) return
  if (query.orderBy.length > 0)
    throw badRequest('ORDER BY together with GROUP BY or an aggregate is not supported across partitions.')
  for (const expression of selected(query.select)) {
    if (hasAggregate(expression) && !isAggregate(expression)) {
      throw badRequest('Compositions of aggregates and other expressions are not allowed across partitions.')
    }
  }
}

function distinctType({ select, orderBy, ...query }: Query): string {
  if (!select.distinct) return 'None'
  const only = orderBy.length === 1 ? orderBy[0]?.expression : undefined
  const text = (expression: Expression) => query.text.slice(expression.start, expression.end)
  const isOrdered =
    only !== undefined && selected(select).length === 1 && text(selected(select)[0] as Expression) === text(only)
  return isOrdered ? 'Ordered' : 'Unordered'
}

/** All three members are there even when empty: some clients do not survive a null. */
function groupInfo({ query, isGrouped }: CompiledQuery): Record<string, unknown> {
  const { select, groupBy } = query
  const typeOf = (expression: Expression) => (isAggregate(expression) ? aggregateTypes[expression.name] : null)
  const isList = isGrouped && select.value === undefined
  const names = isList ? outputNames(select.items) : []
  return {
    groupByExpressions: groupBy.map(expression => textOf(query, expression)),
    groupByAliases: names,
    aggregates: isGrouped && select.value !== undefined && isAggregate(select.value) ? [typeOf(select.value)] : [],
    groupByAliasToAggregateType: Object.fromEntries(
      names.map((name, index) => [name, typeOf(select.items[index]?.expression as Expression)]),
    ),
  }
}
