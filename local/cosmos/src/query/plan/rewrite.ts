import { type CompiledQuery, isAggregate, outputNames } from '../evaluation/compile.ts'
import { documentName } from '../evaluation/scope.ts'
import { type Expression, type Query, textOf } from '../syntax/syntax.ts'

/** Where clients that resume an ORDER BY put their condition; others put `true`. */
const filterPlaceholder = '{documentdb-formattableorderbyquery-filter}'

/** The statement to be run on each range, whose rows a client can merge. Empty = the original will do. */
export function rewrite(compiled: CompiledQuery): string {
  const { query, isGrouped, offset } = compiled
  if (isGrouped) return rewriteGroups(query)
  if (query.orderBy.length > 0) return rewriteOrder(compiled)
  const { select } = query
  if (offset === undefined && !(select.distinct && select.top !== undefined)) return ''
  return join([
    'SELECT',
    select.distinct && 'DISTINCT',
    ...cut(compiled).before,
    selectText(query),
    ...tail(query, []),
    ...cut(compiled).after,
  ])
}

/** Rows become `{_rid, orderByItems, payload}`. */
function rewriteOrder(compiled: CompiledQuery): string {
  const { query } = compiled
  const root = query.from[0]?.path.kind === 'name' ? query.from[0].alias : documentName
  const items = query.orderBy.map(({ expression }) => `{"item": ${textOf(query, expression)}}`)
  const order = query.orderBy.map(
    ({ expression, descending }) => `${textOf(query, expression)} ${descending ? 'DESC' : 'ASC'}`,
  )
  const { value } = query.select
  const isThere = value && [`IS_DEFINED(${textOf(query, value)})`]
  return join([
    'SELECT',
    ...cut(compiled).before,
    `${root}._rid, [${items.join(', ')}] AS orderByItems, ${payload(query)} AS payload`,
    ...tail(query, [filterPlaceholder, ...(isThere ?? [])]),
    `ORDER BY ${order.join(', ')}`,
    ...cut(compiled).after,
  ])
}

/** Rows become `[{item}]`, or `{groupByItems, payload}` with the parts an aggregate can be merged from. */
function rewriteGroups(query: Query): string {
  const { select, groupBy } = query
  const { value } = select
  const part = (expression: Expression) =>
    isAggregate(expression) ? mergeable(query, expression) : textOf(query, expression)
  const group = groupBy.length > 0 && `GROUP BY ${groupBy.map(each => textOf(query, each)).join(', ')}`
  const keys = groupBy.map(each => `{"item": ${textOf(query, each)}}`)
  const names = value === undefined ? outputNames(select.items) : []
  const columns = select.items.map(({ expression }, index) => `${JSON.stringify(names[index])}: ${part(expression)}`)
  const content =
    value === undefined ? `{${columns.join(', ')}}` : isAggregate(value) ? `[${part(value)}]` : part(value)
  if (value !== undefined && groupBy.length === 0) return join(['SELECT VALUE', content, ...tail(query, [])])
  const head = keys.length > 0 ? `[${keys.join(', ')}] AS groupByItems, ` : ''
  return join(['SELECT', `${head}${content} AS payload`, ...tail(query, []), group])
}

/** Clients merge `item2` where it is there; `item` of MIN and MAX is for those that know no better. */
function mergeable(query: Query, { name, parts }: Extract<Expression, { kind: 'call' }>): string {
  const argument = textOf(query, parts[0] as Expression)
  const plain = `${name}(${argument})`
  if (name === 'AVG') return `{"item": {"sum": SUM(${argument}), "count": COUNT(${argument})}}`
  if (name === 'MIN' || name === 'MAX')
    return `{"item": ${plain}, "item2": {"${name.toLowerCase()}": ${plain}, "count": COUNT(${argument})}}`
  return `{"item": ${plain}}`
}

/** TOP and OFFSET count merged rows: each range gives as many as could be needed, and all of them before DISTINCT. */
function cut({ query, top, offset, limit }: CompiledQuery): { before: string[]; after: string[] } {
  if (query.select.distinct) return { before: [], after: [] }
  return {
    before: top === undefined ? [] : [`TOP ${top}`],
    after: offset === undefined ? [] : [`OFFSET 0 LIMIT ${offset + (limit ?? 0)}`],
  }
}

function selectText(query: Query): string {
  const { select } = query
  if (select.isStar) return '*'
  return select.value === undefined
    ? select.items.map(item => textOf(query, item)).join(', ')
    : `VALUE ${textOf(query, select.value)}`
}

function payload(query: Query): string {
  const { select } = query
  if (select.isStar) return query.from[0]?.alias ?? documentName
  if (select.value !== undefined) return textOf(query, select.value)
  const names = outputNames(select.items)
  return `{${select.items.map(({ expression }, index) => `${JSON.stringify(names[index])}: ${textOf(query, expression)}`).join(', ')}}`
}

function tail(query: Query, conditions: string[]): (string | undefined)[] {
  const all = [...(query.where ? [textOf(query, query.where)] : []), ...conditions].map(each => `(${each})`)
  return [
    query.fromSpan && `FROM ${textOf(query, query.fromSpan)}`,
    all.length > 0 ? `WHERE ${all.join(' AND ')}` : undefined,
  ]
}

function join(parts: (string | false | undefined)[]): string {
  return parts.filter(Boolean).join(' ')
}
