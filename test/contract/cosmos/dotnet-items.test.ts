import { expect, it } from 'vitest'
import { keyHeader, openWire } from './dotnet-wire.ts'

it('takes bodies without a content type', async () => {
  const wire = await openWire()
  const path = await wire.newContainer()
  const docs = `${path}/docs`
  const headers = keyHeader('x')
  const item = { id: '1', pk: 'x', n: 1 }
  const created = await wire.send({ method: 'POST', path: docs, headers, body: item })
  expect(created.status).toBe(201)
  const { body, ...put } = { method: 'PUT', path: `${docs}/1`, body: { ...item, n: 2 } }
  expect((await wire.send({ ...put, headers, body })).status).toBe(200)
  const definition = (await wire.send({ method: 'GET', path })).json()
  expect((await wire.send({ method: 'PUT', path, body: { ...definition, defaultTtl: 60 } })).status).toBe(200)
  const patched = await wire.send({
    method: 'PATCH',
    path: `${docs}/1`,
    headers: { ...headers, 'content-type': 'application/json-patch+json' },
    body: { condition: 'from c where c.n = 2', operations: [{ op: 'incr', path: '/n', value: 3.0 }] },
  })
  expect(patched.json()).toMatchObject({ n: 5 })
})

it.each([
  ['a whole number', 1, '[1.0]', 1],
  ['a large number', 1e100, '[1E+100]', 1e100],
  ['minus zero', 0, '[-0.0]', 0],
  ['a fraction', 1.5, '[1.5]', 1.5],
  ['null', null, '[null]', null],
  ['true', true, '[true]', true],
  ['nothing', undefined, '[{}]', undefined],
  ['what is not ASCII', 'Zoë ☃ 😀', '["Zo\\u00eb \\u2603 \\ud83d\\ude00"]', 'Zoë ☃ 😀'],
])('compares a key header by value: %s', async (_, stored, header, value) => {
  for (const version of [1, 2]) {
    const wire = await openWire()
    const path = await wire.newContainer({ partitionKey: { paths: ['/pk'], kind: 'Hash', version } })
    const headers = { 'x-ms-documentdb-partitionkey': header }
    const body = { id: '1', pk: stored }
    expect((await wire.send({ method: 'POST', path: `${path}/docs`, headers, body })).status).toBe(201)
    const plain = value === undefined ? headers : keyHeader(value)
    for (const each of [headers, plain])
      expect((await wire.send({ method: 'GET', path: `${path}/docs/1`, headers: each })).status).toBe(200)
    const wrong = await wire.send({ method: 'POST', path: `${path}/docs`, headers, body: { id: '2', pk: 'other' } })
    expect(wrong).toMatchObject({ status: 400, headers: { 'x-ms-substatus': '1001' } })
  }
})

it('says in headers where an item was written, and how far its range is', async () => {
  const wire = await openWire()
  const path = await wire.newContainer({ id: 'bücher' })
  const own = `/dbs/d/colls/${encodeURIComponent('bücher')}`
  const { _rid } = (await wire.send({ method: 'GET', path: own })).json()
  expect(path).not.toBe(own)
  const written = await wire.send({
    method: 'POST',
    path: `${own}/docs`,
    headers: keyHeader('x'),
    body: { id: '1', pk: 'x' },
  })
  const range = written.headers['x-ms-documentdb-partitionkeyrangeid']
  expect(written.headers).toMatchObject({
    etag: written.json()._etag,
    'x-ms-session-token': `${range}:-1#1`,
    'x-ms-content-path': _rid,
    'x-ms-alt-content-path': 'dbs/d/colls/b%C3%BCcher',
    'x-ms-request-charge': expect.stringMatching(/^\d/),
    'x-ms-activity-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
  const read = await wire.send({ method: 'GET', path: `${own}/docs/1`, headers: keyHeader('x') })
  expect(read.headers).toMatchObject({ etag: written.headers.etag, 'x-ms-session-token': `${range}:-1#1` })
  const feed = await wire.send({ method: 'GET', path: `${own}/docs`, headers: { 'x-ms-max-item-count': '10' } })
  expect(feed.headers['x-ms-item-count']).toBe('1')
  const gone = await wire.send({ method: 'DELETE', path: own })
  expect(gone).toMatchObject({ status: 204, headers: { 'x-ms-content-path': _rid } })
})

it('leaves bodies out when they are not wanted', async () => {
  const wire = await openWire()
  const path = await wire.newContainer()
  const headers = { ...keyHeader('x'), prefer: 'return=minimal', 'x-ms-noretry-449': 'True' }
  const written = await wire.send({ method: 'POST', path: `${path}/docs`, headers, body: { id: '1', pk: 'x' } })
  expect(written).toMatchObject({ status: 201, headers: { 'content-length': '0', etag: expect.any(String) } })
  const again = await wire.send({ method: 'PUT', path: `${path}/docs/1`, headers, body: { id: '1', pk: 'x' } })
  expect(again).toMatchObject({ status: 200, headers: { 'content-length': '0' } })
})

it('gives every error as JSON with its length', async () => {
  const wire = await openWire()
  const path = await wire.newContainer()
  const headers = keyHeader('x')
  const item = { id: '1', pk: 'x' }
  const docs = `${path}/docs`
  await wire.send({ method: 'POST', path: docs, headers, body: item })
  const refusals = [
    [400, { method: 'POST', path: docs, headers, body: '{' }],
    [401, { method: 'GET', path: docs, headers: { authorization: 'type%3Dmaster%26ver%3D1.0%26sig%3Dno' } }],
    [404, { method: 'GET', path: `${docs}/2`, headers }],
    [405, { method: 'PUT', path: docs, headers, body: item }],
    [409, { method: 'POST', path: docs, headers, body: item }],
    [412, { method: 'PUT', path: `${docs}/1`, headers: { ...headers, 'if-match': '"no"' }, body: item }],
    [501, { method: 'GET', path: `${path}/sprocs` }],
  ] as const
  for (const [status, asked] of refusals) {
    const answer = await wire.send(asked)
    expect(answer.status).toBe(status)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(answer.bytes.length),
    })
    expect(answer.headers['transfer-encoding']).toBeUndefined()
    expect(answer.json()).toMatchObject({ code: expect.any(String), message: expect.any(String) })
  }
})

it('deletes a partition key value without a body', async () => {
  const wire = await openWire()
  const path = await wire.newContainer()
  const headers = keyHeader('x')
  await wire.send({ method: 'POST', path: `${path}/docs`, headers, body: { id: '1', pk: 'x' } })
  const deleted = await wire.send({ method: 'POST', path: `${path}/operations/partitionkeydelete`, headers })
  expect(deleted.status).toBe(200)
  expect((await wire.send({ method: 'GET', path: `${path}/docs/1`, headers })).status).toBe(404)
})
