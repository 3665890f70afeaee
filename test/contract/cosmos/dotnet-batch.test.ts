import { expect, it } from 'vitest'
import { openCosmos } from '../../../local/cosmos/src/server.ts'
import { virtualClock } from '../../../local/cosmos/src/virtual-clock.ts'
import { batchBody, operationRow, type RowOperation, readResults } from './dotnet-rows.ts'
import { keyHeader, openWire, signature, type Wire } from './dotnet-wire.ts'

const atomic = {
  'x-ms-cosmos-is-batch-request': 'True',
  'x-ms-cosmos-batch-atomic': 'True',
  'x-ms-cosmos-batch-ordered': 'True',
}
const bulk = {
  'x-ms-cosmos-is-batch-request': 'True',
  'x-ms-cosmos-batch-atomic': 'False',
  'x-ms-cosmos-batch-ordered': 'False',
  'x-ms-cosmos-batch-continue-on-error': 'True',
}
const create = (id: string, pk = 'x', more = {}): RowOperation => ({ type: 'Create', body: { id, pk, ...more } })

function batch(wire: Wire, path: string, operations: RowOperation[]) {
  const body = batchBody(operations.map(operationRow))
  return wire.send({ method: 'POST', path: `${path}/docs`, headers: { ...atomic, ...keyHeader('x') }, body })
}

/** In bulk an operation has a key of its own, and all of a request belong to one range. */
async function rangeOf(wire: Wire, path: string, pk: string): Promise<string> {
  const headers = { ...keyHeader(pk), 'x-ms-documentdb-is-upsert': 'True' }
  const { headers: answered } = await wire.send({
    method: 'POST',
    path: `${path}/docs`,
    headers,
    body: { id: 'probe', pk },
  })
  return String(answered['x-ms-documentdb-partitionkeyrangeid'])
}

it('carries out a batch of rows and answers in rows, with their length', async () => {
  const wire = await openWire()
  const path = await wire.newContainer()
  const answer = await batch(wire, path, [
    create('1', 'x', { n: 1, text: 'ü'.repeat(200) }),
    { type: 'Upsert', body: { id: '2', pk: 'x' } },
    { type: 'Replace', id: '1', body: { id: '1', pk: 'x', n: 2 } },
    { type: 'Patch', id: '2', body: { operations: [{ op: 'add', path: '/n', value: 7 }] } },
    { type: 'Read', id: '2' },
    { type: 'Delete', id: '1' },
  ])
  expect(answer.status).toBe(200)
  expect(answer.headers['content-length']).toBe(String(answer.bytes.length))
  expect(answer.headers['transfer-encoding']).toBeUndefined()
  expect(answer.headers['x-ms-session-token']).toMatch(/^\d:-1#1$/)
  const results = readResults(answer.bytes)
  expect(results.map(each => each.statusCode)).toEqual([201, 201, 200, 200, 200, 204])
  expect(JSON.parse(results[0]?.body ?? '')).toMatchObject({ id: '1', n: 1, text: 'ü'.repeat(200) })
  const read = JSON.parse(results[4]?.body ?? '')
  expect(read).toMatchObject({ id: '2', n: 7 })
  expect(results[4]?.eTag).toBe(read._etag)
  expect(results[5]).not.toHaveProperty('body')
  expect(results.every(each => (each.charge ?? 0) > 0)).toBe(true)
})

it('says which operation made a batch of rows fail, and why', async () => {
  const wire = await openWire()
  const path = await wire.newContainer()
  await batch(wire, path, [create('there')])
  const answer = await batch(wire, path, [create('1'), create('there'), create('2')])
  expect(answer.status).toBe(207)
  const results = readResults(answer.bytes)
  expect(results.map(each => each.statusCode)).toEqual([424, 409, 424])
  expect(results[1]?.body).toContain('already exists')
  const missing = readResults((await batch(wire, path, [{ type: 'Read', id: '1' }])).bytes)
  expect(missing.map(each => each.statusCode)).toEqual([404])
  const elsewhere = readResults((await batch(wire, path, [create('9', 'other')])).bytes)
  expect(elsewhere).toMatchObject([{ statusCode: 400, subStatusCode: 1001 }])
  const noJson = readResults((await batch(wire, path, [{ type: 'Create', body: '{"id":' }])).bytes)
  expect(noJson.map(each => each.statusCode)).toEqual([400])
})

it('looks at conditions and at what is not to be returned, for each operation', async () => {
  const wire = await openWire()
  const path = await wire.newContainer()
  const [first] = readResults((await batch(wire, path, [{ ...create('1', 'x', { n: 1 }), minimal: true }])).bytes)
  expect(first).not.toHaveProperty('body')
  const etag = first?.eTag ?? ''
  const replaced: RowOperation = { type: 'Replace', id: '1', body: { id: '1', pk: 'x', n: 2 } }
  const stale = await batch(wire, path, [{ ...replaced, ifMatch: '"no"' }])
  expect(readResults(stale.bytes).map(each => each.statusCode)).toEqual([412])
  const fresh = await batch(wire, path, [{ ...replaced, ifMatch: etag }, create('2')])
  expect(readResults(fresh.bytes).map(each => each.statusCode)).toEqual([200, 201])
  const newest = readResults(fresh.bytes)[0]?.eTag ?? ''
  const unchanged = await batch(wire, path, [{ type: 'Read', id: '1', ifNoneMatch: newest }])
  expect(readResults(unchanged.bytes)).toMatchObject([{ statusCode: 304, eTag: newest }])
  const patch = { condition: 'from c where c.n = 3', operations: [{ op: 'incr', path: '/n', value: 1 }] }
  const refused = await batch(wire, path, [{ type: 'Patch', id: '1', body: patch }])
  expect(readResults(refused.bytes)).toMatchObject([{ statusCode: 412, subStatusCode: 1110 }])
})

it('refuses 101 rows and 2 MB as JSON with a length', async () => {
  const wire = await openWire()
  const path = await wire.newContainer()
  const many = Array.from({ length: 101 }, (_, index) => create(`i${index}`))
  const large = [create('l', 'x', { text: 'x'.repeat(2 * 1024 * 1024) })]
  for (const [operations, status] of [
    [many, 400],
    [large, 413],
    [[], 400],
  ] as const) {
    const answer = await batch(wire, path, [...operations])
    expect(answer.status).toBe(status)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(answer.bytes.length),
    })
    expect(answer.json()).toHaveProperty('message')
  }
})

it('carries out bulk of rows, each with its own key', async () => {
  const wire = await openWire({ ranges: 1 })
  const path = await wire.newContainer()
  const operations: RowOperation[] = [
    { ...create('1', 'a'), key: '["a"]' },
    { type: 'Create', key: '[1.0]', body: { id: '1', pk: 1 } },
    { type: 'Create', key: '[{}]', body: { id: '1' } },
    { type: 'Create', key: '["Zo\\u00eb"]', body: { id: '1', pk: 'Zoë' } },
    { type: 'Create', key: '["a"]', body: { id: '1', pk: 'a' } },
    { type: 'Upsert', key: '["a"]', body: { id: '1', pk: 'a', n: 1 }, minimal: true },
    { type: 'Delete', key: '["none"]', id: '1' },
  ]
  const answer = await wire.send({
    method: 'POST',
    path: `${path}/docs`,
    headers: { ...bulk, 'x-ms-documentdb-partitionkeyrangeid': '0' },
    body: batchBody(operations.map(operationRow)),
  })
  expect(answer.status).toBe(207)
  const results = readResults(answer.bytes)
  expect(results.map(each => each.statusCode)).toEqual([201, 201, 201, 201, 409, 200, 404])
  expect(results.map(each => each.body !== undefined && each.statusCode < 400)).toEqual([
    ...Array(4).fill(true),
    ...Array(3).fill(false),
  ])
})

it('tells throttled rows when to come again', async () => {
  const clock = virtualClock(1_700_000_000_000)
  const wire = await openWire({ ranges: 1, ...clock, enforceThroughput: true })
  const path = await wire.newContainer()
  const range = await rangeOf(wire, path, 'x')
  const rows = Array.from({ length: 100 }, (_, index) => operationRow({ ...create(`i${index}`), key: '["x"]' }))
  const headers = { ...bulk, 'x-ms-documentdb-partitionkeyrangeid': range }
  const answer = await wire.send({ method: 'POST', path: `${path}/docs`, headers, body: batchBody(rows) })
  const last = readResults(answer.bytes).at(-1)
  expect(last).toMatchObject({ statusCode: 429, subStatusCode: 3200, retryAfterMs: 1_000 })
})

it('takes and gives rows in process too', async () => {
  const { endpoint, key, httpClient, close } = openCosmos({ ranges: 2 })
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const date = new Date().toUTCString()
    const authorization = signature({ method: 'POST', path }, date, key)
    const all = Object.entries({ 'x-ms-date': date, authorization, ...headers })
    return httpClient.sendRequest({
      url: `${endpoint}${path}`,
      method: 'POST',
      headers: all as [string, string][],
      body,
    })
  }
  await post('/dbs', '{"id":"d"}')
  await post('/dbs/d/colls', '{"id":"c","partitionKey":{"paths":["/pk"],"kind":"Hash"}}')
  const body = new Uint8Array(batchBody([operationRow(create('1'))]))
  const answer = await post('/dbs/d/colls/c/docs', body, { ...atomic, ...keyHeader('x') })
  expect(answer).toMatchObject({ status: 200, bodyAsText: '' })
  expect(readResults(Buffer.from(answer.bodyAsBytes ?? []))).toMatchObject([{ statusCode: 201 }])
  close()
})
