import { expect, it } from 'vitest'
import { openWire, type Wire } from './dotnet-wire.ts'

const incremental = { 'a-im': 'Incremental Feed', 'x-ms-max-item-count': '-1' }

it('describes the account with all that clients do not survive without', async () => {
  const wire = await openWire()
  const headers = { 'x-ms-cosmos-use-thinclient': 'True' }
  const account = (await wire.send({ method: 'GET', path: '/', headers })).json()
  expect(account.userConsistencyPolicy).toEqual({ defaultConsistencyLevel: 'Session' })
  expect(Object.keys(JSON.parse(String(account.queryEngineConfiguration))).length).toBeGreaterThan(1)
  const location = { name: expect.any(String), databaseAccountEndpoint: `${wire.endpoint}/` }
  expect(account).toMatchObject({ writableLocations: [location], readableLocations: [location] })
  expect(Object.keys(account).filter(name => name.startsWith('thinClient'))).toEqual([])
})

async function ridsOf(wire: Wire, path: string): Promise<{ container: string; database: string }> {
  const [owner, child] = [path.split('/').slice(0, 3).join('/'), path]
  const [database, container] = await Promise.all([owner, child].map(each => wire.send({ method: 'GET', path: each })))
  return { database: String(database?.json()._rid), container: String(container?.json()._rid) }
}

it('gives ids that say what they name', async () => {
  const wire = await openWire()
  const path = await wire.newContainer()
  const { database, container } = await ridsOf(wire, path)
  const bytes = Buffer.from(container, 'base64')
  expect(Buffer.from(database, 'base64')).toEqual(bytes.subarray(0, 4))
  expect([bytes.length, (bytes[4] as number) & 0x80]).toEqual([8, 0x80])
})

it('finds ranges by ids with a plus and a minus', async () => {
  const wire = await openWire()
  const met = { plus: false, minus: false }
  // A database's number is its first byte, whose upper six bits are the first character: 62 is a plus, 63 a minus.
  for (let number = 2; !met.plus || !met.minus; number++) {
    const database = `/dbs/d${number}`
    await wire.send({ method: 'POST', path: '/dbs', body: { id: `d${number}` } })
    if (number < 248) continue
    const definition = { id: 'c', partitionKey: { paths: ['/pk'], kind: 'Hash' } }
    await wire.send({ method: 'POST', path: `${database}/colls`, body: definition })
    const rids = await ridsOf(wire, `${database}/colls/c`)
    const path = `/dbs/${rids.database}/colls/${rids.container}/pkranges`
    const { status, json } = await wire.send({ method: 'GET', path, headers: incremental })
    expect(status, path).toBe(200)
    expect(json().PartitionKeyRanges).toHaveLength(4)
    met.plus ||= rids.database.startsWith('+')
    met.minus ||= rids.database.startsWith('-')
  }
})

it('ends the feed of ranges with 304, and starts it again after a split', async () => {
  const wire = await openWire()
  const path = await wire.newContainer()
  const rids = await ridsOf(wire, path)
  const ask = (seen?: string) =>
    wire.send({
      method: 'GET',
      path: `/dbs/${rids.database}/colls/${rids.container}/pkranges`,
      headers: { ...incremental, ...(seen && { 'if-none-match': seen }) },
    })
  const first = await ask()
  const ranges = first.json().PartitionKeyRanges
  expect(ranges[0]?.minInclusive).toBe('')
  expect(ranges.at(-1)?.maxExclusive).toBe('FF')
  expect(first.headers).toMatchObject({ etag: expect.any(String), 'x-ms-item-count': '4' })
  const again = await ask(first.headers.etag)
  expect(again).toMatchObject({ status: 304, headers: { etag: first.headers.etag } })
  await wire.send({
    method: 'POST',
    path: `${path}/docs`,
    headers: { 'x-ms-documentdb-partitionkey': '["a"]' },
    body: { id: '1', pk: 'a' },
  })
  expect(wire.split('d', path.split('/').at(-1) ?? '')).toHaveLength(2)
  const after = await ask(first.headers.etag)
  expect(after.status).toBe(200)
  expect(after.json().PartitionKeyRanges).toHaveLength(5)
  expect(await ask(after.headers.etag)).toMatchObject({ status: 304 })
})

it('finds an offer by the id of what it is for, and changes it', async () => {
  const wire = await openWire()
  const path = await wire.newContainer()
  const { container } = await ridsOf(wire, path)
  const query = {
    query: 'select * from root r where r.offerResourceId= @targetRID',
    parameters: [{ name: '@targetRID', value: container }],
  }
  const headers = { 'content-type': 'application/query+json', 'x-ms-documentdb-isquery': 'True' }
  const found = await wire.send({ method: 'POST', path: '/offers', headers, body: query })
  const [offer] = found.json().Offers
  expect(offer).toMatchObject({ offerVersion: 'V2', offerResourceId: container, content: { offerThroughput: 400 } })
  expect(Buffer.from(String(offer?._rid), 'base64')).toHaveLength(3)
  const own = `/offers/${String(offer?._rid)}`
  const changed = await wire.send({ method: 'PUT', path: own, body: { ...offer, content: { offerThroughput: 1_000 } } })
  expect(changed.json()).toMatchObject({ content: { offerThroughput: 1_000 } })
  const read = await wire.send({ method: 'GET', path: own })
  expect(read.json()).toMatchObject({ content: { offerThroughput: 1_000 } })
  expect(read.headers).toMatchObject({ 'x-ms-cosmos-min-throughput': '400', 'x-ms-offer-replace-pending': 'false' })
})

it('takes autoscale by header', async () => {
  const wire = await openWire()
  const definition = { id: 'auto', partitionKey: { paths: ['/pk'], kind: 'Hash' } }
  const headers = { 'x-ms-cosmos-offer-autopilot-settings': '{"maxThroughput":40000}' }
  await wire.send({ method: 'POST', path: '/dbs/d/colls', headers, body: definition })
  const offers = (await wire.send({ method: 'GET', path: '/offers' })).json().Offers
  expect(offers).toMatchObject([{ content: { offerAutopilotSettings: { maxThroughput: 40_000 } } }])
  const own = `/offers/${String(offers[0]?._rid)}`
  const read = await wire.send({ method: 'GET', path: own })
  expect(read.headers['x-ms-cosmos-min-throughput']).toBe('4000')
})

it('keeps a version 1 that a definition does not name', async () => {
  const wire = await openWire()
  const path = await wire.newContainer({ partitionKey: { paths: ['/pk'], kind: 'Hash' } })
  const { json } = await wire.send({ method: 'GET', path })
  expect(json().partitionKey).toEqual({ paths: ['/pk'], kind: 'Hash', version: 1 })
})
