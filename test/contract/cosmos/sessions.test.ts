import { expect, it } from 'vitest'
import { throughEachDoor } from './doors.ts'
import { keyHeader, onRange, openWire } from './dotnet-wire.ts'

const item = { id: 'a', pk: 'p' }

// The JavaScript client helps itself after 404/1002, by asking again without a token; so what is answered is looked at raw.
async function written() {
  const wire = await openWire()
  const path = await wire.newContainer()
  const key = keyHeader('p')
  const { headers } = await wire.send({ method: 'POST', path: `${path}/docs`, headers: key, body: item })
  const token = String(headers['x-ms-session-token'])
  const [range = '', lsn = ''] = token.split(':-1#')
  const ask = (method: string, below: string, more: Record<string, string>, body?: unknown) =>
    wire.send({ method, path: `${path}/docs${below}`, headers: { ...key, ...more }, body })
  const read = (session: string, more = {}) => ask('GET', '/a', { 'x-ms-session-token': session, ...more })
  return { ...wire, ask, read, token, range, lsn: Number(lsn) }
}

it('a session reads what it wrote, by the token of the write', async () => {
  const { read, token } = await written()
  expect(await read(token)).toMatchObject({ status: 200 })
})

it('a session is refused what is not there yet: reads, missing items, queries, the feed', async () => {
  const { ask, range, lsn } = await written()
  const session = { 'x-ms-session-token': `${range}:-1#${lsn + 1}` }
  const answers = [
    await ask('GET', '/a', session),
    await ask('GET', '/missing', session),
    await ask('POST', '', { ...onRange(range), ...session }, { query: 'SELECT * FROM c', parameters: [] }),
    await ask('GET', '', { 'a-im': 'Incremental Feed', ...session }),
  ]
  for (const { status, headers, json } of answers) {
    expect(status).toBe(404)
    expect(headers['x-ms-substatus']).toBe('1002')
    expect(json()).toMatchObject({ code: 'NotFound', message: expect.stringContaining('read session') })
  }
})

it.each([
  ['without a version', (range: string, lsn: number) => `${range}:${lsn}`],
  ['with the LSNs of regions', (range: string, lsn: number) => `${range}:-1#${lsn}#3=${lsn}#5=-1`],
  ['beside that of another range', (range: string, lsn: number) => `77:-1#9,${range}:-1#${lsn}`],
])('a token may be %s', async (_, tokenOf) => {
  const { read, range, lsn } = await written()
  expect(await read(tokenOf(range, lsn))).toMatchObject({ status: 200 })
  expect(await read(tokenOf(range, lsn + 1))).toMatchObject({ status: 404 })
})

it('a token does not matter to a reader who asks for eventual consistency, nor that of another range', async () => {
  const { read, range, lsn } = await written()
  const eventual = { 'x-ms-consistency-level': 'Eventual' }
  expect(await read(`${range}:-1#${lsn + 1}`, eventual)).toMatchObject({ status: 200 })
  expect(await read('77:-1#99')).toMatchObject({ status: 200 })
})

it('a token of a range that was split is good for its children', async () => {
  const { read, split, range, lsn } = await written()
  split('d', 'c1', range)
  expect(await read(`${range}:-1#${lsn}`)).toMatchObject({ status: 200 })
  expect(await read(`${range}:-1#${lsn + 1}`)).toMatchObject({ status: 404 })
})

it.each(['nonsense', '0', '0:', '0:x', ':-1#5', '0:-1#', '0:-1#5,'])('the token "%s" is 400', async token => {
  const { read } = await written()
  expect(await read(token)).toMatchObject({ status: 400 })
})

throughEachDoor('sessions', ({ newContainer }) => {
  it('of the client read what they wrote', async () => {
    const container = await newContainer()
    const { headers } = await container.items.create(item)
    const sessionToken = String(headers['x-ms-session-token'])
    expect((await container.item('a', 'p').read({ sessionToken })).resource).toMatchObject(item)
  })
})
