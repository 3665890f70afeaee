import type { News } from '@remit/functions-projections/cloud-events'
import type { Process } from './scheduler.ts'
import type { Wire } from './store.ts'

/** Whoever listens, in the process that does so at the moment. */
export type Subscriber = { readonly process: Process; readonly handle: (event: unknown) => Promise<void> }

const DELAY = 500
const LOOK = 200

/** Event Grid goes on until the subscriber has taken it, in no order, and sometimes once more. */
export async function deliver(wire: Wire, news: News, find: () => Subscriber | undefined): Promise<void> {
  const { scheduler, random, faults } = wire
  const grid: Process = { name: 'event-grid', dead: false }
  for (;;) {
    await scheduler.park(grid, random.between(0, DELAY))
    const subscriber = find()
    if (subscriber === undefined) continue
    const delivered = subscriber.handle(JSON.parse(JSON.stringify(news))).then(
      () => true,
      () => false,
    )
    const died = dead(wire, grid, subscriber.process)
    if ((await Promise.race([delivered, died])) && !random.chance(faults.redelivery)) return
  }
}

async function dead({ scheduler }: Wire, grid: Process, subscriber: Process): Promise<false> {
  do await scheduler.park(grid, LOOK)
  while (!subscriber.dead)
  return false
}
