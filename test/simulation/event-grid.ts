import type { News } from '@remit/functions-projections/cloud-events'
import type { Process } from './scheduler.ts'
import type { Wire } from './wire.ts'

/** Whoever listens, in the process that does so at the moment. */
export type Subscriber = { readonly process: Process; readonly handle: (event: unknown) => Promise<void> }

const DELAY = 30
const LATE = 100_000
const LOOK = 200

/** Event Grid: takes news or does not, and delivers those of transfers. */
export class EventGrid {
  readonly published = new Set<string>()
  /** News it has and no subscriber has taken yet. */
  undelivered = 0
  readonly #wire: Wire
  readonly #took: (news: News) => void
  readonly #find: () => Subscriber | undefined

  /** @param took told of all news the moment they are taken. */
  constructor(wire: Wire, took: (news: News) => void, find: () => Subscriber | undefined) {
    this.#wire = wire
    this.#took = took
    this.#find = find
  }

  async publish(publisher: Process, news: readonly News[]): Promise<void> {
    const { scheduler, faults } = this.#wire
    await scheduler.park(publisher)
    if (faults.happens('publishFails')) throw new Error('Event Grid did not take it')
    for (const one of news) this.#take(one)
    await scheduler.park(publisher)
    if (faults.happens('publishFails')) throw new Error('the answer of Event Grid was lost')
  }

  #take(one: News): void {
    this.#took(one)
    this.published.add(one.id)
    if (!one.type.startsWith('remit.transfer-')) return
    this.undelivered += 1
    void deliver(this.#wire, one, this.#find).then(() => {
      this.undelivered -= 1
    })
  }
}

/** Event Grid goes on until the subscriber has taken it, in no order, sometimes late, and sometimes once more. */
async function deliver(wire: Wire, news: News, find: () => Subscriber | undefined): Promise<void> {
  const { scheduler, random, faults } = wire
  const grid: Process = { name: 'event-grid', dead: false }
  for (;;) {
    await scheduler.park(grid, random.between(0, faults.happens('lateNews') ? LATE : DELAY))
    const subscriber = find()
    if (subscriber === undefined) continue
    const delivered = subscriber.handle(JSON.parse(JSON.stringify(news))).then(
      () => true,
      () => false,
    )
    if ((await unlessDead(wire, delivered, { grid, subscriber })) && !faults.happens('redelivery')) return
  }
}

type Parties = { readonly grid: Process; readonly subscriber: Subscriber }

/** What came of a delivery; nothing when the subscriber died over it. */
async function unlessDead({ scheduler }: Wire, delivered: Promise<boolean>, parties: Parties): Promise<boolean> {
  let answer: boolean | undefined
  void delivered.then(taken => {
    answer = taken
  })
  while (answer === undefined && !parties.subscriber.process.dead) await scheduler.park(parties.grid, LOOK)
  return answer ?? false
}
