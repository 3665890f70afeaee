import { createVirtualClock } from 'local-clock/clock'
import { type EventGridOptions, startEventGrid } from 'local-event-grid/server'

/** A process of its own for topics on a virtual clock, which says how much memory it holds when asked. */
const options: EventGridOptions = JSON.parse(process.argv[2] ?? '{}')
const clock = createVirtualClock(Date.UTC(2025, 0, 1))
const server = await startEventGrid({ ...options, clock })

function memory() {
  globalThis.gc?.()
  const { heapUsed, external, rss } = process.memoryUsage()
  return { kind: 'memory', held: heapUsed + external, rss, passed: clock.now() - Date.UTC(2025, 0, 1) }
}

/** Half of what an endpoint has to answer, so that no request runs out of time because the clock leaps. */
const step = 15_000

async function pass(milliseconds: number): Promise<void> {
  for (const end = clock.now() + milliseconds; clock.now() < end; ) {
    await server.settled()
    for (const stop = clock.now() + step; clock.runNext(stop - clock.now()); );
  }
  await server.settled()
}

process.on('message', async message => {
  if (message === 'memory') process.send?.(memory())
  if (message !== 'pass an hour') return
  await pass(3_600_000)
  process.send?.({ kind: 'passed' })
})
process.send?.({ kind: 'ready', endpoint: server.endpoint })
