import { settings } from './apps.ts'
import { type Asked, Client } from './client.ts'
import { Violation } from './ledger.ts'
import type { Random } from './random.ts'
import type { System } from './system.ts'
import type { Wire } from './wire.ts'

const PERSONS = 3
/** A load without a fee. */
const FREE_LOAD = 60_000

export type Account = { id: string; kind: string; owner: string }

/**
 * Clients with a plan from the seed: they know which answers a request may get, send again under the same key until
 * they hear something, and sometimes send an altered body under a known key.
 */
export class Workload {
  readonly accounts: Account[] = []
  /** Loads and transfers that were accepted, as they were asked for. */
  readonly loads: { account: string; amount: number; operation: string }[] = []
  readonly transfers: { id: string; from: string; to: string; amount: number; at: number }[] = []
  readonly operations = new Set<string>()
  done = false
  readonly #wire: Wire
  readonly #system: System
  readonly #client: Client

  constructor(wire: Wire, system: System) {
    this.#wire = wire
    this.#system = system
    this.#client = new Client(wire, system)
  }

  async run(actions: number): Promise<void> {
    const kinds = [...Array.from({ length: PERSONS }, () => 'personal'), 'merchant']
    await Promise.all(kinds.map((kind, index) => this.#open(kind, `person-${index}`)))
    await Promise.all(this.accounts.map(account => this.#load(account, this.#random.between(1, 4) * 100_000)))
    await Promise.all(Array.from({ length: actions }, () => this.#act()))
    this.done = true
  }

  get #random(): Random {
    return this.#wire.random
  }

  async #act(): Promise<void> {
    await this.#wire.scheduler.park(this.#client.process, this.#random.between(0, 20_000))
    const account = this.#random.pick(this.accounts)
    if (this.#wire.faults.happens('poison')) this.#poison(account)
    const dice = this.#random.next()
    if (dice < 0.6) return this.#send(account)
    if (dice < 0.85) return this.#review()
    if (dice < 0.9) return this.#load(account, this.#random.between(1, 60_000))
    if (dice < 0.93) return this.#change('close', account)
    if (dice < 0.95) return this.#leave()
    await this.#change('freeze', account)
    await this.#wire.scheduler.park(this.#client.process, this.#random.between(0, 5_000))
    await this.#change('unfreeze', account)
  }

  async #open(kind: string, owner: string): Promise<void> {
    this.accounts.push({ id: await this.#client.open(owner, kind), kind, owner })
  }

  async #load(account: Account, amount: number): Promise<void> {
    const body = { amount: String(amount), paymentReference: 'card' }
    const answer = await this.#client.ask({
      call: 'load',
      who: 'till payments',
      id: account.id,
      body,
      key: this.#random.uuid(),
    })
    this.loads.push({ account: account.id, amount, operation: String(answer.body.operationId) })
  }

  async #send(from: Account): Promise<void> {
    const somewhere = this.#random.chance(0.1) ? this.#random.uuid() : this.#random.pick(this.accounts).id
    const amount = this.#random.chance(0.3) ? this.#random.between(100_000, 250_000) : this.#random.between(1, 60_000)
    const memo = this.#random.chance(0.3) ? { memo: 'for you' } : {}
    const body = { from: from.id, to: somewhere, amount: String(amount), ...memo }
    const asked = { call: 'send', who: `${from.owner} user`, body, key: this.#random.uuid() } as const
    const answer = await this.#client.ask(asked)
    this.transfers.push({
      id: String(answer.body.transferId),
      from: from.id,
      to: somewhere,
      amount,
      at: this.#wire.scheduler.now,
    })
    if (this.#random.chance(0.2)) await this.#client.ask(asked)
    if (this.#random.chance(0.2)) await this.#alter(asked)
  }

  /** Somebody sends everything to nobody and closes the account: what comes back finds it closed. */
  async #leave(): Promise<void> {
    const owner = `leaver-${this.accounts.length}`
    await this.#open('personal', owner)
    const account = this.accounts.find(one => one.owner === owner)
    if (account === undefined) return
    await this.#load(account, FREE_LOAD)
    const to = this.#random.uuid()
    const body = { from: account.id, to, amount: String(FREE_LOAD) }
    const answer = await this.#client.ask({ call: 'send', who: `${owner} user`, body, key: this.#random.uuid() })
    const id = String(answer.body.transferId)
    this.transfers.push({ id, from: account.id, to, amount: FREE_LOAD, at: this.#wire.scheduler.now })
    await this.#change('close', account)
  }

  async #alter(asked: Asked): Promise<void> {
    const altered = this.#random.chance(0.5)
      ? { amount: String(Number(asked.body.amount) + 1) }
      : { memo: 'for somebody else' }
    const answer = await this.#client.ask({ ...asked, body: { ...asked.body, ...altered } })
    if (answer.status !== 422) throw new Violation(`an altered body was answered ${answer.status}`)
  }

  async #review(): Promise<void> {
    const [first] = this.transfers.filter(({ amount }) => amount >= 100_000).slice(-1)
    if (first === undefined) return
    // Some decide in the very moment in which the review falls due.
    if (this.#random.chance(0.4)) {
      const due = first.at + settings.reviewPeriod + this.#random.between(-500, 3_000)
      await this.#wire.scheduler.park(this.#client.process, Math.max(0, due - this.#wire.scheduler.now))
    }
    const call = this.#random.chance(0.7) ? 'approve' : 'decline'
    const who = `${this.#random.pick(['rita', 'rob', 'person-0'])} reviewer`
    const body = call === 'decline' ? { reason: 'no' } : {}
    // A receiver nobody knows is a 409 and nothing is stored.
    const answer = await this.#client.ask({ call, who, id: first.id, body, key: this.#random.uuid() })
    if (answer.status !== 409) this.operations.add(String(answer.body.operationId))
  }

  /** Somebody stores what no version of the code has ever stored. */
  #poison({ id: streamId }: Account): void {
    const id = `${streamId}_${this.#random.uuid()}`
    void this.#system.containers.commands.documents.write({ kind: 'create', item: { id, streamId, type: 'Unheard' } })
  }

  async #change(call: 'freeze' | 'unfreeze' | 'close', account: Account): Promise<void> {
    const who = call === 'close' ? `${account.owner} user` : 'olga operator'
    const answer = await this.#client.ask({ call, who, id: account.id, body: {}, key: this.#random.uuid() })
    this.operations.add(String(answer.body.operationId))
  }
}
