import { expect, it } from 'vitest'
import { virtualClock } from '../../../local/cosmos/src/virtual-clock.ts'
import { keyHeader, openWire, type Wire } from './dotnet-wire.ts'

const incremental = { 'a-im': 'Incremental Feed' }

function changes(wire: Wire, path: string, headers: Record<string, string>) {
  return wire.send({ method: 'GET', path: `${path}/docs`, headers: { ...incremental, ...headers } })
}

function create(wire: Wire, path: string, item: Record<string, unknown> & { pk: string }) {
  return wire.send({ method: 'POST', path: `${path}/docs`, headers: keyHeader(item.pk), body: item })
}

it('has count, etag and session on every answer of the change feed, 304 too', async () => {
  const wire = await openWire({ ranges: 1 })
  const path = await wire.newContainer()
  const range = { 'x-ms-documentdb-partitionkeyrangeid': '0' }
  const none = await changes(wire, path, { ...range, 'if-none-match': '*' })
  expect(none).toMatchObject({ status: 304, headers: { etag: '"0"', 'x-ms-item-count': '0' } })
  expect(none.headers['x-ms-session-token']).toBe('0:-1#0')
  await create(wire, path, { id: '1', pk: 'x' })
  const some = await changes(wire, path, { ...range, 'if-none-match': String(none.headers.etag) })
  expect(some).toMatchObject({ status: 200, headers: { etag: '"1"', 'x-ms-item-count': '1' } })
  expect(some.json().Documents).toMatchObject([{ id: '1', _lsn: 1 }])
})

it('starts behind a whole second, which itself is not among the changes', async () => {
  const start = Date.parse('2026-05-01T10:00:00Z')
  const clock = virtualClock(start)
  const wire = await openWire({ ranges: 1, ...clock })
  const path = await wire.newContainer()
  for (const id of ['at 0', 'at 1', 'at 2']) {
    await create(wire, path, { id, pk: 'x' })
    clock.advance(1_000)
  }
  const since = async (second: number) => {
    const time = new Date(start + second * 1_000).toUTCString()
    const answer = await changes(wire, path, { ...keyHeader('x'), 'if-modified-since': time })
    return answer.status === 304 ? [] : answer.json().Documents.map(({ id }) => id)
  }
  expect(await since(-1)).toEqual(['at 0', 'at 1', 'at 2'])
  expect(await since(0)).toEqual(['at 1', 'at 2'])
  expect(await since(2)).toEqual([])
})

it('says by name that all versions are not emulated', async () => {
  const wire = await openWire({ ranges: 1 })
  const path = await wire.newContainer()
  const headers = { 'a-im': 'Full-Fidelity Feed', 'x-ms-cosmos-changefeed-wire-format-version': '2021-09-15' }
  const answer = await changes(wire, path, { ...headers, 'x-ms-documentdb-partitionkeyrangeid': '0' })
  expect(answer.status).toBe(501)
  expect(answer.json().message).toContain('Full-Fidelity Feed')
})

it('gives leases the system properties that their bodies have as null and 0', async () => {
  const clock = virtualClock(Date.parse('2026-05-01T10:00:00Z'))
  const wire = await openWire(clock)
  const path = await wire.newContainer({ partitionKey: { paths: ['/id'], kind: 'Hash' }, defaultTtl: -1 })
  const id = 'processor.localhost_AQAAAA==_AQAAAIAAAAE=..0'
  const lease = { id, _etag: null, _ts: 0, LeaseToken: '0', Owner: null, ContinuationToken: null, properties: {} }
  const docs = `${path}/docs`
  const created = await wire.send({ method: 'POST', path: docs, headers: keyHeader(id), body: lease })
  const ts = Date.parse('2026-05-01T10:00:00Z') / 1_000
  expect(created.json()).toMatchObject({ _etag: created.headers.etag, _ts: ts, Owner: null })
  const own = `${docs}/${encodeURIComponent(id)}`
  const renewal = (etag: unknown, owner: string) =>
    wire.send({
      method: 'PUT',
      path: own,
      headers: { ...keyHeader(id), 'if-match': String(etag), prefer: 'return=minimal' },
      body: { ...lease, Owner: owner },
    })
  const renewed = await renewal(created.headers.etag, 'one')
  expect(renewed).toMatchObject({ status: 200, headers: { 'content-length': '0' } })
  expect((await renewal(created.headers.etag, 'two')).status).toBe(412)
  const found = await wire.send({ method: 'GET', path: own, headers: keyHeader(id) })
  expect(found.json()).toMatchObject({ Owner: 'one', _etag: renewed.headers.etag })
  const lock = 'processor.localhost_AQAAAA==_AQAAAIAAAAE=.lock'
  const body = { id: lock, ttl: 15, _etag: null, _ts: 0 }
  await wire.send({ method: 'POST', path: docs, headers: keyHeader(lock), body })
  clock.advance(15_000)
  expect((await wire.send({ method: 'POST', path: docs, headers: keyHeader(lock), body })).status).toBe(201)
})

/** What the client takes for the lag of a range: the newest LSN of all, less that of the first change not seen, and one. */
async function estimate(wire: Wire, path: string, where: { range: string; seen: string }) {
  const answer = await changes(wire, path, {
    'x-ms-documentdb-partitionkeyrangeid': where.range,
    'x-ms-max-item-count': '1',
    'if-none-match': where.seen,
  })
  if (answer.status === 304) return 0
  const newest = Number(String(answer.headers['x-ms-session-token']).split('#')[1])
  return newest - Number(answer.json().Documents[0]?._lsn) + 1
}

it('lets an estimator count what is left in a range', async () => {
  const wire = await openWire({ ranges: 2 })
  const path = await wire.newContainer()
  for (let n = 0; n < 40; n++) await create(wire, path, { id: `i${n}`, pk: `p${n}` })
  const lags = await Promise.all(['0', '1'].map(range => estimate(wire, path, { range, seen: '"0"' })))
  expect(lags.reduce((sum, lag) => sum + lag)).toBe(40)
  const middle = await Promise.all(
    ['0', '1'].map((range, at) => estimate(wire, path, { range, seen: `"${(lags[at] as number) - 3}"` })),
  )
  expect(middle).toEqual([3, 3])
  const end = await Promise.all(['0', '1'].map((range, at) => estimate(wire, path, { range, seen: `"${lags[at]}"` })))
  expect(end).toEqual([0, 0])
})
