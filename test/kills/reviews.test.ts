import { CosmosClient } from '@azure/cosmos'
import { randomFrom } from '@remit/simulator/random'
import { expect, test } from 'vitest'
import { runProgram } from '../run-program.ts'
import { createReviewers, openAccounts, signIn } from './reviewers.ts'
import { startSplitSystem } from './split-system.ts'

/** `HELD=300 KILLS=12 SEED=7 pnpm vitest run test/kills/reviews.test.ts` is the long run. */
const HELD = Number(process.env.HELD ?? 40)
const KILLS = Number(process.env.KILLS ?? 3)
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1_000_000))
const ACCOUNTS = 12
/** Milliseconds the review service lives between two kills, at least and at most. */
const LIFE = [1_500, 4_000] as const
/** Seconds a transfer is held. */
const PERIOD = 12 + HELD / 4
/** How long everything may take to be over, in milliseconds: Event Grid waits 10 s, 30 s, a minute, five minutes. */
const PATIENCE = 500_000

type Stored = { readonly id: string; readonly transferId: string; readonly state?: string; readonly closed?: boolean }
type Mail = { readonly to: string[]; readonly subject: string; readonly text: string; readonly messageId: string }

test(`${HELD} held transfers, the review service killed ${KILLS} times and changed half-way`, {
  timeout: PATIENCE + 120_000 + KILLS * 10_000,
}, async () => {
  console.log(`reviews: seed ${SEED}`)
  const random = randomFrom(SEED)
  const system = await startSplitSystem(async () => undefined, {
    settings: {
      REVIEW_PERIOD_SECONDS: String(PERIOD),
      WATCH_REVIEWS_SCHEDULE: '*/2 * * * * *',
      REVIEW_RETRY_MILLISECONDS: '200',
    },
    faults: { duplicates: 0.2, shuffle: true },
  })
  try {
    const { address } = system
    const accounts = await openAccounts(address, ACCOUNTS)
    const asked = accounts.hold(HELD, random)
    const reviewers = await createReviewers(address, ['rita', 'rob'], random)
    const deciding = reviewers.decideUntilOver()
    for (let kill = 1; kill <= KILLS; kill++) {
      await new Promise(resolve => setTimeout(resolve, random.between(...LIFE)))
      if (kill === Math.ceil(KILLS / 2)) system.deploy('reviews', 'test/kills/changed-reviews')
      await system.kill('reviews')
      await system.restart('reviews')
    }
    const transfers = await asked
    const auditor = await signIn(address, 'audrey', 'auditor')
    const statuses = await Promise.all(transfers.map(id => auditor.untilOver(`/v1/transfers/${id}`)))
    reviewers.stop()
    await deciding

    const client = new CosmosClient(system.cosmos)
    const all = async (container: string) =>
      (await client.database('remit').container(container).items.readAll<Stored>().fetchAll()).resources
    const open = async () => (await all('reviews')).filter(item => !item.closed).length
    await expect.poll(open, { timeout: PATIENCE, interval: 500 }).toBe(0)
    const running = async () => {
      const path = '/runtime/webhooks/durabletask/instances?runtimeStatus=Running,Pending'
      const answer = await fetch(`${system.reviews}${path}`)
      return answer.status === 200 ? ((await answer.json()) as unknown[]).length : answer.status
    }
    await expect.poll(running, { timeout: 60_000, interval: 500 }).toBe(0)

    // The change was one that orchestrations under way do not survive: they failed, and were started anew.
    expect(system.printed.some(line => /^\[reviews\].*non-?deterministic/i.test(line))).toBe(true)

    // Each letter that is due was sent: the sender's always, the receiver's where something arrived.
    const letters = await all('letters')
    // A reminder that was not sent in time is not sent any more.
    const unsent = letters.filter(({ state }) => state !== 'sent')
    expect(unsent.filter(({ id, state }) => state !== 'overtaken' || id === 'sender' || id === 'receiver')).toEqual([])
    const kinds = (id: string) => letters.flatMap(one => (one.transferId === id ? [one.id] : []))
    for (const [index, id] of transfers.entries()) {
      const ends = kinds(id).filter(kind => kind === 'sender' || kind === 'receiver')
      expect(ends.sort(), `${id} ${statuses[index]}`).toEqual(
        statuses[index] === 'completed' ? ['receiver', 'sender'] : ['sender'],
      )
    }
    // A mail comes twice only if the process died between sending it and storing that it was sent.
    const mails = (await (await fetch(`${system.mailbox}/messages`)).json()) as Mail[]
    const times = Map.groupBy(mails, mail => mail.messageId)
    // One that was sent just before the end of its process may count as overtaken.
    expect(times.size).toBeGreaterThanOrEqual(letters.length - unsent.length)
    expect(times.size).toBeLessThanOrEqual(letters.length)
    const again = mails.length - times.size
    expect(again).toBeLessThanOrEqual(KILLS * 40)
    console.log(
      `reviews: ${transfers.length} held, ${count(statuses)}; ${letters.length} letters, ${again} mails came twice; seed ${SEED}`,
    )
    expect(await runProgram('packages/verify/src/main.ts', '--connection', system.cosmos, '--grace', '0')).toMatch(
      /fits together/,
    )
    client.dispose()
  } finally {
    await system.stop()
  }
})

function count(statuses: readonly string[]): string {
  return [...Map.groupBy(statuses, status => status)].map(([status, same]) => `${same.length} ${status}`).join(', ')
}
