import type { StoredItem } from '@remit/documents/documents'
import { asRequest } from './request.ts'
import type { Process } from './scheduler.ts'
import type { System } from './system.ts'
import type { Wire } from './wire.ts'

/** Milliseconds between two looks, and how long what waits behind another is left alone. */
const PAUSE = 3_000
const PATIENCE = 30_000

/** Whoever looks after what is parked: tries again, and discards what nobody will ever read. */
export class Operator {
  readonly #wire: Wire
  readonly #system: System
  readonly #self: Process = { name: 'operator', dead: false }

  constructor(wire: Wire, system: System) {
    this.#wire = wire
    this.#system = system
  }

  /** Goes on until nothing is parked any more. */
  async lookAfterEverything(): Promise<void> {
    const tried = new Map<string, number>()
    for (;;) {
      for (const item of this.#open()) {
        // What waits behind another goes on with it; what still waits after a while is tried by itself.
        if (item.behind !== undefined && this.#wire.scheduler.now - Date.parse(String(item.last)) < PATIENCE) continue
        const name = `${item.streamId} ${item.id}`
        tried.set(name, (tried.get(name) ?? 0) + 1)
        await this.#ask(item, (tried.get(name) ?? 0) > 2 && item.handler === 'decideCommands' ? 'discard' : 'retry')
      }
      await this.#wire.scheduler.park(this.#self, PAUSE)
    }
  }

  /** Does something with something, at a bad moment. */
  async meddle(): Promise<void> {
    const open = this.#open()
    if (open.length === 0) return
    const { random } = this.#wire
    await this.#ask(random.pick(open), random.chance(0.3) ? 'discard' : 'retry')
  }

  #open(): StoredItem[] {
    return this.#system.containers.parked.documents.all().filter(({ open }) => open === true)
  }

  async #ask(item: StoredItem, what: 'retry' | 'discard'): Promise<void> {
    const { random, scheduler } = this.#wire
    await scheduler.park(this.#self, random.between(0, 50))
    const instance = random.pick(this.#system.instances.filter(({ name }) => name === 'commands'))
    const id = Buffer.from(`${item.streamId} ${item.id}`).toString('base64url')
    const body = what === 'discard' ? { reason: 'nobody can read it' } : {}
    await instance.calls?.[what](asRequest({ who: 'olga operator', id, body }))
  }
}
