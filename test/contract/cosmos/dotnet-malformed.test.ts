import { expect, it } from 'vitest'
import { batchBody, operationRow, readResults } from './dotnet-rows.ts'
import { keyHeader, openWire, type Wire } from './dotnet-wire.ts'

const atomic = { 'x-ms-cosmos-is-batch-request': 'True', 'x-ms-cosmos-batch-atomic': 'True', ...keyHeader('x') }
const post = (wire: Wire, path: string, body: Buffer) =>
  wire.send({ method: 'POST', path: `${path}/docs`, headers: atomic, body })

const row = operationRow({ type: 'Upsert', key: '["x"]', body: { id: '1', pk: 'x' }, ifMatch: '*', minimal: true })
const read = operationRow({ type: 'Read', id: '1' })
const wrong = (bytes: Buffer, at: number, value: number) => {
  const copy = Buffer.from(bytes)
  copy[at] = value
  return copy
}
const withMember = (...bytes: number[]) => batchBody([Buffer.concat([read, Buffer.from(bytes)])])
const body = batchBody([row])
const recordAt = 10
const rowAt = recordAt + 13

it.each([
  ['a segment of another schema', wrong(body, 1, 0), 'schema'],
  ['a segment without length', wrong(body, 5, 0), 'length of 0'],
  ['a segment that is too long', wrong(body, 9, 1), 'announced'],
  ['nothing but the version', body.subarray(0, 1), 'announced'],
  ['a record without version', wrong(body, recordAt, 0), 'version'],
  ['a record of another schema', wrong(body, recordAt + 1, 0), 'schema'],
  ['a record of negative length', wrong(body, recordAt + 8, 0xff), 'announced'],
  ['a record beyond the body', body.subarray(0, -1), 'announced'],
  ['a wrong checksum', wrong(body, rowAt + 20, 0), 'CRC-32'],
  ['a row of another schema', batchBody([wrong(row, 1, 0)]), 'schema'],
  ['a row without version', batchBody([wrong(row, 0, 0)]), 'version'],
  ['a row that ends at once', batchBody([row.subarray(0, 8)]), 'announced'],
  ['a row of nothing', batchBody([Buffer.alloc(0)]), 'announced'],
  ['an operation of unknown type', batchBody([wrong(row, 6, 3)]), 'operation type 3'],
  ['an operation without type', batchBody([wrong(row, 5, 0x46)]), 'operation type'],
  ['an operation on something else', batchBody([wrong(row, 10, 5)]), 'resource type 5'],
  ['a text beyond its row', batchBody([wrong(read, 14, 0x7f)]), 'announced'],
  ['a length without end', withMember(0x14, 9, 0xff, 0xff, 0xff, 0xff, 0xff), 'no end'],
  ['an unknown member', withMember(0x03, 99), 'token 99'],
  ['a member of unknown type', withMember(0x55, 9), 'unknown type'],
  ['a member of another type', withMember(0x03, 9), 'another type'],
])('refuses %s', async (_, bytes, reason) => {
  const wire = await openWire({ ranges: 1 })
  const answer = await post(wire, await wire.newContainer(), bytes)
  expect(answer.status).toBe(400)
  expect(answer.headers['content-length']).toBe(String(answer.bytes.length))
  expect(String(answer.json().message)).toContain(reason)
})

it.each([
  ['a time to live', withMember(0x07, 11, 1, 0, 0, 0), 'timeToLiveInSeconds'],
  ['a hashed key', batchBody([Buffer.concat([wrong(read, 5, 0x0b).subarray(0, 14), Buffer.of(1, 0)])]), 'effective'],
])('says by name that %s is not emulated', async (_, bytes, name) => {
  const wire = await openWire({ ranges: 1 })
  const answer = await post(wire, await wire.newContainer(), bytes)
  expect(answer.status).toBe(501)
  expect(String(answer.json().message)).toContain(name)
})

/** Numbers below a bound, the same for the same seed (a linear congruential generator). */
function numbers(seed: number): (below: number) => number {
  let state = Math.imul(seed, 0x9e3779b1)
  return below => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

function mutated(bytes: Buffer, pick: (below: number) => number): Buffer {
  const copy = Buffer.from(bytes)
  const at = pick(copy.length)
  if (pick(4) === 0) return copy.subarray(0, at)
  if (pick(4) === 0) return Buffer.concat([copy.subarray(0, at), Buffer.of(pick(256)), copy.subarray(at)])
  for (let changes = pick(3); changes >= 0; changes--) copy[pick(copy.length)] = pick(256)
  return copy
}

it('answers any mutation of a batch with rows or with a refusal', async () => {
  const wire = await openWire({ ranges: 1 })
  const path = await wire.newContainer()
  const statuses = new Set<number>()
  for (let seed = 1; seed <= 600; seed++) {
    const pick = numbers(seed)
    // Half of them keep a right checksum, so that what is wrong is inside the row.
    const bytes = pick(2) === 0 ? mutated(body, pick) : batchBody([mutated(row, pick), read])
    const answer = await post(wire, path, bytes)
    statuses.add(answer.status)
    const rows = answer.bytes[0] === 0x81 ? readResults(answer.bytes) : []
    for (const { statusCode } of rows) expect(statusCode, `seed ${seed}`).not.toBe(500)
    if (rows.length === 0) expect(answer.json(), `seed ${seed}`).toHaveProperty('message')
  }
  expect([...statuses].filter(status => status !== 501).sort()).toEqual([200, 207, 400])
})
