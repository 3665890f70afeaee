import { CosmosClient } from '@azure/cosmos'
import type { Person } from './remit.ts'

type Append = { streamId: string; events: { version: number; data: Record<string, number>; type: string }[] }
type Line = { version: number; change: string; balance: string; type: string; transferId?: string }

/**
 * Reads everything again and again and is surprised by what cannot be: something missing that was seen before, a version
 * that went back, sums that do not add up, a line of a statement whose transfer or operation is not to be found. Keeps
 * what it was shown, to compare it with the events once all is quiet.
 */
export class WaryReaders {
  reads = 0
  readonly wrong: string[] = []
  readonly #operator: Person
  readonly #accounts: readonly string[]
  /** The newest version seen of a thing. */
  readonly #seen = new Map<string, number>()
  readonly #sent: string[] = []
  /** Balances shown, by account and version. */
  readonly #shown = new Map<string, string>()
  readonly #owners = new Map<string, Promise<Person>>()
  readonly #person: (owner: string) => Promise<Person>

  constructor(operator: Person, accounts: readonly string[], person: (owner: string) => Promise<Person>) {
    this.#operator = operator
    this.#accounts = accounts
    this.#person = person
  }

  /** Reads until told to stop, so many at a time. */
  async read(width: number, until: () => boolean): Promise<void> {
    const kinds = [this.#account, this.#statement, this.#transfer, this.#operation, this.#owner]
    const one = async () => {
      while (!until()) {
        const account = this.#accounts[this.reads % this.#accounts.length] ?? ''
        await kinds[this.reads++ % kinds.length]?.call(this, account)
      }
    }
    await Promise.all(Array.from({ length: width }, one))
  }

  async #get(path: string, from = this.#operator) {
    const answer = await from.get(path)
    if (answer.status !== 200) this.wrong.push(`${path} was answered ${answer.status}`)
    return answer.status === 200 ? answer.body : undefined
  }

  /** @param before the newest version seen when it was asked for. */
  #forward(what: string, before: number, version: number): void {
    if (version < before) this.wrong.push(`${what} went back from ${before} to ${version}`)
    this.#seen.set(what, Math.max(version, this.#seen.get(what) ?? 0))
  }

  async #account(id: string): Promise<void> {
    const what = `account ${id}`
    const before = this.#seen.get(what) ?? 0
    const body = await this.#get(`/v1/accounts/${id}`)
    if (body === undefined) return
    this.#forward(what, before, Number(body.version))
    this.#shown.set(`${id} ${body.version}`, String(body.balance))
  }

  async #statement(id: string): Promise<void> {
    const what = `statement ${id}`
    const before = this.#seen.get(what) ?? 0
    const body = await this.#get(`/v1/accounts/${id}/statement?limit=10`)
    const lines = (body?.items ?? []) as Line[]
    if (lines[0]) this.#forward(what, before, lines[0].version)
    for (const [index, { version, balance, change, type, transferId }] of lines.entries()) {
      this.#shown.set(`${id} ${version}`, balance)
      const older = lines[index + 1]
      if (older && Number(balance) !== Number(older.balance) + Number(change)) {
        this.wrong.push(`line ${version} of ${id} does not follow from the one before`)
      }
      if (type === 'sent' && transferId) this.#sent.push(transferId)
    }
    this.#sent.splice(0, this.#sent.length - 500)
  }

  #someSent(): string | undefined {
    return this.#sent[this.reads % (this.#sent.length || 1)]
  }

  async #transfer(): Promise<void> {
    const id = this.#someSent()
    if (id === undefined) return
    const what = `transfer ${id}`
    const before = this.#seen.get(what) ?? 0
    const body = await this.#get(`/v1/transfers/${id}`)
    if (body) this.#forward(what, before, Number(body.version))
  }

  async #operation(): Promise<void> {
    const id = this.#someSent()
    if (id === undefined) return
    const body = await this.#get(`/v1/operations/${id}`)
    if (body && body.status !== 'applied') this.wrong.push(`operation ${id} is ${body.status}`)
  }

  async #owner(id: string): Promise<void> {
    const account = await this.#get(`/v1/accounts/${id}`)
    if (account === undefined) return
    const name = String(account.owner)
    const owner = this.#owners.get(name) ?? this.#person(name)
    this.#owners.set(name, owner)
    const items = ((await this.#get('/v1/accounts', await owner))?.items ?? []) as { accountId: string }[]
    if (!items.some(({ accountId }) => accountId === id)) this.wrong.push(`${name} does not find ${id}`)
  }

  /** Compares everything that was shown with the events. */
  async compare(connection: string): Promise<void> {
    const events = new CosmosClient(connection).database('remit').container('events')
    for (const streamId of this.#accounts) {
      const appends = await events.items.readAll<Append>({ partitionKey: streamId }).fetchAll()
      let balance = 0
      const balances = new Map<number, number>()
      for (const { events: some } of appends.resources) {
        for (const { version, type, data } of some) {
          const { amount = 0, fee = 0 } = data
          if (type === 'CreditsLoaded' || type === 'CreditsReceived') balance += amount - fee
          if (type === 'CreditsReturned') balance += amount
          if (type === 'CreditsSent') balance -= amount
          balances.set(version, balance)
        }
      }
      for (const [key, shown] of this.#shown) {
        const [id, version] = key.split(' ')
        if (id !== streamId || balances.get(Number(version)) === Number(shown)) continue
        this.wrong.push(`${key} was shown as ${shown}, and was ${balances.get(Number(version))}`)
      }
    }
  }
}

/** Ids of so many accounts, as soon as there are that many. */
export async function accountsIn(connection: string, wanted: number): Promise<string[]> {
  const events = new CosmosClient(connection).database('remit').container('events')
  for (;;) {
    const found = await events.items
      .query<string>(`SELECT VALUE c.streamId FROM c WHERE c.id = '000000000001'`)
      .fetchAll()
    if (found.resources.length >= wanted) return found.resources.slice(0, wanted)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}
