import { expect, it } from 'vitest'
import { keyHeader, onRange, openWire, type Wire } from './dotnet-wire.ts'

type Row = { _rid: string; orderByItems: { item?: unknown }[]; payload: string }
type Filter = { value: unknown[]; rid?: string; exclude: boolean }

const compositeIndexes = [
  [
    { path: '/a', order: 'ascending' },
    { path: '/b', order: 'descending' },
  ],
]
const all = { indexingMode: 'consistent', includedPaths: [{ path: '/*' }, { path: '/a/?' }], compositeIndexes }

async function fill(wire: Wire, items: Record<string, unknown>[]): Promise<string> {
  const path = await wire.newContainer({ indexingPolicy: all })
  for (const [index, item] of items.entries()) {
    const body = { id: `i${index}`, pk: `p${index % 5}`, ...item }
    await wire.send({ method: 'POST', path: `${path}/docs`, headers: keyHeader(body.pk), body })
  }
  return path
}

const statement = (columns: string) =>
  `SELECT c._rid, [${columns
    .split(', ')
    .map(column => `{"item": ${column.split(' ')[0]}}`)
    .join(', ')}] AS orderByItems, c.id AS payload FROM c WHERE (true) ORDER BY ${columns}`

function ask(wire: Wire, path: string, body: unknown, more: Record<string, string> = {}) {
  return wire.send({ method: 'POST', path: `${path}/docs`, headers: { ...onRange('0'), ...more }, body })
}

async function rowsOf(wire: Wire, path: string, body: unknown): Promise<Row[]> {
  const answer = await ask(wire, path, body)
  expect(answer.status).toBe(200)
  return answer.json().Documents as unknown as Row[]
}

const valuesOf = ({ orderByItems }: Row) => orderByItems.map(each => ('item' in each ? each.item : []))
const names = (rows: readonly Row[]) => rows.map(({ payload }) => payload)
const simple = [undefined, null, true, false, 1, -2.5, 'a', 'b', '']

it.each(['c.a', 'c.a DESC', 'c.a, c.b DESC', 'c.a DESC, c.b', 'c.id', 'c.id DESC'])(
  'goes on from every row of an ORDER BY %s',
  async columns => {
    const wire = await openWire({ ranges: 1 })
    const items = Array.from({ length: 36 }, (_, index) => ({ a: simple[index % simple.length], b: index % 2 }))
    const path = await fill(wire, items)
    const query = statement(columns)
    const rows = await rowsOf(wire, path, { query, parameters: [] })
    expect(rows).toHaveLength(36)
    const same = (row: Row, other: Row) => JSON.stringify(valuesOf(row)) === JSON.stringify(valuesOf(other))
    for (const [at, row] of rows.entries()) {
      const resumed = (resumeFilter: Filter) => rowsOf(wire, path, { query, resumeFilter })
      const value = valuesOf(row)
      const first = rows.findIndex(other => same(row, other))
      const behind = rows.findLastIndex(other => same(row, other)) + 1
      expect(names(await resumed({ value, exclude: true }))).toEqual(names(rows.slice(behind)))
      expect(names(await resumed({ value, exclude: false }))).toEqual(names(rows.slice(first)))
      expect(names(await resumed({ value, rid: row._rid, exclude: false }))).toEqual(names(rows.slice(at)))
      expect(names(await resumed({ value, rid: row._rid, exclude: true }))).toEqual(names(rows.slice(at + 1)))
    }
  },
)

it('takes the further of a continuation and a filter', async () => {
  const wire = await openWire({ ranges: 1 })
  const path = await fill(
    wire,
    Array.from({ length: 12 }, (_, a) => ({ a })),
  )
  const query = statement('c.a')
  const first = await ask(wire, path, { query }, { 'x-ms-max-item-count': '5' })
  const token = { 'x-ms-continuation': String(first.headers['x-ms-continuation']) }
  for (const [value, from] of [
    [2, 5],
    [8, 8],
  ] as const) {
    const answer = await ask(wire, path, { query, resumeFilter: { value: [value], exclude: false } }, token)
    const rows = answer.json().Documents as unknown as Row[]
    expect(names(rows)).toEqual(Array.from({ length: 12 - from }, (_, index) => `i${from + index}`))
  }
})

it('goes on in many items, where an index has the order', async () => {
  const wire = await openWire({ ranges: 1 })
  const path = await wire.newContainer({ indexingPolicy: all })
  for (let n = 0; n < 1_100; n++) {
    const body = { id: `i${n}`, pk: 'x', a: n % 50 }
    await wire.send({ method: 'POST', path: `${path}/docs`, headers: keyHeader('x'), body })
  }
  for (const [columns, left] of [
    ['c.a', 440],
    ['c.a DESC', 638],
  ] as const) {
    const resumeFilter = { value: [29], exclude: true }
    const rows = await rowsOf(wire, path, { query: statement(columns), resumeFilter })
    expect(rows).toHaveLength(left)
  }
})

/** Values and their hashes as the .NET client 3.64 puts them into its continuations. */
it.each([
  ['array', [], '-6706074647855398782', '9031114912533472255'],
  ['array', [1, -2.5, 'z', null, true, false], '921727266300324476', '-8076950426039759493'],
  ['object', {}, '1457042291250783704', '1493060239874959160'],
  ['object', { name: 'Zoë 😀', n: 1e100 }, '4100184445973068187', '-1409449307024909760'],
  [
    'object',
    { long: 'a text of more than thirty-two bytes in all', a: [{ b: [] }] },
    '4084903367721930508',
    '4581187347328367433',
  ],
])('knows an %s by its hash: %j', async (type, a, low, high) => {
  const wire = await openWire({ ranges: 1 })
  const path = await fill(wire, [{ a }, { a: 'text' }, { a }])
  // The numbers have more digits than a number of JavaScript, so the body is put together as text.
  const body = (exclude: boolean) =>
    `{"query":${JSON.stringify(statement('c.a'))},"resumeFilter":{"value":[{"type":"${type}","low":${low},"high":${high}}],"exclude":${exclude}}}`
  expect(names(await rowsOf(wire, path, body(false)))).toEqual(['i0', 'i2'])
  expect(names(await rowsOf(wire, path, body(true)))).toEqual([])
})

it.each([
  ['no object', 5],
  ['no values', { exclude: true }],
  ['an empty list', { value: [], exclude: true }],
  ['too many values', { value: [1, 2], exclude: true }],
  ['no exclude', { value: [1] }],
  ['a whole array', { value: [[1]], exclude: true }],
  ['a whole object', { value: [{ a: 1 }], exclude: true }],
  ['a hash that is none', { value: [{ type: 'array', low: 'x', high: 1 }], exclude: true }],
  ['an id of something else', { value: [1], rid: 'AQAAAA==', exclude: true }],
])('refuses a filter that has %s', async (_, resumeFilter) => {
  const wire = await openWire({ ranges: 1 })
  const answer = await ask(wire, await wire.newContainer(), { query: statement('c.a'), resumeFilter })
  expect(answer.status).toBe(400)
  expect(answer.json().message).toContain('resumeFilter')
})
