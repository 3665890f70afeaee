import type { Container } from '@azure/cosmos'
import { beforeAll, expect, it } from 'vitest'
import { refusal, throughEachDoor } from './doors.ts'

type Info = Record<string, unknown>

/** What a plan says beyond an empty one. */
const plans: [query: string, info: Info][] = [
  ['SELECT * FROM c', {}],
  ['SELECT * FROM c WHERE c.n = 1', {}],
  ['SELECT VALUE c.n FROM c', { hasSelectValue: true }],
  ['SELECT DISTINCT c.n FROM c', { distinctType: 'Unordered' }],
  ['SELECT DISTINCT VALUE c.n FROM c', { distinctType: 'Unordered', hasSelectValue: true }],
  [
    'SELECT DISTINCT VALUE c.n FROM c ORDER BY c.n',
    { distinctType: 'Ordered', hasSelectValue: true, orderBy: ['Ascending'], orderByExpressions: ['c.n'] },
  ],
  ['SELECT TOP 5 * FROM c', { top: 5 }],
  ['SELECT TOP 0 * FROM c', { top: 0 }],
  ['SELECT * FROM c OFFSET 1 LIMIT 2', { offset: 1, limit: 2 }],
  ['SELECT * FROM c OFFSET 0 LIMIT 0', { offset: 0, limit: 0 }],
  ['SELECT * FROM c OFFSET 2147483647 LIMIT 10', { offset: 2_147_483_647, limit: 10 }],
  ['SELECT * FROM c ORDER BY c.n', { orderBy: ['Ascending'], orderByExpressions: ['c.n'] }],
  ['SELECT * FROM c ORDER BY c.n ASC', { orderBy: ['Ascending'], orderByExpressions: ['c.n'] }],
  ['SELECT * FROM c ORDER BY c.n DESC', { orderBy: ['Descending'], orderByExpressions: ['c.n'] }],
  [
    'SELECT * FROM c ORDER BY c.n DESC, c.m',
    { orderBy: ['Descending', 'Ascending'], orderByExpressions: ['c.n', 'c.m'] },
  ],
  ['SELECT VALUE COUNT(1) FROM c', { aggregates: ['Count'], hasSelectValue: true }],
  ['SELECT VALUE SUM(c.n) FROM c', { aggregates: ['Sum'], hasSelectValue: true }],
  ['SELECT VALUE AVG(c.n) FROM c', { aggregates: ['Average'], hasSelectValue: true }],
  ['SELECT VALUE MIN(c.n) FROM c', { aggregates: ['Min'], hasSelectValue: true }],
  ['SELECT VALUE MAX(c.n) FROM c', { aggregates: ['Max'], hasSelectValue: true }],
  ['SELECT TOP 10 VALUE AVG(c.n) FROM c', { aggregates: ['Average'], hasSelectValue: true, top: 10 }],
  [
    'SELECT COUNT(1) AS many, MAX(c.n) FROM c',
    { groupByAliases: ['many', '$1'], groupByAliasToAggregateType: { many: 'Count', $1: 'Max' } },
  ],
  [
    'SELECT c.pk, COUNT(1) AS many FROM c GROUP BY c.pk',
    {
      groupByExpressions: ['c.pk'],
      groupByAliases: ['pk', 'many'],
      groupByAliasToAggregateType: { pk: null, many: 'Count' },
    },
  ],
  ['SELECT VALUE c.pk FROM c GROUP BY c.pk', { groupByExpressions: ['c.pk'], hasSelectValue: true }],
]

const orderFilter = '{documentdb-formattableorderbyquery-filter}'

/** What each range is asked; parentheses and blanks aside. Empty: the statement as it is. */
const rewritten: [query: string, text: string][] = [
  ['SELECT * FROM c WHERE c.n = 1', ''],
  ['SELECT * FROM c OFFSET 3 LIMIT 4', 'SELECT * FROM c OFFSET 0 LIMIT 7'],
  ['SELECT * FROM c WHERE c.n = 5 OFFSET 1 LIMIT 2', 'SELECT * FROM c WHERE c.n = 5 OFFSET 0 LIMIT 3'],
  ['SELECT VALUE COUNT(1) FROM c', 'SELECT VALUE [{"item": COUNT(1)}] FROM c'],
  ['SELECT VALUE AVG(c.n) FROM c', 'SELECT VALUE [{"item": {"sum": SUM(c.n), "count": COUNT(c.n)}}] FROM c'],
  [
    'SELECT VALUE MIN(c.n) FROM c',
    'SELECT VALUE [{"item": MIN(c.n), "item2": {"min": MIN(c.n), "count": COUNT(c.n)}}] FROM c',
  ],
  [
    'SELECT VALUE MAX(c.n) FROM c WHERE c.m > 1',
    'SELECT VALUE [{"item": MAX(c.n), "item2": {"max": MAX(c.n), "count": COUNT(c.n)}}] FROM c WHERE c.m > 1',
  ],
  ['SELECT COUNT(c.n) FROM c', 'SELECT {"$1": {"item": COUNT(c.n)}} AS payload FROM c'],
  [
    'SELECT c.pk FROM c GROUP BY c.pk',
    'SELECT [{"item": c.pk}] AS groupByItems, {"pk": c.pk} AS payload FROM c GROUP BY c.pk',
  ],
  [
    'SELECT * FROM c ORDER BY c.n',
    `SELECT c._rid, [{"item": c.n}] AS orderByItems, c AS payload FROM c WHERE ${orderFilter} ORDER BY c.n ASC`,
  ],
  [
    'SELECT c.a, c.b FROM c WHERE c.a = 1 ORDER BY c.n DESC',
    `SELECT c._rid, [{"item": c.n}] AS orderByItems, {"a": c.a, "b": c.b} AS payload FROM c WHERE c.a = 1 AND ${orderFilter} ORDER BY c.n DESC`,
  ],
  [
    'SELECT TOP 3 VALUE c.a FROM c ORDER BY c.n',
    `SELECT TOP 3 c._rid, [{"item": c.n}] AS orderByItems, c.a AS payload FROM c WHERE ${orderFilter} AND IS_DEFINED(c.a) ORDER BY c.n ASC`,
  ],
]

const refused: [query: string, words: string][] = [
  ['SELECT NOSUCH(c.n) FROM c', 'SC2005'],
  ['SELECT * FROM c WHERE', 'SC1001'],
  ['SELECT VALUE {"sum": SUM(c.n)} FROM c', 'Compositions of aggregates and other expressions are not allowed'],
  ['SELECT VALUE [SUM(c.n)] FROM c', 'Compositions of aggregates and other expressions are not allowed'],
  ['SELECT VALUE FLOOR(AVG(c.n)) FROM c', 'Compositions of aggregates and other expressions are not allowed'],
  ['SELECT * FROM c ORDER BY c.x, c.y', 'composite index'],
]

const empty = {
  distinctType: 'None',
  orderBy: [],
  orderByExpressions: [],
  groupByExpressions: [],
  groupByAliases: [],
  aggregates: [],
  groupByAliasToAggregateType: {},
}

throughEachDoor('query plans', ({ newContainer }) => {
  let container: Container
  const composite = [
    [
      { path: '/n', order: 'descending' as const },
      { path: '/m', order: 'ascending' as const },
    ],
  ]
  beforeAll(async () => {
    container = await newContainer({ indexingPolicy: { compositeIndexes: composite } })
  })
  const infoOf = async (query: string) => {
    const { result } = await container.getQueryPlan(query)
    return result as unknown as { queryInfo: Info; queryRanges: Info[] }
  }

  it.each(plans)('of %s', async (query, info) => {
    const { queryInfo } = await infoOf(query)
    const numbers = Object.fromEntries(['top', 'offset', 'limit'].map(name => [name, queryInfo[name] ?? undefined]))
    expect({ ...queryInfo, ...numbers, hasSelectValue: Boolean(queryInfo.hasSelectValue) }).toMatchObject({
      ...empty,
      top: undefined,
      offset: undefined,
      limit: undefined,
      hasSelectValue: false,
      ...info,
    })
  })

  it.each(rewritten)('ask each range, for %s', async (query, text) => {
    const plain = (statement: unknown) => String(statement).replace(/[\s()]|\bASC\b/g, '')
    expect(plain((await infoOf(query)).queryInfo.rewrittenQuery)).toBe(plain(text))
  })

  it('cover all ranges', async () => {
    const { queryRanges } = await infoOf('SELECT * FROM c ORDER BY c.n')
    expect(queryRanges).toMatchObject([{ isMinInclusive: true, isMaxInclusive: false }])
  })

  it.each(refused)('of %s are refused', async (query, words) => {
    expect(await refusal(container.getQueryPlan(query))).toMatchObject({
      code: 400,
      message: expect.stringContaining(words),
    })
  })
})
