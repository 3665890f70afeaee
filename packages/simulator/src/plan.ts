import type { Minor } from './money.ts'
import { type Random, randomFrom } from './random.ts'

/** What an account, a person or a reviewer is called inside a plan; the run makes subjects and ids of it. */
export type Name = string

/** An end of a request: its status, and the reason where it was refused, as in `refused insufficient_credits`. */
export type Outcome = string

/** How one request is sent more often than once. */
export type Copies = {
  /** Sent that often more, all together. */
  readonly atOnce: number
  /** Sent before, and the connection cut before the answer can be heard. */
  readonly dropped: number
  /** Sent afterwards with another value in one member: that must be refused with 422. */
  readonly altered?: { readonly member: string; readonly value: string }
}

type Common = {
  /** The Idempotency-Key, and the name of the request in plan, ledger and verdict. */
  readonly key: string
  /** The ends this request may come to; any other is a difference. */
  readonly expect: readonly Outcome[]
  readonly copies?: Copies
  /** Seconds the answer may be waited for, where it differs from the phase. */
  readonly wait?: number
}

export type Open = Common & {
  readonly kind: 'open'
  readonly account: Name
  readonly accountKind: 'personal' | 'merchant'
  readonly title: string
}
export type Load = Common & {
  readonly kind: 'load'
  readonly account: Name
  readonly amount: Minor
  readonly paymentReference: string
  /** The fee as written down by hand, where the scenario is about fees. */
  readonly fee?: Minor
}
export type Send = Common & {
  readonly kind: 'send'
  readonly from: Name
  readonly to: Name
  readonly amount: Minor
  readonly memo?: string
  readonly fee?: Minor
}
export type Review = Common & {
  readonly kind: 'approve' | 'decline'
  /** The key of the request that asked for the transfer. */
  readonly transfer: string
  readonly reviewer: Name
  readonly text?: string
}
export type Wish = Open | Load | Send | Review

/** Requests that may go out together. */
export type Phase = {
  readonly title: string
  readonly wishes: readonly Wish[]
  /** Requests in flight; 1 sends them in order. */
  readonly concurrency: number
  /** `Prefer: wait` in seconds; 0 asks for no waiting. */
  readonly wait: number
  /** The phase whose speed is of interest. */
  readonly measured?: boolean
}

/** A look at the list of what waits for a reviewer; keys of requests for transfers. */
export type ReviewList = {
  readonly title: string
  readonly shown: readonly string[]
  readonly gone: readonly string[]
}

export type Plan = {
  readonly scenario: string
  readonly steps: readonly (Phase | ReviewList)[]
  /** Well-formed account ids nobody ever opens. */
  readonly strangers: ReadonlyMap<Name, string>
  /** Keys of the transfers most worth a closer look, the best first. */
  readonly highlights: readonly string[]
  /** Accounts all of whose refusals must be for want of credits, and rightly so: nothing comes in while they pay. */
  readonly drained: readonly Name[]
  /** How many transfers of an account must complete, where that is known beforehand. */
  readonly completes: ReadonlyMap<Name, number>
}

export type PlanOptions = {
  readonly seed: number
  /** Where a scenario can be made larger; each has a size of its own. */
  readonly accounts?: number | undefined
  readonly transfers?: number | undefined
  /** Requests in flight. */
  readonly concurrency: number
  /** Held transfers are left to expire where that can be waited for. */
  readonly expire: boolean
}

type Extra = { readonly expect?: readonly Outcome[]; readonly copies?: Copies; readonly wait?: number }

export const INSUFFICIENT = 'refused insufficient_credits'

/** Writes requests down with keys made of scenario, seed and number, and draws all chance from the seed. */
export type Planner = {
  readonly random: Random
  readonly open: (account: Name, accountKind: Open['accountKind'], title: string, extra?: Extra) => Open
  readonly load: (account: Name, amount: Minor, extra?: Extra & Pick<Load, 'fee'>) => Load
  readonly send: (way: Pick<Send, 'from' | 'to' | 'amount'>, extra?: Extra & Pick<Send, 'memo' | 'fee'>) => Send
  readonly review: (what: Pick<Review, 'kind' | 'transfer' | 'reviewer' | 'text'>, expect?: Outcome) => Review
}

export function planner(scenario: string, seed: number): Planner {
  let count = 0
  const key = () => `${scenario}-${seed}-${count++}`
  return {
    random: randomFrom(seed),
    open: (account, accountKind, title, extra) => ({
      ...{ kind: 'open', key: key(), account, accountKind, title, expect: ['open'] },
      ...extra,
    }),
    load: (account, amount, extra) => {
      const own = key()
      return { kind: 'load', key: own, account, amount, paymentReference: `card ${own}`, expect: ['applied'], ...extra }
    },
    send: (way, extra) => ({ kind: 'send', key: key(), ...way, expect: ['completed'], ...extra }),
    review: (what, expect = 'applied') => ({ ...what, key: key(), expect: [expect] }),
  }
}

/** A plan of these steps, with nothing else to say. */
export function planOf(scenario: string, steps: Plan['steps'], more: Partial<Plan> = {}): Plan {
  return { scenario, steps, strangers: new Map(), highlights: [], drained: [], completes: new Map(), ...more }
}
