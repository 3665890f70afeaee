import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { eventually, opened, type Person, remit } from './remit.ts'

const { person } = remit({ REVIEW_PERIOD_SECONDS: '3', WATCH_SCHEDULE: '* * * * * *' })
let [alice, bob, shop, till, rita, rob, olga, audrey]: Person[] = []

beforeAll(async () => {
  alice = await person('alice', 'user')
  bob = await person('bob', 'user')
  shop = await person('shop', 'user')
  till = await person('till', 'payments')
  rita = await person('rita', 'reviewer')
  rob = await person('rob', 'reviewer')
  olga = await person('olga', 'operator')
  audrey = await person('audrey', 'auditor')
})

type Crowd = {
  alice: Person
  bob: Person
  shop: Person
  till: Person
  rita: Person
  rob: Person
  olga: Person
  audrey: Person
}
const all = () => ({ alice, bob, shop, till, rita, rob, olga, audrey }) as Crowd

const balanceOf = async (who: Person, account: string) => (await who.get(`/v1/accounts/${account}`)).body.balance

describe('a straight transfer', () => {
  test('goes from one to the other, and both statements say so', async () => {
    const { alice, bob, till } = all()
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
    const { alice, shop, till } = all()
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
    const { alice, bob, till } = all()
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
    const { alice, bob, till } = all()
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
    const { alice, till } = all()
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
    const { alice, bob, till, olga } = all()
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
    const { till } = all()
    const load = await till.post(`/v1/accounts/${randomUUID()}/loads`, { amount: '5', paymentReference: 'x' })
    expect(load.status).toBe(200)
    expect(load.body).toMatchObject({ command: 'LoadCredits', status: 'refused', reason: 'account_not_found' })
  })
})

describe('a significant transfer', () => {
  const hold = async (amount: string) => {
    const { alice, bob, till } = all()
    const from = await opened(alice, till, { load: 3_000_000 })
    const to = await opened(bob, till)
    const held = await alice.post('/v1/transfers', { from, to, amount, memo: 'a car' })
    expect(held.status).toBe(202)
    expect(held.body).toMatchObject({ status: 'held', approvals: 0 })
    return { from, to, path: `/v1/transfers/${held.body.transferId}`, id: held.body.transferId }
  }

  test('waits for one reviewer, who finds it in the list', async () => {
    const { alice, bob, rita, audrey } = all()
    const { from, to, path, id } = await hold('100000')
    expect((await alice.get(`/v1/accounts/${from}`)).body).toMatchObject({ held: '100000', available: '2900000' })
    expect((await bob.get(path)).status).toBe(404)
    const isListed = (body: Record<string, unknown>) =>
      (body.items as { transferId: string }[]).some(item => item.transferId === id)
    const { body } = await eventually(() => rita.get('/v1/reviews'), isListed)
    const listed = (body.items as { transferId: string }[]).find(item => item.transferId === id)
    expect(listed).toMatchObject({ from, to, amount: '100000', memo: 'a car', approvals: 0, approvalsNeeded: 1 })
    const approved = await rita.post(`${path}/approve`, { note: 'fine' })
    expect(approved.body).toMatchObject({ command: 'ApproveTransfer', status: 'applied', links: { transfer: path } })
    await eventually(
      () => bob.get(path),
      transfer => transfer.status === 'completed',
    )
    expect((await bob.get(path)).body.decidedBy).toBeUndefined()
    expect((await audrey.get(path)).body.decidedBy).toEqual(['rita'])
    await eventually(
      () => rita.get('/v1/reviews'),
      list => !isListed(list),
    )
    expect((await rita.post(`${path}/decline`, { reason: 'late' })).body).toMatchObject({
      status: 'refused',
      reason: 'transfer_not_held',
    })
  })

  test('of 10,000.00 needs two different ones, and neither may be a party', async () => {
    const { rita, rob } = all()
    const self = await person('alice', 'reviewer')
    const { path } = await hold('1000000')
    expect((await self.post(`${path}/approve`)).body).toMatchObject({ status: 'refused', reason: 'reviewer_is_party' })
    expect((await rita.post(`${path}/approve`)).body.status).toBe('applied')
    expect((await rita.post(`${path}/approve`)).body.status).toBe('no_effect')
    expect((await rita.get(path)).body).toMatchObject({ status: 'held', approvals: 1, approvalsNeeded: 2 })
    expect((await rob.post(`${path}/approve`)).body.status).toBe('applied')
    await eventually(
      () => rob.get(path),
      transfer => transfer.status === 'completed',
    )
  })

  test('is declined with a reason', async () => {
    const { alice, rita } = all()
    const { from, path } = await hold('100000')
    expect((await rita.post(`${path}/decline`, { reason: 'never heard of them' })).body.status).toBe('applied')
    const { body } = await eventually(
      () => alice.get(path),
      transfer => transfer.status === 'declined',
    )
    expect(body).toMatchObject({ reason: 'never heard of them' })
    expect(body.decidedBy).toBeUndefined()
    await eventually(
      () => alice.get(`/v1/accounts/${from}`),
      account => account.available === '3000000',
    )
  })

  test('expires when nobody decides', async () => {
    const { alice, rita } = all()
    const { from, path } = await hold('100000')
    await eventually(
      () => alice.get(path),
      transfer => transfer.status === 'expired',
    )
    await eventually(
      () => alice.get(`/v1/accounts/${from}`),
      account => account.held === '0',
    )
    expect((await rita.post(`${path}/approve`)).body).toMatchObject({ status: 'refused', reason: 'transfer_not_held' })
  })

  test('to an account nobody opened cannot be approved', async () => {
    const { alice, till, rita } = all()
    const from = await opened(alice, till, { load: 3_000_000 })
    const held = await alice.post('/v1/transfers', { from, to: randomUUID(), amount: '100000' })
    const approved = await rita.post(`/v1/transfers/${held.body.transferId}/approve`)
    expect(approved.status).toBe(409)
    expect(approved.body.type).toBe('/problems/receiver-unknown')
  })
})
