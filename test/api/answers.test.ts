import { beforeEach, describe, expect, test } from 'vitest'
import { type App, bodyOf, funded, opened, problemOf, wholeApp } from './whole-app.ts'

let app: App
let account: string
let receiver: string
beforeEach(async () => {
  app = wholeApp()
  account = await funded(app, 'alice')
  receiver = await opened(app, 'bob')
})

const send = (amount: string, prefer?: string) =>
  app.ask('POST /v1/transfers', {
    as: 'alice user',
    key: 'k',
    body: { from: account, to: receiver, amount },
    headers: prefer === undefined ? {} : { prefer },
  })

describe('an accepted command', () => {
  test('is pending: 202, where to look, when to look again, and the place answers at once', async () => {
    const answer = await send('100')
    const id = bodyOf(answer).transferId
    expect(answer).toMatchObject({ status: 202, headers: { location: `/v1/transfers/${id}`, 'retry-after': '1' } })
    expect(bodyOf(answer)).toMatchObject({ status: 'pending', from: account, to: receiver, amount: '100' })
    const found = await app.ask(`GET ${answer.headers.location}`, { as: 'alice user' })
    expect([found.status, bodyOf(found)]).toEqual([200, bodyOf(answer)])
  })

  test.each<[string, object]>([
    ['loads', { amount: '1', paymentReference: 'r' }],
    ['freeze', {}],
  ])('of %s is an operation that answers at once', async (verb, body) => {
    const as = verb === 'loads' ? 'bank payments' : 'op operator'
    const answer = await app.ask(`POST /v1/accounts/${account}/${verb}`, { as, key: 'k', body })
    expect(bodyOf(answer)).toMatchObject({ status: 'pending', links: { account: `/v1/accounts/${account}` } })
    const found = await app.ask(`GET ${answer.headers.location}`, { as })
    expect([found.status, bodyOf(found)]).toEqual([200, bodyOf(answer)])
    await app.pump()
    expect(bodyOf(await app.ask(`GET ${answer.headers.location}`, { as }))).toMatchObject({ status: 'applied' })
    expect((await app.ask(`GET ${answer.headers.location}`, { as: 'mallory user' })).status).toBe(404)
  })

  test('of an account that is not open yet is the account, pending', async () => {
    const body = { kind: 'merchant', name: 'stall' }
    const answer = await app.ask('POST /v1/accounts', { as: 'carol user', body })
    expect(answer.headers.location).toBe(`/v1/accounts/${bodyOf(answer).accountId}`)
    expect(bodyOf(answer)).toMatchObject({ ...body, owner: 'carol', status: 'pending', balance: '0', version: 0 })
    const found = await app.ask(`GET ${answer.headers.location}`, { as: 'carol user' })
    expect([found.status, bodyOf(found)]).toEqual([200, bodyOf(answer)])
  })
})

describe('Prefer: wait', () => {
  test('is given up in time: 202, and the clock has moved no farther than asked', async () => {
    const before = app.world.now()
    const answer = await send('100', 'wait=2')
    expect([answer.status, answer.headers['preference-applied'], answer.headers['retry-after']]).toEqual([
      202,
      'wait',
      '1',
    ])
    expect(app.world.now() - before).toBeLessThanOrEqual(2_050)
  })

  test('is answered 200 once decided, also a refusal', async () => {
    await send('100')
    await app.pump()
    const answer = await send('100', 'wait=2')
    expect([answer.status, answer.headers['preference-applied'], bodyOf(answer).status]).toEqual([
      200,
      'wait',
      'completed',
    ])
    const refused = { as: 'alice user', key: 'much', body: { from: account, to: receiver, amount: '99999999' } }
    await app.ask('POST /v1/transfers', refused)
    await app.pump()
    const again = await app.ask('POST /v1/transfers', { ...refused, headers: { prefer: 'wait=2' } })
    expect([again.status, bodyOf(again).status, bodyOf(again).reason]).toEqual([200, 'refused', 'insufficient_credits'])
  })

  test('is answered 202 at once while a person must decide', async () => {
    await send('150000')
    await app.pump()
    const before = app.world.now()
    const answer = await send('150000', 'wait=9')
    expect([answer.status, bodyOf(answer).status]).toEqual([202, 'held'])
    expect(app.world.now() - before).toBeLessThan(100)
  })
})

describe('a review', () => {
  test('of a payment to nobody is refused with 409, and nothing is stored', async () => {
    receiver = '99999999-9999-4999-8999-999999999999'
    const { transferId } = bodyOf(await send('150000'))
    await app.pump()
    const before = app.stored()
    const answer = await app.ask(`POST /v1/transfers/${transferId}/approve`, {
      as: 'rita reviewer',
      body: { note: 'n' },
    })
    expect([answer.status, problemOf(answer)]).toEqual([409, 'receiver-unknown'])
    expect(app.stored()).toEqual(before)
  })

  test('of a transfer nobody knows is refused with 404', async () => {
    const unknown = `${account}_99999999-9999-4999-8999-999999999999`
    const answer = await app.ask(`POST /v1/transfers/${unknown}/approve`, { as: 'rita reviewer' })
    expect(problemOf(answer)).toBe('not-found')
  })
})

describe('what the receiver sees', () => {
  test('is nothing of a held transfer, and all of it but the reviewers once it is sent', async () => {
    const { transferId } = bodyOf(await send('150000'))
    const seen = (as: string) => app.ask(`GET /v1/transfers/${transferId}`, { as })
    expect((await seen('bob user')).status).toBe(404)
    await app.pump()
    expect((await seen('bob user')).status).toBe(404)
    await app.ask(`POST /v1/transfers/${transferId}/approve`, { as: 'rita reviewer' })
    await app.pump()
    expect(bodyOf(await seen('bob user'))).toMatchObject({ status: 'completed', amount: '150000' })
    expect(bodyOf(await seen('bob user'))).not.toHaveProperty('decidedBy')
    expect(bodyOf(await seen('alice user'))).not.toHaveProperty('decidedBy')
    for (const role of ['reviewer', 'operator', 'auditor']) {
      expect(bodyOf(await seen(`somebody ${role}`)).decidedBy).toEqual(['rita'])
    }
    expect((await seen('mallory user')).status).toBe(404)
  })
})

test('what the process sent was sent by no person, whatever their name', async () => {
  const nobody = '99999999-9999-4999-8999-999999999999'
  const body = { from: account, to: nobody, amount: '100' }
  const { transferId } = bodyOf(await app.ask('POST /v1/transfers', { as: 'alice user', body, key: 'to-nobody' }))
  await app.pump()
  const returned = (as: string) => app.ask(`GET /v1/operations/${transferId}.return`, { as })
  expect((await returned('olga operator')).status).toBe(200)
  expect((await returned('transfers user')).status).toBe(404)
})

test('?minVersion= tells nobody else which version there is: neither by its answer nor by its time', async () => {
  const { transferId } = bodyOf(await send('100'))
  await app.pump()
  for (const path of [`/v1/transfers/${transferId}`, `/v1/accounts/${account}`]) {
    const before = app.world.now()
    const answers = ['0', '1', '99'].map(minVersion =>
      app.ask(`GET ${path}`, { as: 'mallory user', query: { minVersion } }),
    )
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([404, 404, 404])
    expect(app.world.now()).toBe(before)
  }
})

test('?minVersion= beyond what there is waits, and then says what the streams say', async () => {
  const { transferId } = bodyOf(await send('100'))
  await app.pump()
  for (const path of [`/v1/transfers/${transferId}`, `/v1/accounts/${account}`]) {
    const now = await app.ask(`GET ${path}`, { as: 'alice user' })
    const before = app.world.now()
    const later = await app.ask(`GET ${path}`, { as: 'alice user', query: { minVersion: '99' } })
    expect([later.status, bodyOf(later)]).toEqual([200, bodyOf(now)])
    expect(app.world.now() - before).toBeLessThanOrEqual(2_050)
    expect(later.headers.etag).toBe(`"${bodyOf(now).version}"`)
  }
})
