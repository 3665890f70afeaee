import { setTimeout as sleep } from 'node:timers/promises'
import { type Calm, createCalm } from 'local-functions/cosmos/calm'
import type { HeldLease } from 'local-functions/cosmos/held-lease'
import { describe, expect, test } from 'vitest'
import { sample, startHost } from './host-process.ts'
import { shop, told } from './shop.ts'

const POLL_DELAY = 5
const IDLE_POLL_DELAY = 100

/** Two workers' leases and a clock that only the test moves. */
function quietHost(idlePollDelay = IDLE_POLL_DELAY) {
  let now = 0
  const calm = createCalm(idlePollDelay, () => now)
  const sleeping: { until: number; wake: () => void }[] = []
  const lease = (): HeldLease => {
    let wake = () => {}
    const pause = (milliseconds: number) =>
      new Promise<void>(resolve => {
        wake = resolve
        sleeping.push({ until: now + milliseconds, wake: resolve })
      })
    return { pause, wake: () => wake() } as HeldLease
  }
  const pass = async (milliseconds: number) => {
    for (const end = now + milliseconds; now < end; now++) {
      for (const { until, wake } of sleeping) if (until <= now) wake()
      await new Promise(resolve => setImmediate(resolve))
    }
  }
  return { calm, lease, pass, now: () => now }
}

/** How long a worker waits after its next empty answer, from now on. */
async function waits({ calm, lease, pass, now }: ReturnType<typeof quietHost>, meanwhile = (_: Calm) => {}) {
  const began = now()
  let took: number | undefined
  const worker = calm.pause(lease(), POLL_DELAY, new AbortController().signal).then(() => {
    took = now() - began
  })
  await pass(1)
  meanwhile(calm)
  while (took === undefined) await pass(1)
  await worker
  return took
}

describe('the pause after an empty answer', () => {
  test('is the own one of the function while anything happens, and longer when nothing does', async () => {
    const host = quietHost()
    expect(await waits(host)).toBe(POLL_DELAY)
    await host.pass(1_000)
    expect(await waits(host)).toBe(IDLE_POLL_DELAY)
    host.calm.end()
    expect(await waits(host)).toBe(POLL_DELAY)
  })

  test('ends when something happens, but is never shorter than the own one', async () => {
    const host = quietHost()
    await host.pass(1_000)
    expect(await waits(host, calm => calm.end())).toBe(POLL_DELAY)
    await host.pass(1_000)
    const resting = waits(host)
    const other = host.calm.pause(host.lease(), POLL_DELAY, new AbortController().signal)
    await host.pass(20)
    host.calm.end()
    expect(await resting).toBeLessThanOrEqual(25)
    await other
  })

  test('is never shortened: a function that asks rarely anyway does so always', async () => {
    const host = quietHost(POLL_DELAY - 1)
    await host.pass(1_000)
    expect(await waits(host)).toBe(POLL_DELAY)
  })
})

describe('a host that is calm', () => {
  const current = shop(2)

  test('finds at once what a function of its own wrote, and ends at once', async () => {
    const { cosmos, items } = current()
    const COSMOS = `AccountEndpoint=${cosmos.endpoint};AccountKey=${cosmos.key};`
    const feed = { folder: sample('cosmos-feed'), settings: { COSMOS, DATABASE: 'shop' } }
    const host = await startHost({ apps: [feed, { folder: sample('http-quickstart') }], idlePollDelay: 600_000 })
    // Calm by then; sooner, this test would only prove less.
    await sleep(500)
    await items.items.create({ id: '1', pk: 'a', number: 1 })
    await fetch(`${host.endpoint}/api/hello`)
    await host.logged(lines => told(lines, 'through').includes('a/1'))
    await sleep(500)
    await host.stop()
  })
})
