import type { StoredItem } from '@remit/documents/documents'

/** Thrown where something that must always hold does not. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

type Event = { version: number; type: string; commandId: string; data: Record<string, unknown> }
type Append = StoredItem & {
  streamId: string
  events: Event[]
  outcomes: { commandId: string; result: string; reason?: string }[]
}

/**
 * Watches every durable write and says at once what must never be. It reads the stored JSON itself and shares no code
 * with the system.
 */
export class Ledger {
  readonly balances = new Map<string, number>()
  readonly held = new Map<string, Map<string, number>>()
  readonly outcomes = new Map<string, { result: string; reason?: string | undefined }>()
  readonly ends = new Map<string, string>()
  readonly appends = new Map<string, number>()
  readonly eventIds = new Set<string>()
  readonly transfers = new Map<string, number>()
  readonly #commands = new Map<string, string>()
  /** Commands without an outcome, by stream, in the order they were stored. */
  readonly #waiting = new Map<string, string[]>()
  readonly #stored = new Set<string>()
  readonly #views = new Map<string, number>()
  /** The newest summary of each account in each edition of the view. */
  readonly #summaries = new Map<string, StoredItem>()
  /** The container of the edition readers are shown, by view. */
  readonly #read: Record<string, string> = { accounts: 'accounts', transfers: 'transfers' }
  loads = 0
  fees = 0
  inTransit = 0

  wrote(container: string, item: StoredItem): void {
    if (container === 'events') this.#append(item as Append)
    if (container === 'commands') this.#command(item)
    if (container === this.#read.transfers) this.#forward(`transfer ${item.id}`, Number(item.version))
    if (container === this.#read.accounts && item.id === 'summary') {
      this.#forward(`account ${item.accountId}`, Number(item.append))
    }
    if (container.startsWith('accounts') && item.id === 'summary') this.#summary(container, item)
    if (container === 'views') this.#switch(item)
  }

  /** Which edition of a view readers are shown. */
  editionOf(view: string): 'a' | 'b' {
    return this.#read[view]?.endsWith('-b') ? 'b' : 'a'
  }

  /** How readers are shown an account. */
  summaryOf(account: string): StoredItem | undefined {
    return this.#summaries.get(`${this.#read.accounts} ${account}`)
  }

  #switch({ id, read }: StoredItem): void {
    const container = read === 'b' ? `${id}-b` : id
    if ((this.#read[id] ?? id) !== container) this.#views.clear()
    this.#read[id] = container
  }

  /** News are sent of what is stored, and no sooner than readers find it. */
  published({ id, type }: { readonly id: string; readonly type: string }): void {
    if (!this.eventIds.has(id)) throw new Violation(`${id} was published and is not stored`)
    const [account = '', number = '0'] = id.split('/')
    const view = this.summaryOf(account)
    const version = type === 'remit.command-refused.v1' ? view?.append : view?.version
    if (Number(version ?? 0) < Number(number)) throw new Violation(`${id} was published before the view had it`)
  }

  #command(item: StoredItem): void {
    const { _etag, _ts, ...command } = item
    const text = JSON.stringify(command)
    const before = this.#commands.get(item.id)
    if (before !== undefined && before !== text) throw new Violation(`command ${item.id} was changed`)
    if (before === undefined) this.#waiting.set(streamOf(item), [...(this.#waiting.get(streamOf(item)) ?? []), item.id])
    this.#commands.set(item.id, text)
  }

  /** Outcomes of a stream come in the order of its commands; only a discard may come out of turn. */
  #inTurn(stream: string, commandId: string, reason: string | undefined): void {
    const waiting = this.#waiting.get(stream) ?? []
    if (waiting[0] !== commandId && reason !== 'discarded') {
      throw new Violation(`command ${commandId} has its outcome before ${waiting[0]}`)
    }
    this.#waiting.set(
      stream,
      waiting.filter(id => id !== commandId),
    )
  }

  get commandCount(): number {
    return this.#commands.size
  }

  get commandIds(): string[] {
    return [...this.#commands.keys()]
  }

  #append(item: Append): void {
    const place = `${item.streamId}/${item.id}`
    if (this.#stored.has(place)) throw new Violation(`append ${place} was written over`)
    this.#stored.add(place)
    this.appends.set(item.streamId, Number(item.id))
    for (const { commandId, result, reason } of item.outcomes) {
      if (this.outcomes.has(commandId)) throw new Violation(`command ${commandId} has two outcomes`)
      this.outcomes.set(commandId, { result, reason })
      this.#inTurn(item.streamId, commandId, reason)
      if (result === 'refused') this.eventIds.add(`${item.streamId}/${item.id}/${commandId}`)
    }
    for (const event of item.events) {
      this.eventIds.add(`${item.streamId}/${event.version}`)
      this.#event(item.streamId, event)
    }
    const total = [...this.balances.values()].reduce((sum, balance) => sum + balance, 0)
    if (total + this.inTransit !== this.loads - this.fees) {
      throw new Violation(`${total} + ${this.inTransit} in transit is not ${this.loads} - ${this.fees}`)
    }
  }

  #event(account: string, { type, data }: Event): void {
    const { transferId, amount, fee } = data as { transferId: string; amount: number; fee: number }
    const holds = this.held.get(account) ?? new Map<string, number>()
    this.held.set(account, holds)
    switch (type) {
      case 'CreditsLoaded':
        this.loads += amount
        this.fees += fee
        this.#move(account, amount - fee)
        break
      case 'TransferHeld':
        holds.set(transferId, amount)
        break
      case 'TransferDeclined':
      case 'TransferExpired':
        this.#end(transferId, type)
        holds.delete(transferId)
        break
      case 'CreditsSent':
        if (this.transfers.has(transferId)) throw new Violation(`${transferId} was sent twice`)
        this.#end(`${transferId} hold`, type, this.ends.get(transferId))
        this.transfers.set(transferId, amount)
        holds.delete(transferId)
        this.inTransit += amount
        this.#move(account, -amount)
        break
      case 'CreditsReceived':
        this.#end(transferId, type)
        this.fees += fee
        this.inTransit -= amount
        this.#move(account, amount - fee)
        break
      case 'CreditsReturned':
        this.#end(transferId, type)
        this.inTransit -= amount
        this.#move(account, amount)
        break
    }
    const promised = [...holds.values()].reduce((sum, one) => sum + one, 0)
    if ((this.balances.get(account) ?? 0) < promised) throw new Violation(`${account} has less than what is held of it`)
  }

  #end(transferId: string, type: string, before = this.ends.get(transferId)): void {
    if (before !== undefined) throw new Violation(`${transferId} ended twice: ${before}, ${type}`)
    this.ends.set(transferId, type)
  }

  #move(account: string, change: number): void {
    const balance = (this.balances.get(account) ?? 0) + change
    if (balance < 0) throw new Violation(`${account} has ${balance}`)
    this.balances.set(account, balance)
  }

  #forward(view: string, version: number): void {
    if (version < (this.#views.get(view) ?? 0)) throw new Violation(`the view of ${view} went back to ${version}`)
    this.#views.set(view, version)
  }

  #summary(container: string, item: StoredItem): void {
    this.#summaries.set(`${container} ${item.accountId}`, item)
    const known = this.appends.get(String(item.accountId)) ?? 0
    if (Number(item.append) > known) throw new Violation(`the view of ${item.accountId} runs ahead of its events`)
  }
}

function streamOf(item: StoredItem): string {
  return String(item.streamId)
}
