import type { Answer } from '@remit/api/http/answer'
import { problems } from '@remit/api/http/problems'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type App, bodyOf, funded, opened, type Sending, wholeApp } from './whole-app.ts'

const REQUESTS = 10_000
/** Requests to one app before it is left for a fresh one. */
const PER_APP = 300

const calls = [
  'POST /v1/accounts',
  'POST /v1/accounts/{id}/loads',
  'POST /v1/accounts/{id}/freeze',
  'POST /v1/accounts/{id}/unfreeze',
  'POST /v1/accounts/{id}/close',
  'POST /v1/transfers',
  'POST /v1/transfers/{id}/approve',
  'POST /v1/transfers/{id}/decline',
  'GET /v1/accounts',
  'GET /v1/accounts/{id}',
  'GET /v1/accounts/{id}/statement',
  'GET /v1/payees/{id}',
  'GET /v1/transfers',
  'GET /v1/transfers/{id}',
  'GET /v1/operations/{id}',
  'GET /v1/reviews',
] as const

/** Places in a request where something that exists is filled in. */
const KNOWN = ['<alice>', '<bob>', '<transfer>', '<held>', '<operation>', '<cursor>'] as const

const oddText = fc.oneof(
  fc.constantFrom(
    ...KNOWN,
    '',
    '__proto__',
    'constructor',
    'toString',
    'null',
    '-1',
    '1e3',
    '0',
    '../..',
    '\ud83d',
    '\0',
  ),
  fc.constantFrom(
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '<alice>_<bob>',
    '<held>.expire',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.stringMatching(/^[1-9]\d{0,13}$/),
)
const mostly = <Value>(usual: fc.Arbitrary<Value>, odd: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: odd })
const someId = mostly(fc.constantFrom<string>('<alice>', '<alice>', ...KNOWN), oddText)
const someAmount = mostly(fc.constantFrom('1', '100', '100000', '1000000', '1000000000000'), oddText)
const someText = mostly(fc.constantFrom('text', 'other', '🙂 and more'), oddText)
const keyText = mostly(fc.constantFrom('k1', 'k2', 'k3'), oddText)
const metadata = fc.dictionary(fc.string({ minLength: 1, maxLength: 45 }), fc.string({ maxLength: 210 }), {
  maxKeys: 22,
})

const soundBody = fc.record(
  {
    kind: fc.constantFrom('personal', 'merchant', 'other'),
    name: someText,
    from: someId,
    to: someId,
    amount: someAmount,
    paymentReference: someText,
    memo: someText,
    metadata,
    note: someText,
    reason: someText,
  },
  { requiredKeys: ['kind', 'name', 'from', 'to', 'amount', 'paymentReference', 'reason'] },
)
const fits: Record<string, readonly string[]> = {
  accounts: ['kind', 'name'],
  loads: ['amount', 'paymentReference'],
  transfers: ['from', 'to', 'amount', 'memo', 'metadata'],
  approve: ['note'],
  decline: ['reason'],
}

const someRequest = fc.record({
  call: fc.constantFrom(...calls),
  id: someId,
  as: fc.option(
    fc.tuple(
      fc.constantFrom('alice', 'alice', 'alice', 'bob', 'rita', 'mallory'),
      fc.oneof(
        { weight: 3, arbitrary: fc.constant('user,payments,reviewer,operator') },
        { weight: 2, arbitrary: fc.constantFrom('user', 'payments', 'reviewer', 'operator', 'auditor', 'root') },
      ),
    ),
    { freq: 20, nil: undefined },
  ),
  body: fc.oneof(
    { weight: 6, arbitrary: soundBody },
    { weight: 1, arbitrary: fc.json({ maxDepth: 4 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  ),
  fitting: mostly(fc.constant(true), fc.constant(false)),
  key: fc.option(keyText, { freq: 4, nil: undefined }),
  headers: fc.dictionary(
    fc.constantFrom('prefer', 'if-none-match', 'traceparent', 'content-type', 'content-length', 'authorization'),
    fc.oneof(
      oddText,
      fc.constantFrom('wait=1', '*', '"0"', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, 'application/json'),
    ),
    { maxKeys: 1 },
  ),
  query: fc.dictionary(fc.constantFrom('limit', 'cursor', 'account', 'minVersion', 'x'), someId, { maxKeys: 3 }),
  pump: fc.boolean(),
})
type SomeRequest = typeof someRequest extends fc.Arbitrary<infer Value> ? Value : never

async function populated() {
  const app = wholeApp()
  const alice = await funded(app, 'alice')
  const bob = await funded(app, 'bob')
  const send = async (amount: string) => {
    const body = { from: alice, to: bob, amount, memo: 'hello' }
    const answer = await app.ask('POST /v1/transfers', { as: 'alice user', key: `known-${amount}`, body })
    await app.pump()
    return String(bodyOf(answer).transferId)
  }
  const [transfer, held] = [await send('100'), await send('150000')]
  await opened(app, 'alice', { kind: 'merchant', name: 'shop' })
  const page = await app.ask('GET /v1/accounts', { as: 'alice user', query: { limit: '1' } })
  const known: Record<string, string> = {
    alice,
    bob,
    transfer,
    held,
    operation: transfer,
    cursor: String(bodyOf(page).next),
  }
  const fill = (text: string) => text.replace(/<(\w+)>/g, (whole, name: string) => known[name] ?? whole)
  return { app, fill }
}

function sendingOf(request: SomeRequest, fill: (text: string) => string): [call: string, sending: Sending] {
  const { call, id, as, key, headers, query, body, fitting } = request
  const filled = <Value>(value: Value): Value =>
    JSON.parse(JSON.stringify(value), (_, at) => (typeof at === 'string' ? fill(at) : at))
  const wanted = fits[call.split('/').at(-1) ?? '']
  const chosen =
    fitting && wanted && typeof body === 'object'
      ? Object.fromEntries(Object.entries(body).filter(([name]) => wanted.includes(name)))
      : body
  const path = call.replace('{id}', () => fill(id).replaceAll('/', '') || 'x')
  return [
    path,
    {
      ...(as === undefined ? {} : { as: as.join(' ') }),
      ...(chosen === undefined ? {} : { body: typeof chosen === 'string' ? chosen : filled(chosen) }),
      ...(key === undefined ? {} : { key: fill(key) }),
      headers: filled(headers),
      query: filled(query),
    },
  ]
}

const internals = /\bat .*\(|node_modules|\.ts\b|Error:|ZodError|StoreUnavailable|Problem\b|_etag|_ts|"salt"|\[object/
const allowed = new Set(Object.keys(problems).map(name => `/problems/${name}`))

function expectProper(answer: Answer, [call, sending]: [string, Sending]): void {
  const told = JSON.stringify({ call, sending, answer })
  expect(answer.status, told).toBeLessThan(500)
  if (answer.status >= 400) {
    const body = bodyOf(answer)
    expect(answer.headers['content-type'], told).toBe('application/problem+json')
    expect(allowed, told).toContain(body.type)
    expect(body.status, told).toBe(answer.status)
    const { errors, differs, ...rest } = body
    expect(Object.keys(rest).sort(), told).toEqual(['requestId', 'retryable', 'status', 'title', 'type'])
    if (answer.status === 422) expect((differs as []).length, told).toBeGreaterThan(0)
    const messages = ((errors ?? []) as { message: string }[]).map(({ message }) => message)
    expect(JSON.stringify([rest, messages]), told).not.toMatch(internals)
    return
  }
  expect([200, 202, 304], told).toContain(answer.status)
  if (call.startsWith('POST')) expect(answer.headers.location, told).toMatch(/^\/v1\//)
  if (answer.status === 202) expect(answer.headers['retry-after'], told).toMatch(/^\d+$/)
  for (const secret of ['"salt"', '"_etag"', '"_ts"', '"hash"', '"text"']) {
    expect(Object.hasOwn(answer, 'body') ? answer.body?.includes(`${secret}:`) : false, told).toBe(false)
  }
}

test(`${REQUESTS} requests of any kind: never a 5xx, nothing of the inside in an answer`, async () => {
  const statuses = new Map<number, number>()
  let apps: { app: App; fill: (text: string) => string } | undefined
  let asked = 0
  const property = fc.asyncProperty(someRequest, async request => {
    if (apps === undefined || asked % PER_APP === 0) apps = await populated()
    asked += 1
    const { app, fill } = apps
    const sent = sendingOf(request, fill)
    const answer = await app.ask(...sent)
    expectProper(answer, sent)
    expect(app.reports).toEqual([])
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
    if (request.pump) await app.pump()
  })
  await fc.assert(property, { numRuns: REQUESTS })
  for (const status of [200, 202, 400, 401, 403, 404, 422])
    expect(statuses.get(status), String(status)).toBeGreaterThan(5)
})
