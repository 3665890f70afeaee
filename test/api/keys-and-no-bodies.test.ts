import { beforeAll, describe, expect, test } from 'vitest'
import { type App, opened, problemOf, type Sending, wholeApp } from './whole-app.ts'

const other = '99999999-9999-4999-8999-999999999999'
let app: App
let account: string
beforeAll(async () => {
  app = wholeApp()
  account = await opened(app, 'alice')
})
const transfer = () => ({ from: account, to: other, amount: '1' })

describe('Idempotency-Key', () => {
  test.each(['k', 'x'.repeat(255), '!"#~', '{"a":1}', '0', '__proto__'])('%j is one', async key => {
    const answer = await app.ask('POST /v1/transfers', { as: 'alice user', body: transfer(), key })
    expect(answer.status).toBe(202)
  })

  test.each([
    '',
    ' ',
    'x'.repeat(256),
    'a b',
    ' a',
    'a ',
    'a, b',
    'a\tb',
    'a\nb',
    'a\n',
    '\u007f',
    '\0',
    'ä',
    '🙂',
    '\u200b',
  ])('%j is none', async key => {
    const answer = await app.ask('POST /v1/transfers', { as: 'alice user', body: transfer(), key })
    expect(problemOf(answer)).toBe('invalid-parameter')
    expect(answer.body).toMatch(/"Idempotency-Key"/)
  })

  test('moving money needs one', async () => {
    const sending = { as: 'alice user', body: transfer() }
    expect(problemOf(await app.ask('POST /v1/transfers', sending))).toBe('idempotency-key-missing')
    const load = { as: 'bank payments', body: { amount: '1', paymentReference: 'r' } }
    expect(problemOf(await app.ask(`POST /v1/accounts/${account}/loads`, load))).toBe('idempotency-key-missing')
  })
})

describe('a body that may be missing', () => {
  const freeze = (sending: Sending) => app.ask(`POST /v1/accounts/${account}/freeze`, { as: 'op operator', ...sending })
  const json = { 'content-type': 'application/json' }

  test.each<[string, Sending, number]>([
    ['no body and no type', {}, 202],
    ['a type and no body', { headers: json }, 202],
    ['an empty object', { body: {} }, 202],
    ['a reason', { body: { reason: 'lost card' } }, 202],
    ['another type', { body: 'x', headers: { 'content-type': 'text/plain' } }, 415],
    ['no object', { body: 'null' }, 400],
    ['other members', { body: { note: 'x' } }, 400],
  ])('%s', async (_what, sending, status) => {
    expect((await freeze(sending)).status).toBe(status)
  })

  test('where it is needed, none is no JSON object', async () => {
    const call = 'POST /v1/accounts'
    expect(problemOf(await app.ask(call, { as: 'alice user' }))).toBe('unsupported-media-type')
    expect(problemOf(await app.ask(call, { as: 'alice user', headers: json }))).toBe('invalid-json')
  })
})
