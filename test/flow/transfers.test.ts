import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { eventually, opened, type Person, remit } from './remit.ts'

const { crowd } = remit()
const balanceOf = async (who: Person, account: string) => (await who.get(`/v1/accounts/${account}`)).body.balance

describe('a straight transfer', () => {
  test('goes from one to the other, and both statements say so', async () => {
    const { alice, bob, till } = await crowd()
    const from = await opened(alice, till, { load: 60_000 })
    const to = await opened(bob, till)
    const body = { from, to, amount: '2000', memo: 'for lunch', metadata: { table: '7' } }
    const sent = await alice.post('/v1/transfers', body)
    expect(sent.status).toBe(200)
    expect(sent.headers.get('preference-applied')).toBe('wait')
    expect(sent.headers.get('location')).toBe(`/v1/transfers/${sent.body.transferId}`)
    expect(sent.body).toMatchObject({ from, to, amount: '2000', fee: '0', currency: 'EUR', status: 'completed' })
    expect(sent.body).toMatchObject({ memo: 'for lunch', metadata: { table: '7' }, version: 2 })
    const seen = await eventually(
      () => bob.get(`/v1/accounts/${to}`),
      account => account.balance === '2000',
    )
    expect(seen.headers.get('etag')).toBe(`"${seen.body.version}"`)
    const again = await bob.get(`/v1/accounts/${to}`, { 'if-none-match': `"${seen.body.version}"` })
    expect(again.status).toBe(304)
    expect(await balanceOf(alice, from)).toBe('58000')
    const { body: paid } = await alice.get(`/v1/accounts/${from}/statement`)
    expect(paid.items).toMatchObject([
      {
        version: 3,
        type: 'sent',
        change: '-2000',
        amount: '2000',
        fee: '0',
        balance: '58000',
        counterparty: to,
        memo: 'for lunch',
      },
      { version: 2, type: 'loaded', change: '60000', amount: '60000', fee: '0', balance: '60000' },
    ])
    const { body: got } = await bob.get(`/v1/accounts/${to}/statement`)
    expect(got.items).toMatchObject([{ type: 'received', change: '2000', counterparty: from, memo: 'for lunch' }])
    const { body: list } = await bob.get(`/v1/transfers?account=${to}`)
    expect(list.items).toMatchObject([{ transferId: sent.body.transferId, status: 'completed' }])
  })

  test('to a merchant, who pays the fee', async () => {
    const { alice, shop, till } = await crowd()
    const from = await opened(alice, till, { load: 60_000 })
    const to = await opened(shop, till, { kind: 'merchant' })
    const sent = await alice.post('/v1/transfers', { from, to, amount: '10000' })
    expect(sent.body).toMatchObject({ status: 'completed', amount: '10000', fee: '3' })
    await eventually(
      () => shop.get(`/v1/accounts/${to}`),
      account => account.balance === '9997',
    )
    const { body: payee } = await alice.get(`/v1/payees/${to}`)
    expect(payee).toEqual({ accountId: to, kind: 'merchant', name: "shop's account", accepts: true })
  })

  test('without waiting: 202 with where to look, at once', async () => {
    const { alice, bob, till } = await crowd()
    const from = await opened(alice, till, { load: 60_000 })
    const to = await opened(bob, till)
    const key = randomUUID()
    const headers = { prefer: '' }
    const sent = await alice.post('/v1/transfers', { from, to, amount: '5' }, { key, headers })
    expect(sent.status).toBe(202)
    expect(sent.headers.get('retry-after')).toBe('1')
    expect(sent.body).toMatchObject({ status: 'pending', fee: '0', version: 0 })
    const path = String(sent.headers.get('location'))
    expect((await alice.get(path)).status).toBe(200)
    await eventually(
      () => alice.get(path),
      transfer => transfer.status === 'completed',
    )
    const replay = await alice.post('/v1/transfers', { from, to, amount: '5' }, { key, headers })
    expect(replay.headers.get('idempotent-replayed')).toBe('true')
    expect(replay.body).toMatchObject({ transferId: sent.body.transferId, status: 'completed' })
    const altered = await alice.post('/v1/transfers', { from, to, amount: '6', memo: 'x' }, { key })
    expect(altered.status).toBe(422)
    expect(altered.body).toMatchObject({ type: '/problems/idempotency-key-reused', differs: ['/amount', '/memo'] })
    expect(await balanceOf(bob, to)).toBe('5')
  })
})

describe('what is refused or comes back', () => {
  test('more than there is: an outcome and no error, the same for ever', async () => {
    const { alice, bob, till } = await crowd()
    const from = await opened(alice, till, { load: 60_000 })
    const to = await opened(bob, till)
    const key = randomUUID()
    const refused = await alice.post('/v1/transfers', { from, to, amount: '60001' }, { key })
    expect(refused.status).toBe(200)
    expect(refused.body).toMatchObject({ status: 'refused', reason: 'insufficient_credits' })
    await till.post(`/v1/accounts/${from}/loads`, { amount: '90000', paymentReference: 'card 2' })
    const again = await alice.post('/v1/transfers', { from, to, amount: '60001' }, { key })
    expect(again.body).toMatchObject({ status: 'refused', reason: 'insufficient_credits' })
    expect(again.headers.get('idempotent-replayed')).toBe('true')
  })

  test('to an account nobody opened: the credits return', async () => {
    const { alice, till } = await crowd()
    const from = await opened(alice, till, { load: 60_000 })
    const returned = await alice.post('/v1/transfers', { from, to: randomUUID(), amount: '700' })
    expect(returned.body).toMatchObject({ status: 'returned', reason: 'account_not_found' })
    await eventually(
      () => alice.get(`/v1/accounts/${from}`),
      account => account.balance === '60000',
    )
    const { body } = await alice.get(`/v1/accounts/${from}/statement`)
    expect(body.items).toMatchObject([{ type: 'returned', change: '700' }, { type: 'sent', change: '-700' }, {}])
  })

  test('a frozen account: nothing leaves, credits arrive', async () => {
    const { alice, bob, till, olga } = await crowd()
    const from = await opened(alice, till, { load: 60_000 })
    const to = await opened(bob, till, { load: 60_000 })
    const frozen = await olga.post(`/v1/accounts/${from}/freeze`, { reason: 'lost card' })
    expect(frozen.body).toMatchObject({
      command: 'FreezeAccount',
      status: 'applied',
      links: { account: `/v1/accounts/${from}` },
    })
    const stopped = await alice.post('/v1/transfers', { from, to, amount: '1' })
    expect(stopped.body).toMatchObject({ status: 'refused', reason: 'account_frozen' })
    const arrived = await bob.post('/v1/transfers', { from: to, to: from, amount: '1' })
    expect(arrived.body).toMatchObject({ status: 'completed' })
    expect((await olga.post(`/v1/accounts/${from}/unfreeze`)).body.status).toBe('applied')
    expect((await alice.post('/v1/transfers', { from, to, amount: '60001' })).body.status).toBe('completed')
    const closed = await alice.post(`/v1/accounts/${from}/close`)
    expect(closed.body).toMatchObject({ command: 'CloseAccount', status: 'applied' })
    const late = await bob.post('/v1/transfers', { from: to, to: from, amount: '9' })
    expect(late.body).toMatchObject({ status: 'returned', reason: 'account_closed' })
  })

  test('a load to an account nobody opened is accepted and ends refused', async () => {
    const { till } = await crowd()
    const load = await till.post(`/v1/accounts/${randomUUID()}/loads`, { amount: '5', paymentReference: 'x' })
    expect(load.status).toBe(200)
    expect(load.body).toMatchObject({ command: 'LoadCredits', status: 'refused', reason: 'account_not_found' })
  })
})
