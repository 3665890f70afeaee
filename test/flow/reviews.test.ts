import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { eventually, opened, remit } from './remit.ts'

const { person, crowd } = remit({ REVIEW_PERIOD_SECONDS: '3', WATCH_SCHEDULE: '* * * * * *' })
describe('a significant transfer', () => {
  const hold = async (amount: string) => {
    const { alice, bob, till } = await crowd()
    const from = await opened(alice, till, { load: 3_000_000 })
    const to = await opened(bob, till)
    const held = await alice.post('/v1/transfers', { from, to, amount, memo: 'a car' })
    expect(held.status).toBe(202)
    expect(held.body).toMatchObject({ status: 'held', approvals: 0 })
    return { from, to, path: `/v1/transfers/${held.body.transferId}`, id: held.body.transferId }
  }

  test('waits for one reviewer, who finds it in the list', async () => {
    const { alice, bob, rita, audrey } = await crowd()
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
    const { rita, rob } = await crowd()
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
    const { alice, rita } = await crowd()
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
    const { alice, rita } = await crowd()
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
    const { alice, till, rita } = await crowd()
    const from = await opened(alice, till, { load: 3_000_000 })
    const held = await alice.post('/v1/transfers', { from, to: randomUUID(), amount: '100000' })
    const approved = await rita.post(`/v1/transfers/${held.body.transferId}/approve`)
    expect(approved.status).toBe(409)
    expect(approved.body.type).toBe('/problems/receiver-unknown')
  })
})
