import { CosmosClient } from '@azure/cosmos'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openCosmos } from '../../../local/cosmos/src/server.ts'
import { virtualClock } from '../../../local/cosmos/src/virtual-clock.ts'
import { Failure, runHistory, type World } from './history-runner.ts'
import { type History, historyOf } from './item-history.ts'
import { type Outcome, ReferenceContainer } from './reference-container.ts'

const HISTORIES = Number(process.env.HISTORIES ?? 300)
const FIRST_SEED = Number(process.env.SEED ?? 1)

let world: World
let close: () => void
beforeAll(async () => {
  const clock = virtualClock(1_700_000_000_000)
  const { endpoint, key, httpClient, close: end } = openCosmos({ ranges: 3, now: clock.now })
  const client = new CosmosClient({ endpoint, key, httpClient, connectionPolicy: { enableEndpointDiscovery: false } })
  await client.databases.create({ id: 'd' })
  world = { client, clock }
  close = () => {
    client.dispose()
    end()
  }
})
afterAll(() => close())

async function failureOf(history: History, reference?: typeof ReferenceContainer): Promise<Failure | undefined> {
  return runHistory(world, history, reference).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof Failure) return error
      throw error
    },
  )
}

/** Cuts the tail behind the failure, then leaves out every step without which it still fails. */
async function shrink(history: History, failure: Failure, reference?: typeof ReferenceContainer) {
  let shortest = { ...history, steps: history.steps.slice(0, failure.at + 1) }
  let says = failure
  for (let at = shortest.steps.length - 1; at >= 0; at--) {
    const shorter = { ...shortest, steps: shortest.steps.toSpliced(at, 1) }
    const found = await failureOf(shorter, reference)
    if (found === undefined) continue
    shortest = shorter
    says = found
  }
  return { history: shortest, says }
}

it(`does in ${HISTORIES} histories from seed ${FIRST_SEED} what a naive reference does`, {
  timeout: 3_600_000,
}, async () => {
  let answers = 0
  for (let seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
    const history = historyOf(seed)
    const failure = await failureOf(history)
    if (failure !== undefined) {
      const shortest = await shrink(history, failure)
      const steps = shortest.history.steps.map(step => JSON.stringify(step)).join('\n')
      throw new Error(`SEED=${seed} HISTORIES=1, default ttl ${history.defaultTtl}: ${shortest.says.message}\n${steps}`)
    }
    answers += history.steps.length
  }
  expect(answers).toBeGreaterThan(HISTORIES * 20)
})

class Forgetful extends ReferenceContainer {
  /** A reference that takes one refusal for granted is found out. */
  override transact(...args: Parameters<ReferenceContainer['transact']>): Outcome[] {
    return super.transact(...args).map(outcome => (outcome.status === 412 ? { status: 404 } : outcome))
  }
}

it('finds a difference, and shrinks its history to what it takes', async () => {
  for (let seed = 1; ; seed++) {
    const history = historyOf(seed)
    const failure = await failureOf(history, Forgetful)
    if (failure === undefined) continue
    const shortest = await shrink(history, failure, Forgetful)
    expect(shortest.history.steps.length).toBeLessThanOrEqual(2)
    return
  }
})
