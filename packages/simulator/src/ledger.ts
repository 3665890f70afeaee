import type { Minor } from './money.ts'
import type { Name, Outcome, Wish } from './plan.ts'

/** One request and what came of it, as far as answers have told. */
export type Entry<Kind extends Wish = Wish> = {
  readonly wish: Kind
  /** Id of the account, transfer or operation the first answer named. */
  id?: string
  /** `asked` until an answer says more. */
  status: string
  reason?: string
  /** When a held transfer expires. */
  reviewDueAt?: string
  /** Answers that say this very request created the command: at most one may. */
  created: number
  answers: number
}

/** An account of this run. */
export type Holder = {
  readonly name: Name
  readonly accountId: string
  readonly owner: string
  readonly kind: 'personal' | 'merchant'
}

/** Everything that is not as it should be, in the order it was noticed, each once. */
export type Differences = {
  readonly count: () => number
  /** The first few; the rest is only counted. */
  readonly first: readonly string[]
  readonly add: (difference: string) => void
}

/** What was asked, and what came of it: the books the system is compared with. */
export type Ledger = {
  readonly entries: Map<string, Entry>
  readonly holders: Map<Name, Holder>
  /** Account ids by name, strangers included. */
  readonly ids: Map<Name, string>
  readonly differences: Differences
  /** Altered repeats that were refused with 422, as they must be. */
  alteredRefused: number
  /** Answers that called themselves a replay. */
  replays: number
}

/** Differences kept in words. */
const KEPT = 20

export function createLedger(strangers: ReadonlyMap<Name, string>): Ledger {
  return {
    entries: new Map(),
    holders: new Map(),
    ids: new Map(strangers),
    differences: createDifferences(),
    alteredRefused: 0,
    replays: 0,
  }
}

export function createDifferences(): Differences {
  const first: string[] = []
  let count = 0
  const add = (difference: string) => {
    if (first.includes(difference)) return
    count++
    if (first.length < KEPT) first.push(difference)
  }
  return { first, add, count: () => count }
}

/** The entry of a request; the same one for a request that was made before. */
export function entryOf(ledger: Ledger, wish: Wish): Entry {
  const known = ledger.entries.get(wish.key)
  if (known) return known
  const entry: Entry = { wish, status: 'asked', created: 0, answers: 0 }
  ledger.entries.set(wish.key, entry)
  return entry
}

/** Statuses a request cannot leave again. */
export const ENDS = [
  ...['open', 'applied', 'no_effect', 'refused'],
  ...['completed', 'declined', 'expired', 'returned'],
] as const

export function hasEnded({ status }: Pick<Entry, 'status'>): boolean {
  return (ENDS as readonly string[]).includes(status)
}

/** The end in words, as plans expect it. */
export function outcomeOf({ status, reason }: Pick<Entry, 'status' | 'reason'>): Outcome {
  return status === 'refused' ? `refused ${reason ?? 'without a reason'}` : status
}

/** What a request is called in a difference. */
export function described({ wish, id }: Entry): string {
  const name = { open: 'account', load: 'load', send: 'transfer', approve: 'approval', decline: 'decline' }[wish.kind]
  return `${name} ${wish.key}${id === undefined ? '' : ` (${id})`}`
}

export function entriesOfKind<Kind extends Wish['kind']>(ledger: Ledger, kind: Kind) {
  const all = [...ledger.entries.values()]
  return all.filter((entry): entry is Entry<Extract<Wish, { kind: Kind }>> => entry.wish.kind === kind)
}

/** The amount a request moves; nothing for the others. */
export function amountOf(wish: Wish): Minor {
  return 'amount' in wish ? wish.amount : 0n
}
