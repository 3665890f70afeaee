import { expect, it } from 'vitest'
import { effectiveKey } from '../../../local/cosmos/src/partition-key/effective-key.ts'
import { asPlan, keyHeader, onRange, openWire, type Wire } from './dotnet-wire.ts'

const placeholder = '{documentdb-formattableorderbyquery-filter}'

type Plan = {
  queryInfo: Record<string, unknown> & { rewrittenQuery: string }
  queryRanges: Record<string, unknown>[]
}

async function plan(wire: Wire, path: string, query: string): Promise<Plan> {
  const answer = await wire.send({ method: 'POST', path: `${path}/docs`, headers: asPlan, body: { query } })
  expect(answer.status, query).toBe(200)
  return answer.json() as unknown as Plan
}

/** The rows of a range for a plan, with the placeholder replaced as the client does. */
async function rowsOf(wire: Wire, path: string, query: string): Promise<unknown[]> {
  const { queryInfo } = await plan(wire, path, query)
  const rewritten = queryInfo.rewrittenQuery.replace(placeholder, 'true') || query
  const answer = await wire.send({
    method: 'POST',
    path: `${path}/docs`,
    headers: onRange('0'),
    body: { query: rewritten },
  })
  expect(answer.status, rewritten).toBe(200)
  return answer.json().Documents
}

async function fill(wire: Wire, items: Record<string, unknown>[]): Promise<string> {
  const path = await wire.newContainer()
  for (const [index, item] of items.entries()) {
    const body = { id: `i${index}`, pk: 'x', ...item }
    await wire.send({ method: 'POST', path: `${path}/docs`, headers: keyHeader(body.pk), body })
  }
  return path
}

it('plans every statement, with all ranges, and nothing that is null where clients need a list', async () => {
  const wire = await openWire()
  const path = await wire.newContainer()
  const range = { min: '', max: 'FF', isMinInclusive: true, isMaxInclusive: false }
  for (const query of ['SELECT * FROM c', 'SELECT VALUE COUNT(1) FROM c', 'SELECT c.a FROM c GROUP BY c.a']) {
    const { queryInfo, queryRanges } = await plan(wire, path, query)
    expect(queryRanges).toEqual([range])
    for (const name of ['aggregates', 'groupByAliases', 'groupByExpressions', 'orderBy', 'orderByExpressions'])
      expect(queryInfo[name], name).toBeInstanceOf(Array)
    expect(queryInfo.groupByAliasToAggregateType).toEqual(expect.any(Object))
    expect(queryInfo).toMatchObject({ distinctType: 'None', rewrittenQuery: expect.any(String) })
  }
})

it('plans a statement about one partition key value for its place alone', async () => {
  const wire = await openWire()
  const path = await wire.newContainer()
  const place = effectiveKey(['x'], { paths: ['/pk'], kind: 'Hash', version: 2 })
  const { queryRanges } = await plan(wire, path, "SELECT c.a FROM c WHERE c.a > 1 AND c['pk'] = 'x' ORDER BY c.a")
  expect(queryRanges).toEqual([{ min: place, max: place, isMinInclusive: true, isMaxInclusive: true }])
  for (const where of ["c.pk = 'x' OR c.a = 1", 'c.pk = [1]', "c.pk > 'x'", "c.pk.pk = 'x'"])
    expect((await plan(wire, path, `SELECT * FROM c WHERE ${where}`)).queryRanges).toMatchObject([{ max: 'FF' }])
})

it.each([
  'SELECT * FROM c GROUP BY c.a',
  'SELECT TOP 4294967296 * FROM c',
  'SELECT * FROM c OFFSET 4294967296 LIMIT 1',
])('plans nothing for %s', async query => {
  const wire = await openWire({ ranges: 1 })
  const docs = `${await wire.newContainer()}/docs`
  expect((await wire.send({ method: 'POST', path: docs, headers: asPlan, body: { query } })).status).toBe(400)
})

it.each([
  ['SELECT TOP 3 * FROM c', { top: 3, rewrittenQuery: '' }],
  ['SELECT * FROM c OFFSET 2 LIMIT 5', { offset: 2, limit: 5, rewrittenQuery: 'SELECT * FROM c OFFSET 0 LIMIT 7' }],
  ['SELECT DISTINCT TOP 5 VALUE c.a FROM c', { top: 5, rewrittenQuery: 'SELECT DISTINCT VALUE c.a FROM c' }],
  ["SELECT * FROM c WHERE c.pk = 'x' OFFSET 2 LIMIT 5", { offset: null, limit: null, rewrittenQuery: '' }],
  ['SELECT DISTINCT VALUE c.a FROM c', { distinctType: 'Unordered', hasSelectValue: true, rewrittenQuery: '' }],
  ['SELECT DISTINCT VALUE c.a FROM c ORDER BY c.a', { distinctType: 'Ordered' }],
  ['SELECT * FROM c ORDER BY c.a DESC', { orderBy: ['Descending'], orderByExpressions: ['c.a'] }],
  ['SELECT VALUE COUNT(1) FROM c', { aggregates: ['Count'], hasSelectValue: true }],
  ['SELECT VALUE AVG(c.a) FROM c', { aggregates: ['Average'] }],
  ['SELECT VALUE COUNTIF(c.a > 1) FROM c', { aggregates: ['CountIf'] }],
  [
    'SELECT VALUE COUNT(1) FROM (SELECT DISTINCT c.a FROM c)',
    { distinctType: 'Unordered', dCountInfo: { dCountAlias: '' }, rewrittenQuery: 'SELECT DISTINCT c.a FROM c' },
  ],
  [
    'SELECT COUNT(1) AS n FROM (SELECT DISTINCT VALUE c.a FROM c)',
    { dCountInfo: { dCountAlias: 'n' }, aggregates: [] },
  ],
  [
    'SELECT COUNT(1) AS n, SUM(c.a) AS s, MIN(c.a) AS low, MAX(c.a) FROM c',
    {
      aggregates: [],
      groupByAliases: ['n', 's', 'low', '$1'],
      groupByAliasToAggregateType: { n: 'Count', s: 'Sum', low: 'Min', $1: 'Max' },
    },
  ],
  [
    'SELECT c.a, COUNT(1) AS n FROM c GROUP BY c.a',
    {
      groupByExpressions: ['c.a'],
      groupByAliases: ['a', 'n'],
      groupByAliasToAggregateType: { a: null, n: 'Count' },
    },
  ],
])('plans %s', async (query, wanted) => {
  const wire = await openWire({ ranges: 1 })
  expect((await plan(wire, await wire.newContainer(), query)).queryInfo).toMatchObject(wanted)
})

it.each([
  ['SELECT VALUE SUM(c.n) FROM c', [[{ item: 6 }]]],
  ['SELECT VALUE COUNTIF(c.n > 1) FROM c', [[{ item: 2 }]]],
  ['SELECT VALUE COUNT(1) FROM (SELECT DISTINCT VALUE c.g FROM c) AS x', ['a', 'b']],
  ['SELECT VALUE AVG(c.n) FROM c', [[{ item: { sum: 6, count: 3 } }]]],
  ['SELECT VALUE MAX(c.n) FROM c', [[{ item: 3, item2: { max: 3, count: 3 } }]]],
  ['SELECT COUNT(1) AS count FROM c', [{ payload: { count: { item: 3 } } }]],
  [
    'SELECT c.g, MIN(c.n) AS low FROM c GROUP BY c.g',
    [
      { groupByItems: [{ item: 'a' }], payload: { g: 'a', low: { item: 1, item2: { min: 1, count: 2 } } } },
      { groupByItems: [{ item: 'b' }], payload: { g: 'b', low: { item: 3, item2: { min: 3, count: 1 } } } },
    ],
  ],
])('gives rows that can be merged for %s', async (query, rows) => {
  const wire = await openWire({ ranges: 1 })
  const path = await fill(wire, [
    { n: 1, g: 'a' },
    { n: 2, g: 'a' },
    { n: 3, g: 'b' },
  ])
  expect(await rowsOf(wire, path, query)).toEqual(rows)
})

it('orders equal values by the number in _rid, downwards for DESC', async () => {
  const wire = await openWire({ ranges: 1 })
  const path = await fill(
    wire,
    Array.from({ length: 12 }, (_, index) => ({ n: index % 3 })),
  )
  for (const [direction, sign] of [
    ['ASC', 1],
    ['DESC', -1],
  ] as const) {
    const rows = (await rowsOf(wire, path, `SELECT VALUE c.id FROM c ORDER BY c.n ${direction}`)) as {
      _rid: string
      orderByItems: { item: number }[]
      payload: string
    }[]
    const places = rows.map(({ _rid, orderByItems }) => {
      const bytes = Buffer.from(_rid.replaceAll('-', '/'), 'base64')
      expect([bytes.length, (bytes[15] as number) >> 4]).toEqual([16, 0])
      return [orderByItems[0]?.item as number, Number(bytes.readBigUInt64LE(8))] as const
    })
    expect(places).toEqual(places.toSorted((a, b) => sign * (a[0] - b[0]) || sign * (a[1] - b[1])))
    expect(rows[0]?.payload).toBe(sign === 1 ? 'i0' : 'i11')
  }
})

it('orders, cuts and goes on by itself within one partition key value', async () => {
  const wire = await openWire()
  const path = await fill(wire, [{ n: 3 }, { n: 1 }, { n: 2 }])
  const query = 'SELECT VALUE c.n FROM c ORDER BY c.n OFFSET 1 LIMIT 2'
  const { 'x-ms-documentdb-partitionkeyrangeid': _, ...headers } = { ...onRange('0'), ...keyHeader('x') }
  const ask = (more: Record<string, string>) =>
    wire.send({ method: 'POST', path: `${path}/docs`, headers: { ...headers, ...more }, body: { query } })
  const first = await ask({ 'x-ms-max-item-count': '1' })
  expect(first.json().Documents).toEqual([2])
  const token = String(first.headers['x-ms-continuation'])
  expect(token).toMatch(/^[\x20-\x7e]+$/)
  const second = await ask({ 'x-ms-max-item-count': '1', 'x-ms-continuation': token })
  expect(second.json().Documents).toEqual([3])
})

it('counts different values by itself, and lets no client do it that cannot', async () => {
  const wire = await openWire()
  const path = await fill(wire, [{ n: 1 }, { n: 1 }, { n: 2 }])
  const body = { query: 'SELECT COUNT(1) AS n FROM (SELECT DISTINCT c.n FROM c)' }
  const headers = { 'content-type': 'application/query+json', 'x-ms-documentdb-isquery': 'True', ...keyHeader('x') }
  const answer = await wire.send({ method: 'POST', path: `${path}/docs`, headers, body })
  expect(answer.json().Documents).toEqual([{ n: 2 }])
  const older = { ...asPlan, 'x-ms-cosmos-supported-query-features': 'Aggregate, Distinct' }
  const refused = await wire.send({ method: 'POST', path: `${path}/docs`, headers: older, body })
  expect(refused.status).toBe(400)
  expect(refused.json().message).toContain('DCount')
})

it('says that a query run as it is need not be distributed', async () => {
  const wire = await openWire({ ranges: 1 })
  const path = await fill(wire, [{ n: 1 }, { n: 2 }])
  const body = { query: 'SELECT VALUE c.n FROM c ORDER BY c.n DESC', clientQLCompatibilityLevel: 0 }
  const headers = {
    ...onRange('0'),
    'x-ms-max-item-count': '1',
    'x-ms-cosmos-query-optimisticdirectexecute': 'True',
  }
  const answer = await wire.send({ method: 'POST', path: `${path}/docs`, headers, body })
  expect(answer.json().Documents).toEqual([2])
  expect(answer.headers).toMatchObject({
    'x-ms-cosmos-query-requiresdistribution': 'False',
    'x-ms-continuation': expect.any(String),
  })
})

it('finds the items of many ids and keys as ReadMany asks for them', async () => {
  const wire = await openWire({ ranges: 1 })
  const path = await fill(wire, [{}, {}, { pk: 'y' }])
  const query =
    'SELECT * FROM c WHERE ( ( c.id = @param_id0 AND c["pk"] = @param_pk00 ) OR ( c.id = @param_id1 AND c["pk"] = @param_pk10 ) )'
  const values = { '@param_id0': 'i0', '@param_pk00': 'x', '@param_id1': 'i2', '@param_pk10': 'y' }
  const parameters = Object.entries(values).map(([name, value]) => ({ name, value }))
  const answer = await wire.send({
    method: 'POST',
    path: `${path}/docs`,
    headers: onRange('0'),
    body: { query, parameters },
  })
  expect(answer.json().Documents.map(({ id }) => id)).toEqual(['i0', 'i2'])
})
