import { CosmosClient } from '@azure/cosmos'
import { randomFrom } from '@remit/simulator/random'
import { expect, test } from 'vitest'
import { openAccounts, signIn } from './reviewers.ts'
import { startSplitSystem } from './split-system.ts'

/** Event Grid tries again after 10 s, 30 s, a minute, in milliseconds. */
const PATIENCE = 200_000

test('without the review service decisions are carried out and the rest expires; its storage is not missed', {
  timeout: PATIENCE + 120_000,
}, async () => {
  const settings = {
    REVIEW_PERIOD_SECONDS: '6',
    WATCH_REVIEWS_SCHEDULE: '*/2 * * * * *',
    REVIEW_RETRY_MILLISECONDS: '200',
  }
  const system = await startSplitSystem(async () => undefined, { settings })
  try {
    const { address } = system
    const accounts = await openAccounts(address, 2)
    const early = await accounts.hold(2, randomFrom(1))
    await system.kill('reviews')
    const late = await accounts.hold(4, randomFrom(2))
    const [accepted, declined, ...left] = late
    const rita = await signIn(address, 'rita', 'reviewer')
    const rob = await signIn(address, 'rob', 'reviewer')
    for (const reviewer of [rita, rob]) await reviewer.post(`/v1/transfers/${accepted}/approve`, {})
    await rita.post(`/v1/transfers/${declined}/decline`, { reason: 'no' })
    const auditor = await signIn(address, 'audrey', 'auditor')
    const over = (ids: readonly (string | undefined)[]) =>
      Promise.all(ids.map(id => auditor.untilOver(`/v1/transfers/${id}`)))
    expect(await over([accepted, declined])).toEqual(['completed', 'declined'])
    expect(await over([...left, ...early])).toEqual(['expired', 'expired', 'expired', 'expired'])

    await system.forget('reviews')
    await system.restart('reviews')
    const client = new CosmosClient(system.cosmos)
    const all = async (container: string) =>
      (
        await client
          .database('remit')
          .container(container)
          .items.readAll<{ closed?: boolean; state?: string; id: string }>()
          .fetchAll()
      ).resources
    const closed = async () => (await all('reviews')).filter(item => item.closed).length
    await expect.poll(closed, { timeout: PATIENCE, interval: 500 }).toBe(6)
    const letters = await all('letters')
    expect(letters.filter(({ id }) => id === 'sender').map(({ state }) => state)).toEqual(Array(6).fill('sent'))
    expect(letters.filter(({ id }) => id === 'receiver')).toHaveLength(1)
    client.dispose()
  } finally {
    await system.stop()
  }
})
