import { containerOf, editionsIn, type ViewName } from '@remit/api/editions'
import type { World } from '@remit/api/ports'
import { type ContainerName, containerNames, partitionKeyOf } from '@remit/documents/containers'
import type { StoredItem } from '@remit/documents/documents'
import type { News } from '@remit/functions-projections/cloud-events'
import { updateReviews } from '@remit/functions-reviews/review-list'
import { type App, type Calls, commandsApp, firstEditions, projectionsApp, type Stores } from './apps.ts'
import { Code } from './code.ts'
import { EventGrid, type Subscriber } from './event-grid.ts'
import { type Lease, runFeed } from './feed.ts'
import type { FeedRange } from './feed-range.ts'
import { type Ledger, Violation } from './ledger.ts'
import type { Handle, PlantedBug } from './planted-bug.ts'
import type { Process } from './scheduler.ts'
import { Container, overTheWire } from './store.ts'
import type { Wire } from './wire.ts'

const WATCH_EVERY = 3_000
/** How long a frozen process stands still, in milliseconds. */
const FROZEN = 20_000

export type Instance = Process & { calls: Calls | undefined; skew: number }
type FeedFunction = { owner: Instance; name: string; container: ContainerName; handle: Handle }

type Options = {
  readonly bug?: PlantedBug
  /** How many of each app there are. */
  readonly processes?: number
  /** Whether views may be rebuilt; where none are, nobody asks for their editions. */
  readonly rebuilds?: boolean
}

/** The whole system in one simulated world: production handlers, simulated surroundings. */
export class System {
  readonly containers: Record<ContainerName, Container>
  readonly eventGrid: EventGrid
  violation: Violation | undefined
  instances: Instance[] = []
  readonly #leases = new Map<string, Map<FeedRange, Lease>>()
  #functions: FeedFunction[] = []
  readonly #wire: Wire
  readonly #ledger: Ledger
  readonly #bug: PlantedBug
  readonly #rebuilds: boolean
  readonly #code: Code

  constructor(wire: Wire, ledger: Ledger, { bug = {}, processes = 2, rebuilds = false }: Options = {}) {
    this.#wire = wire
    this.#ledger = ledger
    this.#bug = bug
    this.#rebuilds = rebuilds
    this.#code = new Code(wire.faults)
    const took = (news: News) => this.#watch(() => ledger.published(news))
    this.eventGrid = new EventGrid(wire, took, () => this.#reviewService())
    const watch = (container: string, item: Parameters<Ledger['wrote']>[1]) =>
      this.#watch(() => ledger.wrote(container, item))
    const containers = containerNames.map(
      name => [name, new Container(name, partitionKeyOf(name), wire, watch)] as const,
    )
    this.containers = Object.fromEntries(containers) as Record<ContainerName, Container>
    for (let nth = 0; nth < processes; nth++) {
      this.#start('commands')
      this.#start('projections')
    }
    this.#start('reviews')
  }

  /** Goes on from what was stored in an earlier world, everything handled. */
  resume(before: Record<string, StoredItem[]>): void {
    for (const name of containerNames) {
      this.containers[name].resume(before[name] ?? [], (container, item) => this.#ledger.wrote(container, item))
    }
    for (const id of this.#ledger.eventIds) this.eventGrid.published.add(id)
    for (const leases of this.#leases.values()) {
      for (const [range, lease] of leases) lease.position = range.items.length
    }
  }

  /** What readers are shown of a view. */
  view(name: ViewName): StoredItem[] {
    return this.containers[containerOf(name, this.#ledger.editionOf(name))].documents.all()
  }

  /** Everything stored, by container, in the order it was written. */
  stored(): Record<string, StoredItem[]> {
    return Object.fromEntries(containerNames.map(name => [name, this.containers[name].written()]))
  }

  /** Kills a process; another of its kind starts at once, with nothing in memory. */
  crash(instance: Instance): void {
    this.#kill(instance)
    this.#start(instance.name)
  }

  /** A process stands still until others have its leases. */
  freeze(instance: Instance): void {
    this.#wire.scheduler.freeze(instance, FROZEN)
    for (const leases of this.#leases.values()) {
      for (const lease of leases.values()) {
        if (lease.owner !== instance) continue
        lease.owner = undefined
        lease.version += 1
      }
    }
  }

  /** From now on the code has no defects, and clocks are right. */
  mend(): void {
    this.#code.mend()
    for (const instance of this.instances) instance.skew = 0
  }

  /** Splits some range some feed reads. */
  split(): void {
    const { random } = this.#wire
    const container = this.containers[random.pick(['commands', 'events', 'parked'] as const)]
    if (container.feed.length >= 6) return
    const parent = random.pick(container.feed)
    const children = container.split(parent)
    for (const leases of this.#leases.values()) {
      const lease = leases.get(parent)
      if (lease === undefined) continue
      leases.delete(parent)
      for (const child of children) {
        leases.set(child, { position: parent.positionIn(child, lease.position), owner: undefined, version: 0 })
      }
    }
    for (const fn of this.#functions) if (fn.container === container.name) this.#run(fn, children)
  }

  end(): void {
    for (const instance of [...this.instances]) this.#kill(instance)
  }

  /** How many changes some feed function has not handled yet. */
  get behind(): number {
    let behind = 0
    for (const leases of this.#leases.values()) {
      for (const [range, { position }] of leases) behind += range.items.length - position
    }
    return behind
  }

  #watch(check: () => void): void {
    try {
      check()
    } catch (error) {
      if (!(error instanceof Violation)) throw error
      this.violation ??= error
    }
  }

  #kill(instance: Instance): void {
    instance.dead = true
    this.instances = this.instances.filter(one => one !== instance)
    this.#functions = this.#functions.filter(({ owner }) => owner !== instance)
  }

  #start(name: string): void {
    const instance: Instance = { name, dead: false, calls: undefined, skew: 0 }
    this.instances.push(instance)
    if (name === 'reviews') return
    const world = this.#world(instance)
    const stores = this.#stores(instance)
    const editions = this.#rebuilds ? editionsIn(stores.views, world) : firstEditions
    const around = { stores, editions, world, bug: this.#bug }
    const app: App =
      name === 'commands'
        ? commandsApp({ ...around, version: this.#code.version(), report: (_id, error) => this.#report(error) })
        : projectionsApp({ ...around, publish: news => this.eventGrid.publish(instance, news) })
    instance.calls = app.calls
    for (const [feed, container, handle] of app.feeds) {
      const fn = { owner: instance, name: feed, container, handle: this.#bug.feed?.(feed, handle) ?? handle }
      this.#functions.push(fn)
      this.#run(fn, this.containers[container].feed)
    }
    if (app.timer) void this.#againAndAgain(instance, app.timer)
  }

  #run({ owner, name, handle }: FeedFunction, ranges: readonly FeedRange[]): void {
    const habits = { checkpointFirst: false, skipFailures: false, ...this.#bug.host }
    const leases = this.#leases.get(name) ?? new Map<FeedRange, Lease>()
    this.#leases.set(name, leases)
    for (const range of ranges) {
      const lease = leases.get(range) ?? { position: 0, owner: undefined, version: 0 }
      leases.set(range, lease)
      void runFeed(this.#wire, owner, { lease, range, handle }, habits)
    }
  }

  async #againAndAgain(instance: Instance, work: () => Promise<void>): Promise<void> {
    for (;;) {
      await this.#wire.scheduler.park(instance, WATCH_EVERY)
      await (this.#bug.timer?.(work) ?? work()).catch(() => {})
    }
  }

  #world(instance: Instance): World {
    const { scheduler, random } = this.#wire
    return {
      now: () => scheduler.now + instance.skew,
      sleep: milliseconds => scheduler.park(instance, milliseconds),
      randomId: () => random.uuid(),
    }
  }

  #stores(instance: Instance): Stores {
    const wired = containerNames.map(name => {
      const documents = overTheWire(this.#wire, instance, this.containers[name])
      const sound = this.#bug.documents?.(name, documents) ?? documents
      return [
        name,
        instance.name === 'projections' && name === 'accounts' ? this.#code.projecting(sound) : sound,
      ] as const
    })
    return Object.fromEntries(wired) as Stores
  }

  #report(error: unknown): void {
    if (!/StoreUnavailable/.test(String(error))) this.violation ??= new Violation(`a call failed: ${error}`)
  }

  #reviewService(): Subscriber | undefined {
    const process = this.instances.find(({ name }) => name === 'reviews')
    if (process === undefined) return undefined
    const { reviews } = this.#stores(process)
    const handle = async (event: unknown) => void (await updateReviews(reviews, event))
    return { process, handle: this.#bug.heard?.(handle) ?? handle }
  }
}
