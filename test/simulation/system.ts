import type { Surroundings } from '@remit/api/http/endpoint'
import type { Identity, Role } from '@remit/api/http/identity'
import { Problem } from '@remit/api/http/problems'
import type { World } from '@remit/api/ports'
import { type ContainerName, containerNames, partitionKeyOf } from '@remit/documents/containers'
import type { Documents } from '@remit/documents/documents'
import { defaultSettings, type Settings } from '@remit/domain/settings'
import { decideCommands, deciding } from '@remit/functions-commands/decide-commands'
import { closeAccount, freezeAccount, unfreezeAccount } from '@remit/functions-commands/endpoints/account-status'
import type { Desk } from '@remit/functions-commands/endpoints/context'
import { loadCredits } from '@remit/functions-commands/endpoints/load-credits'
import { sharedLooks } from '@remit/functions-commands/endpoints/looks'
import { openAccount } from '@remit/functions-commands/endpoints/open-account'
import { approveTransfer, declineTransfer } from '@remit/functions-commands/endpoints/review-transfer'
import { sendCredits } from '@remit/functions-commands/endpoints/send-credits'
import { moveTransfers } from '@remit/functions-commands/move-transfers'
import { watchTransfers } from '@remit/functions-commands/watch-transfers'
import type { News } from '@remit/functions-projections/cloud-events'
import { projectEvents, projecting } from '@remit/functions-projections/project-events'
import { publishEvents } from '@remit/functions-projections/publish-events'
import { updateReviews } from '@remit/functions-reviews/review-list'
import { deliver, type Subscriber } from './event-grid.ts'
import { type Lease, runFeed } from './feed.ts'
import { type Ledger, Violation } from './ledger.ts'
import type { PlantedBug } from './planted-bugs.ts'
import type { Process } from './scheduler.ts'
import { type Container, database, overTheWire, type Wire } from './store.ts'

/** Reviews last half a minute here, so that some expire within a history. */
export const settings: Settings = { ...defaultSettings, reviewPeriod: 30_000 }

const WATCH_EVERY = 3_000

export type Calls = Record<
  'open' | 'load' | 'send' | 'approve' | 'decline' | 'freeze' | 'unfreeze' | 'close',
  ReturnType<typeof openAccount>
>

export type Instance = Process & { readonly calls: Calls | undefined; skew: number }

/** The whole system in one simulated world: production handlers, simulated surroundings. */
export class System {
  readonly containers: Record<ContainerName, Container>
  readonly published = new Set<string>()
  readonly #leases = new Map<string, Lease>()
  readonly #wire: Wire
  readonly #ledger: Ledger
  readonly #bug: PlantedBug
  violation: Violation | undefined
  instances: Instance[] = []

  constructor(wire: Wire, ledger: Ledger, bug: PlantedBug) {
    this.#wire = wire
    this.#ledger = ledger
    this.#bug = bug
    const create = database(wire.scheduler, (container, item) => this.#watch(() => ledger.wrote(container, item)))
    const containers = containerNames.map(name => [name, create(name, partitionKeyOf(name))] as const)
    this.containers = Object.fromEntries(containers) as Record<ContainerName, Container>
    for (let twice = 0; twice < 2; twice++) {
      this.#startCommands()
      this.#startProjections()
    }
    this.#startReviews()
  }

  /** Kills a process; another of its kind starts at once, with nothing in memory. */
  crash(instance: Instance): void {
    instance.dead = true
    this.instances = this.instances.filter(one => one !== instance)
    if (instance.name === 'commands') this.#startCommands()
    else if (instance.name === 'projections') this.#startProjections()
    else this.#startReviews()
  }

  /** How many changes some feed function has not handled yet. */
  get behind(): number {
    let behind = 0
    for (const [name, { position }] of this.#leases) {
      const [, container = '', range = '0'] = name.split(' ')
      behind += (this.containers[container as ContainerName].feed[Number(range)]?.length ?? 0) - position
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

  #instance(name: string): Instance {
    const instance: Instance = { name, dead: false, calls: undefined, skew: 0 }
    this.instances.push(instance)
    return instance
  }

  #world(instance: Instance): World {
    const { scheduler, random } = this.#wire
    return {
      now: () => scheduler.now + instance.skew,
      sleep: milliseconds => scheduler.park(instance, milliseconds),
      randomId: () => random.uuid(),
    }
  }

  #stores(instance: Instance): Record<ContainerName, Documents> {
    const wired = containerNames.map(name => {
      const documents = overTheWire(this.#wire, instance, this.containers[name].documents)
      return [name, this.#bug.documents?.(name, documents) ?? documents] as const
    })
    return Object.fromEntries(wired) as Record<ContainerName, Documents>
  }

  #feed(owner: Process, name: string, container: ContainerName, handle: (items: unknown[]) => Promise<void>): void {
    const habits = { checkpointFirst: false, skipFailures: false, ...this.#bug.host }
    for (const [range, feed] of this.containers[container].feed.entries()) {
      const key = `${name} ${container} ${range}`
      const lease = this.#leases.get(key) ?? { position: 0, owner: undefined, version: 0 }
      this.#leases.set(key, lease)
      void runFeed(this.#wire, owner, { lease, feed, handle }, habits)
    }
  }

  #startCommands(): void {
    const instance = this.#instance('commands')
    const world = this.#world(instance)
    const stores = this.#stores(instance)
    const decisions = deciding({ ...stores, world, settings })
    type Rule = typeof decisions.store.rule
    const rule = (this.#bug.rule?.(decisions.store.rule as never) as Rule | undefined) ?? decisions.store.rule
    const decider = { ...decisions, store: { ...decisions.store, rule } }
    const moving = { ...stores, world, settings }
    const desk: Desk = {
      surroundings: this.#surroundings(world),
      door: { ...stores, world },
      reading: { stores, world, settings },
      looks: sharedLooks(world),
      owners: new Map(),
    }
    Object.assign(instance, { calls: callsOf(desk) })
    this.#feed(instance, 'decide', 'commands', items => decideCommands(decider, items))
    this.#feed(instance, 'move', 'events', async items => {
      await moveTransfers(moving, this.#bug.moved?.(items) ?? items)
    })
    void this.#againAndAgain(instance, () => watchTransfers(moving))
  }

  async #againAndAgain(instance: Instance, work: () => Promise<void>): Promise<void> {
    for (;;) {
      await this.#wire.scheduler.park(instance, WATCH_EVERY)
      await work().catch(() => {})
    }
  }

  #surroundings({ randomId }: World): Surroundings {
    return {
      verify: async authorization => identityIn(authorization),
      randomId,
      report: (_id, error) => {
        if (!/StoreUnavailable/.test(String(error))) this.violation ??= new Violation(`a call failed: ${error}`)
      },
    }
  }

  #startProjections(): void {
    const instance = this.#instance('projections')
    const world = this.#world(instance)
    const stores = this.#stores(instance)
    const projection = projecting(stores, world, settings)
    const publishing = {
      accounts: this.#bug.watermark?.(stores.accounts) ?? stores.accounts,
      parked: stores.parked,
      known: projection.accounts.known,
      publish: (news: readonly News[]) => this.#publish(instance, news),
      source: 'urn:remit:simulated',
      world,
    }
    this.#feed(instance, 'project', 'events', items => projectEvents(projection, items))
    this.#feed(instance, 'publish', 'events', items => publishEvents(publishing, items))
  }

  #startReviews(): void {
    this.#instance('reviews')
  }

  #reviewService(): Subscriber | undefined {
    const process = this.instances.find(({ name }) => name === 'reviews')
    if (process === undefined) return undefined
    const { reviews } = this.#stores(process)
    return { process, handle: event => updateReviews(reviews, event) }
  }

  async #publish(instance: Instance, news: readonly News[]): Promise<void> {
    const { scheduler, random, faults } = this.#wire
    await scheduler.park(instance)
    if (random.chance(faults.publishFails / 2)) throw new Error('Event Grid did not take it')
    for (const one of news) this.#took(one)
    await scheduler.park(instance)
    if (random.chance(faults.publishFails / 2)) throw new Error('the answer of Event Grid was lost')
  }

  #took(one: News): void {
    this.#watch(() => {
      if (!this.#ledger.eventIds.has(one.id)) throw new Violation(`${one.id} was published and is not stored`)
      const [account = '', number = '0'] = one.id.split('/')
      const view = this.containers.accounts.documents
        .all()
        .find(item => item.id === 'summary' && item.accountId === account)
      const version = one.type === 'remit.command-refused.v1' ? view?.append : view?.version
      if (Number(version ?? 0) < Number(number)) throw new Violation(`${one.id} was published before the view had it`)
    })
    this.published.add(one.id)
    if (one.type.startsWith('remit.transfer-')) void deliver(this.#wire, one, () => this.#reviewService())
  }
}

function callsOf(desk: Desk): Calls {
  return {
    open: openAccount(desk),
    load: loadCredits(desk),
    send: sendCredits(desk),
    approve: approveTransfer(desk),
    decline: declineTransfer(desk),
    freeze: freezeAccount(desk),
    unfreeze: unfreezeAccount(desk),
    close: closeAccount(desk),
  }
}

/** In this world a token is its own content: `<subject> <role>`. */
function identityIn(authorization: string | null): Identity {
  const [sub, role] = (authorization ?? '').split(' ')
  if (!sub || !role) throw new Problem('unauthenticated')
  return { sub, roles: new Set([role as Role]) }
}
