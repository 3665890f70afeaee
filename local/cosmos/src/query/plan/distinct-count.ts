import type { Expression, Query } from '../syntax/syntax.ts'

/**
 * `SELECT VALUE COUNT(1) FROM (SELECT DISTINCT …)`: the one subquery in FROM that is not about an item, but about all of
 * them. Returns the subquery, whose rows are counted; undefined if the query is anything else.
 */
export function distinctCounted(query: Query): Query | undefined {
  const [source, ...others] = query.from
  if (source?.path.kind !== 'subquery' || others.length > 0 || !isPlainCount(query)) return undefined
  const { query: inner } = source.path
  return inner.select.distinct && isUncut(inner) ? inner : undefined
}

function isPlainCount(query: Query): boolean {
  const { select, where, groupBy } = query
  const [only, ...others] = select.value === undefined ? select.items.map(item => item.expression) : [select.value]
  if (only === undefined || others.length > 0 || where !== undefined || groupBy.length > 0) return false
  return isUncut(query) && !select.distinct && isCountOfRows(only)
}

/** Counts each row: its argument is a constant. */
function isCountOfRows(expression: Expression): boolean {
  return expression.kind === 'call' && expression.name === 'COUNT' && expression.parts[0]?.kind === 'constant'
}

function isUncut({ select, orderBy, offset, groupBy }: Query): boolean {
  return select.top === undefined && offset === undefined && orderBy.length === 0 && groupBy.length === 0
}
