import type { Container, FeedOptions, JSONValue } from '@azure/cosmos'
import { beforeAll, expect, it } from 'vitest'
import { refusal, throughEachDoor } from './doors.ts'

const composite = {
  compositeIndexes: [
    [
      { path: '/pk', order: 'ascending' as const },
      { path: '/n', order: 'descending' as const },
    ],
  ],
}

throughEachDoor('query', ({ isLocal, newContainer }) => {
  let container: Container
  beforeAll(async () => {
    container = await newContainer({ indexingPolicy: composite })
    for (let n = 0; n < 20; n++) {
      const item = {
        id: `i${String(n).padStart(2, '0')}`,
        pk: `p${n % 4}`,
        n,
        tags: ['all', n % 2 ? 'odd' : 'even'],
        kind: n > 15 ? null : 'k',
      }
      await container.items.create(n === 3 ? { ...item, extra: { 'a b': [1, { c: 'x' }] } } : item)
    }
  })

  async function run(query: string, options: FeedOptions = {}, parameters: { name: string; value: JSONValue }[] = []) {
    return (await container.items.query({ query, parameters }, options).fetchAll()).resources
  }

  it.each([
    ['SELECT VALUE c.n FROM c WHERE c.n > 17', [18, 19]],
    ['SELECT VALUE c.n FROM c WHERE c.n BETWEEN 3 AND 5', [3, 4, 5]],
    ['SELECT VALUE c.n FROM c WHERE c.n IN (1, 2, "3")', [1, 2]],
    ['SELECT VALUE c.n FROM c WHERE IS_DEFINED(c.extra)', [3]],
    ['SELECT VALUE c.extra["a b"][1].c FROM c', ['x']],
    ['SELECT VALUE c.n FROM c WHERE c.id LIKE "i0[1-2]"', [1, 2]],
    ['SELECT VALUE c.n FROM c WHERE c.kind = null', [16, 17, 18, 19]],
    ['SELECT VALUE c.n FROM c WHERE NOT (c.n < 19)', [19]],
    ['SELECT VALUE c.missing ?? c.n FROM c WHERE c.n = 1', [1]],
    ['SELECT VALUE c.n = 1 ? "one" : "more" FROM c WHERE c.n < 2', ['more', 'one']],
    ['SELECT VALUE t FROM c JOIN t IN c.tags WHERE c.n = 2', ['all', 'even']],
    ['SELECT VALUE t FROM t IN c.tags WHERE t = "none"', []],
    ['SELECT VALUE c.n FROM c WHERE EXISTS(SELECT VALUE t FROM t IN c.tags WHERE t = "odd") AND c.n < 4', [1, 3]],
    ['SELECT VALUE ARRAY(SELECT VALUE UPPER(t) FROM t IN c.tags) FROM c WHERE c.n = 0', [['ALL', 'EVEN']]],
    ['SELECT VALUE (SELECT VALUE COUNT(1) FROM t IN c.tags) FROM c WHERE c.n = 0', [2]],
    ['SELECT VALUE ARRAY_CONTAINS(c.tags, "odd") FROM c WHERE c.n = 1', [true]],
    ['SELECT VALUE SUBSTRING(CONCAT(c.id, "-", ToString(c.n)), 1, 4) FROM c WHERE c.n = 7', ['07-7']],
    ['SELECT c.n, c.missing, c.n + 1 FROM c WHERE c.n = 4', [{ n: 4, $1: 5 }]],
    ['SELECT VALUE [c.missing] FROM c WHERE c.n = 4', [[null]]],
    ['SELECT VALUE COUNT(1) FROM c', [20]],
    ['SELECT VALUE SUM(c.n) FROM c', [190]],
    ['SELECT VALUE AVG(c.n) FROM c', [9.5]],
    ['SELECT VALUE MIN(c.n) FROM c', [0]],
    ['SELECT VALUE MAX(c.id) FROM c', ['i19']],
    ['SELECT COUNT(1) AS many, MAX(c.n) AS most FROM c', [{ many: 20, most: 19 }]],
  ])('%s', async (query, expected) => {
    const found = await run(query)
    expect(found.sort()).toEqual([...expected].sort())
  })

  it('orders across ranges', async () => {
    expect(await run('SELECT VALUE c.n FROM c ORDER BY c.n DESC')).toEqual(Array.from({ length: 20 }, (_, n) => 19 - n))
    expect(await run('SELECT TOP 3 VALUE c.n FROM c ORDER BY c.n')).toEqual([0, 1, 2])
    expect(await run('SELECT VALUE c.n FROM c ORDER BY c.n OFFSET 5 LIMIT 2')).toEqual([5, 6])
    expect(await run('SELECT VALUE c.n FROM c WHERE c.n < 6 ORDER BY c.pk ASC, c.n DESC')).toEqual([4, 0, 5, 1, 2, 3])
  })

  it('groups and drops repeats across ranges', async () => {
    const groups = await run('SELECT c.pk, COUNT(1) AS many FROM c GROUP BY c.pk')
    expect(groups).toHaveLength(4)
    expect(groups).toContainEqual({ pk: 'p2', many: 5 })
    expect((await run('SELECT DISTINCT VALUE c.pk FROM c')).sort()).toEqual(['p0', 'p1', 'p2', 'p3'])
  })

  it('finds the last id of a partition below a bound', async () => {
    const query = 'SELECT TOP 1 VALUE c.id FROM c WHERE c.id < @below ORDER BY c.id DESC'
    expect(await run(query, { partitionKey: 'p1' }, [{ name: '@below', value: 'i13' }])).toEqual(['i09'])
  })

  it.each(['SELECT * FROM c', 'SELECT * FROM c ORDER BY c.n DESC', 'SELECT * FROM c ORDER BY c.id'])(
    'pages: %s',
    async query => {
      const iterator = container.items.query<{ n: number }>(query, { partitionKey: 'p1', maxItemCount: 2 })
      const pages: number[][] = []
      while (iterator.hasMoreResults()) pages.push((await iterator.fetchNext()).resources.map(each => each.n))
      expect(pages.map(page => page.length)).toEqual([2, 2, 1])
      expect(pages.flat().sort((a, b) => a - b)).toEqual([1, 5, 9, 13, 17])
    },
  )

  it('reads everything page by page without a query', async () => {
    const iterator = container.items.readAll({ maxItemCount: 7 })
    const ids = new Set<unknown>()
    while (iterator.hasMoreResults()) for (const item of (await iterator.fetchNext()).resources) ids.add(item.id)
    expect(ids.size).toBe(20)
  })

  it.each([
    ['SELECT * FROM', 'SC1001'],
    ['SELECT FOO(c.n) FROM c', 'SC2005'],
    ['SELECT x.n FROM c', 'SC2001'],
    ['SELECT c.n, COUNT(1) FROM c', 'SC2102'],
    ['SELECT * FROM c ORDER BY c.n, c.pk', 'composite index'],
    ['SELECT * FROM c WHERE c.n = @missing', 'SC2059'],
  ])('refuses %s', async (query, words) => {
    expect((await refusal(run(query))).message).toContain(words)
  })

  const missing = it.skipIf(!isLocal) // An account has these functions.
  missing.each(['SELECT udf.f(c) FROM c', 'SELECT ST_AREA(c) FROM c'])(
    'says that it does not emulate %s',
    async query => {
      expect((await refusal(run(query))).message).toContain('not emulated')
    },
  )

  it('refuses a broken continuation', async () => {
    const call = container.items
      .query('SELECT * FROM c', { partitionKey: 'p1', continuationToken: 'broken' })
      .fetchNext()
    expect(await refusal(call)).toMatchObject({ code: 400, message: 'Invalid Continuation Token' })
  })
})
