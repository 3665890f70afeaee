import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '@remit/simulator/random'

/** Pause before asking again, in milliseconds. */
const PAUSE = 100
/** In minor units. */
const PLENTY = '100000000000'
/** So many transfers are asked for at once. */
const AT_ONCE = 10

type Body = Record<string, unknown>

/** Somebody who asks again until he is answered: the system may be away for a moment. */
export type Caller = {
  readonly get: (path: string) => Promise<Body>
  readonly post: (path: string, body: Body) => Promise<Body>
  /** Waits until a transfer is over, and says how it ended. */
  readonly untilOver: (path: string) => Promise<string>
}

export async function signIn(address: string, sub: string, role: string): Promise<Caller> {
  const request = { method: 'POST', body: JSON.stringify({ sub, roles: [role] }) }
  const { access_token } = (await (await fetch(`${address}/local/token`, request)).json()) as { access_token: string }
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json', prefer: 'wait=5' }
  const ask = async (path: string, init: RequestInit): Promise<Body> => {
    for (;;) {
      try {
        const answer = await fetch(`${address}${path}`, init)
        if (answer.status < 500) return (await answer.json()) as Body
      } catch {
        // Nobody is there just now.
      }
      await sleep(PAUSE)
    }
  }
  const get = (path: string) => ask(path, { headers })
  return {
    get,
    post: (path, body) => {
      const own = { ...headers, 'idempotency-key': randomUUID() }
      return ask(path, { method: 'POST', headers: own, body: JSON.stringify(body) })
    },
    untilOver: async path => {
      for (;;) {
        const status = String((await get(path)).status)
        if (['completed', 'declined', 'expired', 'returned', 'refused'].includes(status)) return status
        await sleep(PAUSE * 5)
      }
    },
  }
}

/** Accounts with plenty of credits, one for each of their owners. */
export async function openAccounts(address: string, count: number) {
  const till = await signIn(address, 'till', 'payments')
  const owners = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const caller = await signIn(address, `owner-${index}`, 'user')
      const { accountId } = await caller.post('/v1/accounts', { kind: 'personal', name: `owner ${index}` })
      await till.post(`/v1/accounts/${accountId}/loads`, { amount: PLENTY, paymentReference: 'card' })
      return { caller, id: String(accountId) }
    }),
  )
  return {
    /** Asks for transfers that are held, some of them so large that two must accept them. Answers their ids. */
    hold: async (held: number, random: Random): Promise<string[]> => {
      const ids: string[] = []
      while (ids.length < held) {
        const some = Array.from({ length: Math.min(AT_ONCE, held - ids.length) }, async () => {
          const from = random.pick(owners)
          const to = random.pick(owners.filter(one => one !== from))
          const amount = String(random.oneIn(10) ? 1_000_000 : random.between(100_000, 200_000))
          const { transferId } = await from.caller.post('/v1/transfers', { from: from.id, to: to.id, amount })
          return String(transferId)
        })
        ids.push(...(await Promise.all(some)))
      }
      return ids
    },
  }
}

/** People who decide at random about whatever waits, and leave one in ten alone. */
export async function createReviewers(address: string, names: readonly string[], random: Random) {
  const callers = await Promise.all(names.map(name => signIn(address, name, 'reviewer')))
  const left = new Map<string, boolean>()
  let over = false
  const decide = async (caller: Caller) => {
    while (!over) {
      const { items = [] } = (await caller.get('/v1/reviews?limit=100')) as { items?: { transferId: string }[] }
      const [waiting] = items.length === 0 ? [] : [random.pick(items)]
      if (waiting && !left.has(waiting.transferId)) left.set(waiting.transferId, random.oneIn(10))
      if (!waiting || left.get(waiting.transferId)) {
        await sleep(PAUSE)
        continue
      }
      const path = `/v1/transfers/${waiting.transferId}`
      if (random.oneIn(2)) await caller.post(`${path}/decline`, { reason: 'by chance' })
      else await caller.post(`${path}/approve`, { note: 'by chance' })
    }
  }
  return {
    decideUntilOver: () => Promise.all(callers.map(decide)),
    stop: () => {
      over = true
    },
  }
}
