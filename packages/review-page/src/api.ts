import type {
  DecidedReviewResource,
  OperationResource,
  PayeeResource,
  ReviewResource,
  TransferResource,
} from '@remit/api/resources/shapes'
import { OutOfReach, type ProblemBody, Refused } from './answers.ts'
import type { ServerClock } from './clock.ts'
import type { Machine } from './machine.ts'
import type { Sessions } from './session.ts'

export type Review = ReviewResource
export type Decided = DecidedReviewResource
export type Transfer = TransferResource
export type Operation = OperationResource
export type Payee = PayeeResource

/** Items of a list as far as it was read, and whether there is more of it. */
export type Listed<Item> = { readonly items: readonly Item[]; readonly more: boolean }

/** Items of one page of a list that is shown. */
export const PAGE = 20
/** Of an account's transfers so many are looked through for those with the other party. */
const LOOKED_THROUGH = 100

type Options = {
  readonly address: string
  readonly sessions: Sessions
  readonly clock: ServerClock
  readonly machine: Machine
}

type Call = { readonly body?: unknown; readonly key?: string }
type Page<Item> = { readonly items: readonly Item[]; readonly next?: string }

/** The calls of the API a reviewer's page makes. */
export function apiAt({ address, sessions, clock, machine }: Options) {
  const ask = async <Body>(path: string, call?: Call): Promise<Body> => {
    const token = sessions.current()?.token
    const answer = await machine.send(`${address}${path}`, requestOf(token, call)).catch(() => {
      throw new OutOfReach(path)
    })
    clock.heard(answer.headers.get('date'))
    const body: unknown = await answer.json().catch(() => {
      if (answer.ok) throw new OutOfReach(path)
      return {}
    })
    // Another sign-in may have begun meanwhile, and this answer is not about it.
    if (answer.status === 401 && sessions.current()?.token === token) sessions.end()
    if (!answer.ok) throw new Refused(answer.status, body as ProblemBody)
    return body as Body
  }

  const pages = async <Item>(path: string, count: number): Promise<Listed<Item>> => {
    const items: Item[] = []
    let next: string | undefined
    for (let page = 1; page <= count; page++) {
      const cursor = next === undefined ? '' : `&cursor=${encodeURIComponent(next)}`
      const found = await ask<Page<Item>>(`${path}limit=${PAGE}${cursor}`)
      items.push(...found.items)
      next = found.next
      if (next === undefined) break
    }
    return { items, more: next !== undefined }
  }

  return {
    /** What waits, oldest due first. */
    waiting: (count: number) => pages<Review>('/v1/reviews?', count),
    /** What was decided or expired since then, newest first. */
    decided: (since: string, count: number) =>
      pages<Decided>(`/v1/reviews/decided?since=${encodeURIComponent(since)}&`, count),
    transfer: (id: string) => ask<Transfer>(`/v1/transfers/${id}`),
    payee: (id: string) => ask<Payee>(`/v1/payees/${id}`),
    operation: (id: string) => ask<Operation>(`/v1/operations/${id}`),
    /** Other transfers between the two of this one, newest first; `more` when not all of the payer's were looked at. */
    between: async ({ transferId, from, to }: Transfer): Promise<Listed<Transfer>> => {
      const { items, next } = await ask<Page<Transfer>>(`/v1/transfers?account=${from}&limit=${LOOKED_THROUGH}`)
      const both = items.filter(one => one.transferId !== transferId && (one.to === to || one.from === to))
      return { items: both, more: next !== undefined }
    },
    approve: (id: string, note: string, key: string) =>
      ask<Operation>(`/v1/transfers/${id}/approve`, { key, body: note === '' ? {} : { note } }),
    decline: (id: string, reason: string, key: string) =>
      ask<Operation>(`/v1/transfers/${id}/decline`, { key, body: { reason } }),
  }
}
export type Api = ReturnType<typeof apiAt>

function requestOf(token: string | undefined, call: Call | undefined): RequestInit {
  const authorization = { authorization: `Bearer ${token ?? ''}` }
  if (call === undefined) return { headers: authorization }
  const { body, key = '' } = call
  const headers = {
    ...authorization,
    'content-type': 'application/json',
    'idempotency-key': key,
    // Long enough for nearly every decision, so that the answer is the outcome itself.
    prefer: 'wait=5',
  }
  return { method: 'POST', headers, body: JSON.stringify(body) }
}
