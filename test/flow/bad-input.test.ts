import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { CosmosClient } from '@azure/cosmos'
import { newSigningKey } from 'local-identity/signing-key'
import { issueToken } from 'local-identity/tokens'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answered, eventually, opened, type Person, remit } from './remit.ts'

const { running, person, crowd } = remit()
let alice: Person
let mallory: Person
let account = ''
let other = ''
let before = ''

/** Everything that could have been stored by a call, as one text. */
async function stored(): Promise<string> {
  const client = new CosmosClient(running().cosmos)
  const names = ['commands', 'events', 'details', 'accounts', 'transfers', 'operations', 'owners', 'parked']
  const all = names.map(
    async name => (await client.database('remit').container(name).items.readAll().fetchAll()).resources,
  )
  const items = (await Promise.all(all)).flat().map(item => JSON.stringify(item))
  client.dispose()
  return items.sort().join('\n')
}

beforeAll(async () => {
  const { till } = await crowd()
  alice = await person('alice-of-bad-input', 'user')
  mallory = await person('mallory', 'user')
  account = await opened(alice, till, { load: 60_000 })
  other = await opened(mallory, till)
  // All that was wanted so far is in the views: what changes from here on changed because of a bad request.
  await eventually(
    () => alice.get(`/v1/accounts/${account}`),
    ({ balance }) => balance === '60000',
  )
  before = await stored()
})

afterAll(async () => {
  // Once for all that was refused above: nothing of it was stored.
  expect(await stored()).toBe(before)
})

function isProblem(answer: Answered, status: number, name: string): void {
  expect(answer.body).toMatchObject({ type: `/problems/${name}`, status })
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.body.requestId).toMatch(/^[0-9a-f-]{36}$/)
  expect(JSON.stringify(answer.body)).not.toMatch(/\.ts\b|node_modules|[A-Za-z]Error|[Cc]osmos|[Zz]od/)
}

describe('a body', () => {
  const good = () => ({ from: account, to: other, amount: '5' })
  const amounts = ['1e3', '-5', '007', '', '0', '1.5', ' 5', `1${'0'.repeat(30)}`, 5, null, ['5'], {}]
  test.each(amounts)('with the amount %j is refused', async amount => {
    const answer = await alice.post('/v1/transfers', { ...good(), amount })
    isProblem(answer, 400, 'invalid-body')
    expect(answer.body.errors).toMatchObject([{ pointer: '/amount' }])
  })

  const bodies: [string, unknown, string][] = [
    ['malformed', '{"from":', 'invalid-json'],
    ['empty', '', 'invalid-json'],
    ['an array', [], 'invalid-body'],
    ['a text', '"x"', 'invalid-body'],
    ['null', 'null', 'invalid-body'],
  ]
  test.each(bodies)('that is %s is refused', async (_name, body, problem) => {
    isProblem(await alice.post('/v1/transfers', body), 400, problem)
  })

  test('with unknown or missing members names them all', async () => {
    const answer = await alice.post('/v1/transfers', { from: account, amount: '5', colour: 'red', 'a/b': 1 })
    isProblem(answer, 400, 'invalid-body')
    const pointers = (answer.body.errors as { pointer: string }[]).map(({ pointer }) => pointer)
    expect(pointers.sort()).toEqual(['/a~1b', '/colour', '/to'])
  })

  test('of another media type, or too large', async () => {
    const plain = { headers: { 'content-type': 'text/plain' } }
    isProblem(await alice.post('/v1/transfers', good(), plain), 415, 'unsupported-media-type')
    const memo = 'x'.repeat(17_000)
    isProblem(await alice.post('/v1/transfers', { ...good(), memo }), 413, 'body-too-large')
  })

  test('sent in chunks arrives empty, as it does at the Functions host without streams', async () => {
    const { till } = await crowd()
    const token = await tokenOf('alice-of-bad-input', 'user')
    expect(till.sub).toBe('till')
    const status = await new Promise<number | undefined>(resolve => {
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'transfer-encoding': 'chunked',
        'idempotency-key': randomUUID(),
      }
      const sent = request(`${running().address}/v1/transfers`, { method: 'POST', headers }, answer => {
        answer.resume()
        resolve(answer.statusCode)
      })
      sent.end(JSON.stringify(good()))
    })
    expect(status).toBe(400)
  })
})

async function tokenOf(sub: string, ...roles: string[]): Promise<string> {
  const init = { method: 'POST', body: JSON.stringify({ sub, roles }) }
  const answer = (await (await fetch(`${running().address}/local/token`, init)).json()) as { access_token: string }
  return answer.access_token
}

describe('a key, an id, a page', () => {
  const send = (options: Parameters<Person['post']>[2]) =>
    alice.post('/v1/transfers', { from: account, to: other, amount: '5' }, options)
  test('that is missing or no key', async () => {
    isProblem(await send({ key: null }), 400, 'idempotency-key-missing')
    isProblem(await send({ key: 'two words' }), 400, 'invalid-parameter')
    isProblem(await send({ key: 'x'.repeat(256) }), 400, 'invalid-parameter')
  })

  test.each([
    '/v1/accounts/nonsense',
    '/v1/accounts/%00',
    '/v1/transfers/nonsense',
    '/v1/operations/nonsense',
    '/v1/transfers',
    '/v1/transfers?account=nonsense',
    '/v1/accounts?limit=0',
    '/v1/accounts?limit=101',
    '/v1/accounts?cursor=nonsense',
  ])('GET %s', async path => isProblem(await alice.get(path), 400, 'invalid-parameter'))

  test.each(['/', '/v1', '/v1/nothing', '/v2/accounts', '/V1/transfers/x/y'])('GET %s is nowhere', async path => {
    isProblem(await alice.get(path), 404, 'not-found')
  })

  test('a wrong method is nowhere, too', async () => {
    const answer = await fetch(`${running().address}/v1/transfers`, { method: 'DELETE' })
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({ type: '/problems/not-found' })
  })
})

describe('somebody else', () => {
  test('without a token, or with one of another issuer', async () => {
    const body = JSON.stringify({ from: account, to: other, amount: '5' })
    const ask = async (headers: Record<string, string>): Promise<Answered> => {
      const answer = await fetch(`${running().address}/v1/transfers`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'k', ...headers },
        body,
      })
      return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Answered['body'] }
    }
    const foreign = { issuer: 'https://identity.remit.local/', audience: 'api://remit', key: await newSigningKey() }
    const forged = await issueToken(foreign, { sub: 'alice-of-bad-input', roles: ['user'] })
    for (const authorization of ['', 'Bearer x', `Bearer ${forged}`]) {
      const answer = await ask(authorization === '' ? {} : { authorization })
      isProblem(answer, 401, 'unauthenticated')
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
    }
    isProblem(await ask({ authorization: 'Basic YTpi', 'x-user': 'alice' }), 401, 'unauthenticated')
  })

  test('who does not own the paying account hears what they hear of an unknown one', async () => {
    const steal = await mallory.post('/v1/transfers', { from: account, to: other, amount: '5' })
    const unknown = await mallory.post('/v1/transfers', { from: randomUUID(), to: other, amount: '5' })
    isProblem(steal, 404, 'not-found')
    expect({ ...steal.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' })
    for (const path of [
      `/v1/accounts/${account}`,
      `/v1/accounts/${account}/statement`,
      `/v1/transfers?account=${account}`,
    ]) {
      isProblem(await mallory.get(path), 404, 'not-found')
    }
    isProblem(await mallory.post(`/v1/accounts/${account}/close`), 404, 'not-found')
  })

  test('in the wrong role', async () => {
    const { till, rita, olga, audrey } = await crowd()
    const load = { amount: '5', paymentReference: 'x' }
    for (const who of [alice, rita, olga, audrey]) {
      isProblem(await who.post(`/v1/accounts/${account}/loads`, load), 403, 'forbidden')
    }
    for (const who of [till, rita, audrey]) {
      isProblem(await who.post(`/v1/accounts/${account}/freeze`), 403, 'forbidden')
      isProblem(await who.post('/v1/transfers', { from: account, to: other, amount: '5' }), 403, 'forbidden')
    }
    isProblem(await alice.get('/v1/reviews'), 403, 'forbidden')
    isProblem(await till.get(`/v1/accounts/${account}`), 403, 'forbidden')
  })

  test('who reviews what does not exist', async () => {
    const { rita, olga } = await crowd()
    const nowhere = `${randomUUID()}_${randomUUID()}`
    isProblem(await rita.post(`/v1/transfers/${nowhere}/approve`), 404, 'not-found')
    isProblem(await rita.post(`/v1/transfers/${nowhere}/decline`, { reason: 'x' }), 404, 'not-found')
    isProblem(await olga.post(`/v1/accounts/${randomUUID()}/freeze`), 404, 'not-found')
  })
})
