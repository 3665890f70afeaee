import { sum } from '../money.ts'

/** A significant transfer that waits for people. Its amount stays in the balance but not in the available credits. */
export type Hold = {
  readonly to: string
  readonly amount: number
  readonly dueAt: string
  readonly approvalsNeeded: number
  readonly approvedBy: readonly string[]
  readonly text?: string | undefined
}

/** What the rule folds: small, bounded, and without any memory of ids it has answered. */
export type Account = {
  readonly status: 'unopened' | 'open' | 'frozen' | 'closed'
  readonly kind: 'personal' | 'merchant'
  readonly owner: string
  readonly currency: string
  readonly balance: number
  readonly holds: { readonly [transferId: string]: Hold }
}

export const unopened: Account = {
  status: 'unopened',
  kind: 'personal',
  owner: '',
  currency: '',
  balance: 0,
  holds: {},
}

/** Credits that wait in holds. */
export function held(account: Account): number {
  return sum(...Object.values(account.holds).map(hold => hold.amount))
}

/** Credits that can leave. */
export function available(account: Account): number {
  return account.balance - held(account)
}
