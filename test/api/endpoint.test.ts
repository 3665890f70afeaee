import type { Answer } from '@remit/api/http/answer'
import { endpoint } from '@remit/api/http/endpoint'
import { Problem, type ProblemName, problems } from '@remit/api/http/problems'
import { StoreUnavailable } from '@remit/documents/documents'
import { describe, expect, test } from 'vitest'
import { bodyOf, funded, opened, problemOf, requestOf, type Sending, wholeApp } from './whole-app.ts'

const reported: unknown[] = []
const surroundings = {
  verify: async () => ({ sub: 'alice', roles: new Set(['user'] as const) }),
  randomId: () => '11111111-1111-4111-8111-111111111111',
  report: (...all: unknown[]) => reported.push(all),
}

const answerOf = (handle: () => Promise<Answer>) =>
  endpoint(surroundings, { roles: ['user'], key: 'ignored' }, handle)(requestOf({}, {}))

describe('the checks come in the promised order', () => {
  const large = 'x'.repeat(17_000)
  const wrong = JSON.stringify({ amount: 7 })
  const text = { 'content-type': 'text/plain' }

  test.each<[string, string, string, string]>([
    ['POST /v1/transfers', 'alice auditor', 'mallory user', 'required'],
    ['POST /v1/accounts/{account}/loads', 'alice user', 'bank payments', 'required'],
    ['POST /v1/accounts/{account}/freeze', 'alice user', 'op operator', 'optional'],
    ['POST /v1/transfers/{account}_{account}/decline', 'alice user', 'rita reviewer', 'optional'],
  ])('%s', async (template, wrongRole, as, rule) => {
    const app = wholeApp()
    const account = await opened(app, 'alice')
    const call = template.replaceAll('{account}', account)
    const stranger = '99999999-9999-4999-8999-999999999999'
    const right: Record<string, object> = {
      transfers: { from: account, to: stranger, amount: '1' },
      loads: { amount: '1', paymentReference: 'r' },
      freeze: {},
      decline: { reason: 'r' },
    }
    const body = right[template.split('/').at(-1) ?? '']
    const steps: [string, Sending][] = [
      ['unauthenticated', { body: large, headers: { ...text, 'idempotency-key': ' ' } }],
      ['forbidden', { as: wrongRole, body: large, headers: { ...text, 'idempotency-key': ' ' } }],
      ['unsupported-media-type', { as, body: large, headers: { ...text, 'idempotency-key': ' ' } }],
      ['body-too-large', { as, body: large, headers: { 'idempotency-key': ' ' } }],
      ['invalid-json', { as, body: '{', headers: { 'idempotency-key': ' ' } }],
      ['invalid-body', { as, body: wrong, headers: { 'idempotency-key': ' ' } }],
      ['invalid-parameter', { as, body, headers: { 'idempotency-key': ' ' } }],
      ...(rule === 'required' ? ([['idempotency-key-missing', { as, body }]] as [string, Sending][]) : []),
    ]
    const before = app.stored()
    for (const [problem, sending] of steps) expect(problemOf(await app.ask(call, sending)), problem).toBe(problem)
    if (template.endsWith('transfers')) expect(problemOf(await app.ask(call, { as, body, key: 'k' }))).toBe('not-found')
    expect(app.stored()).toEqual(before)
  })

  test('what is not yours and what does not exist are answered alike', async () => {
    const app = wholeApp()
    const account = await funded(app, 'alice')
    const unknown = '99999999-9999-4999-8999-999999999999'
    const as = 'mallory user'
    const pairs: [string, Sending][][] = [
      [
        [`GET /v1/accounts/${account}`, { as }],
        [`GET /v1/accounts/${unknown}`, { as }],
      ],
      [
        [`GET /v1/accounts/${account}/statement`, { as }],
        [`GET /v1/accounts/${unknown}/statement`, { as }],
      ],
      [
        [`POST /v1/accounts/${account}/close`, { as }],
        [`POST /v1/accounts/${unknown}/close`, { as }],
      ],
      [
        ['GET /v1/transfers', { as, query: { account } }],
        ['GET /v1/transfers', { as, query: { account: unknown } }],
      ],
    ]
    for (const [mine, nowhere] of pairs) {
      const [one, other] = [await app.ask(...(mine ?? ['', {}])), await app.ask(...(nowhere ?? ['', {}]))]
      expect(one.status).toBe(404)
      expect({ ...one, body: { ...bodyOf(one), requestId: '' } }).toEqual({
        ...other,
        body: { ...bodyOf(other), requestId: '' },
      })
    }
  })
})

describe('a problem', () => {
  const statuses: Record<ProblemName, number> = {
    'invalid-json': 400,
    'invalid-body': 400,
    'invalid-parameter': 400,
    'idempotency-key-missing': 400,
    unauthenticated: 401,
    forbidden: 403,
    'not-found': 404,
    'receiver-unknown': 409,
    'body-too-large': 413,
    'unsupported-media-type': 415,
    'idempotency-key-reused': 422,
    'too-many-requests': 429,
    internal: 500,
    unavailable: 503,
  }

  test('is one of the closed list', () => {
    expect(Object.keys(problems).sort()).toEqual(Object.keys(statuses).sort())
  })

  test.each(Object.entries(statuses) as [ProblemName, number][])('%s is answered %d', async (problem, status) => {
    const answer = await answerOf(() => Promise.reject(new Problem(problem)))
    const headers: Record<string, string> = { 'content-type': 'application/problem+json' }
    if (status === 401) headers['www-authenticate'] = expect.stringMatching(/^Bearer\b/)
    if (status === 429 || status === 503) headers['retry-after'] = expect.stringMatching(/^[1-9]\d*$/)
    expect(answer).toMatchObject({ status })
    expect(answer.headers).toEqual(headers)
    expect(bodyOf(answer)).toEqual({
      type: `/problems/${problem}`,
      title: expect.stringMatching(/^[A-Z].+\.$/),
      status,
      requestId: '11111111-1111-4111-8111-111111111111',
      retryable: expect.any(Boolean),
    })
  })

  test.each([
    new Error('secret at /srv/app/door.ts:12'),
    new TypeError("cannot read 'salt' of undefined"),
    'a secret text',
    undefined,
    null,
    { status: 200, body: 'secret' },
  ])('nobody expected (%s) says nothing but a request id, and is reported under it', async thrown => {
    reported.length = 0
    const answer = await answerOf(() => Promise.reject(thrown))
    expect(answer.status).toBe(500)
    expect(Object.keys(bodyOf(answer)).sort()).toEqual(['requestId', 'retryable', 'status', 'title', 'type'])
    expect(JSON.stringify(answer)).not.toMatch(/secret|salt|\.ts|srv/)
    expect(reported).toEqual([[bodyOf(answer).requestId, thrown]])
  })

  test('of the store is an outage: 503, and when to come again', async () => {
    const answer = await answerOf(() => Promise.reject(new StoreUnavailable('COSMOS at 10.0.0.7')))
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    expect(bodyOf(answer)).toMatchObject({ type: '/problems/unavailable', retryable: true })
    expect(answer.body).not.toMatch(/COSMOS|10\.0/)
  })
})
