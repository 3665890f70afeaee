import { feedNames, type HealthResource, health } from '@remit/api/resources/health'
import { runScenario, type Verdict } from '@remit/simulator/run'
import { expect, test } from 'vitest'
import { runProgram } from '../run-program.ts'
import { createKiller, PER_KILL, summaryOf } from './killer.ts'
import { type Deliveries, type SplitSystem, startSplitSystem } from './split-system.ts'

/** `KILLS=200 SEED=7 pnpm vitest run test/kills` is the long run. */
const KILLS = Number(process.env.KILLS ?? 12)
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1_000_000))
const ACCOUNTS = 40
/** Seconds: how long the simulator bears that nothing goes on. */
const PATIENCE = 60
/** Seconds: how long news may take. Event Grid waits 10 s after a failure, then 30 s, a minute, five minutes. */
const PATIENCE_FOR_NEWS = 400
/** How long one kill may take with all that follows, in milliseconds. */
const PER_KILL_TIME = 10_000

test(`${KILLS} processes killed by SIGKILL during a crowd: nothing accepted is lost, nothing happens twice`, {
  timeout: 120_000 + KILLS * PER_KILL_TIME,
}, async () => {
  console.log(`kills: seed ${SEED}`)
  const killer = createKiller({ seed: SEED, kills: KILLS })
  const over = new AbortController()
  const system = await startSplitSystem(async ({ method, url }) => {
    if (method === 'POST' && url === '/v1/transfers') await killer.turn()
  })
  const { address } = system
  const crowd = async () => {
    const transfers = (KILLS + 2) * PER_KILL
    const progress = (title: string, done: number) => {
      if (title === 'credits are sent') killer.progress(done)
    }
    const options = { address, seed: SEED, accounts: ACCOUNTS, transfers, patience: PATIENCE, progress }
    return runScenario({ scenario: 'crowd', ...options, print: line => console.log(line) })
  }
  // Reviewers at work meanwhile: without them nobody would hear the news.
  const reviewers = async () => {
    const verdicts: Verdict[] = []
    for (let seed = SEED; !over.signal.aborted; seed++) {
      verdicts.push(await runScenario({ scenario: 'reviews', address, seed, patience: PATIENCE_FOR_NEWS }))
    }
    return verdicts
  }
  try {
    const [verdict, reviews, kills] = await Promise.all([
      crowd().finally(() => over.abort()),
      reviewers(),
      killer.run(system, over.signal),
    ])
    console.log(`${summaryOf(kills)}; ${reviews.length} rounds of reviews`)
    expect(kills.length).toBe(KILLS)
    expect([verdict, ...reviews].flatMap(({ firstDifferences }) => firstDifferences)).toEqual([])
    expect([verdict, ...reviews].every(({ ok }) => ok)).toBe(true)
    const { feeds, ...rest } = await caughtUp(address)
    expect(Object.keys(feeds ?? {})).toEqual(feedNames)
    expect(rest).toEqual({ status: 'healthy', overdueTransfers: 0, parkedItems: 0 })
    expect((await settled(system)).dropped).toBe(0)
    console.log(await verified(system.cosmos))
  } finally {
    over.abort()
    await system.stop()
  }
})

/** What `pnpm verify` prints. Rejects with it when something that is stored does not fit together. */
function verified(connection: string): Promise<string> {
  return runProgram('packages/verify/src/main.ts', '--connection', connection, '--grace', '0')
}

/** What Event Grid says as soon as nothing waits to be delivered. Fails by the time limit of the test. */
async function settled(system: SplitSystem): Promise<Deliveries> {
  for (;;) {
    const deliveries = await system.deliveries()
    if (deliveries.pending === 0) return deliveries
    await new Promise(resolve => setTimeout(resolve, 500))
  }
}

/** What `/health` says as soon as no feed is behind. Fails by the time limit of the test. */
async function caughtUp(address: string): Promise<HealthResource> {
  for (;;) {
    const answer = health.parse(await (await fetch(`${address}/health`)).json())
    if (Object.values(answer.feeds ?? { none: { items: 1 } }).every(({ items }) => items === 0)) return answer
    await new Promise(resolve => setTimeout(resolve, 500))
  }
}
