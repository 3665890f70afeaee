import type { Decider } from '../decider.ts'
import { sum } from '../money.ts'
import type { Refusal } from '../refusals.ts'
import type { Settings } from '../settings.ts'
import type { AccountCommand } from './commands.ts'
import { decideAccount } from './decide.ts'
import { type AccountEvent, accountEvent } from './events.ts'

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

export function evolve(account: Account, event: AccountEvent): Account {
  switch (event.type) {
    case 'AccountOpened':
      return {
        ...account,
        status: 'open',
        kind: event.data.kind,
        owner: event.data.owner,
        currency: event.data.currency,
      }
    case 'CreditsLoaded':
      return { ...account, balance: sum(account.balance, event.data.amount, -event.data.fee) }
    case 'TransferHeld': {
      const { transferId, to, amount, dueAt, approvalsNeeded, text } = event.data
      const hold: Hold = { to, amount, dueAt, approvalsNeeded, approvedBy: [], ...(text === undefined ? {} : { text }) }
      return { ...account, holds: { ...account.holds, [transferId]: hold } }
    }
    case 'TransferApproved': {
      const hold = account.holds[event.data.transferId]
      if (hold === undefined) return account
      const approved = { ...hold, approvedBy: [...hold.approvedBy, event.data.by] }
      return { ...account, holds: { ...account.holds, [event.data.transferId]: approved } }
    }
    case 'TransferDeclined':
    case 'TransferExpired':
      return { ...account, holds: without(account.holds, event.data.transferId) }
    case 'CreditsSent':
      return {
        ...account,
        balance: sum(account.balance, -event.data.amount),
        holds: without(account.holds, event.data.transferId),
      }
    case 'CreditsReceived':
      return { ...account, balance: sum(account.balance, event.data.amount, -event.data.fee) }
    case 'CreditsReturned':
      return {
        ...account,
        status: account.status === 'closed' ? 'open' : account.status,
        balance: sum(account.balance, event.data.amount),
      }
    case 'AccountFrozen':
      return { ...account, status: 'frozen' }
    case 'AccountUnfrozen':
      return { ...account, status: 'open' }
    case 'AccountClosed':
      return { ...account, status: 'closed' }
  }
}

function without(holds: Account['holds'], transferId: string): Account['holds'] {
  if (holds[transferId] === undefined) return holds
  const { [transferId]: _released, ...others } = holds
  return others
}

/** The rule of an account under the given figures. */
export function accountRule(settings: Settings): Decider<Account, AccountCommand, AccountEvent, Refusal> {
  return {
    reducer: 'account-1',
    initial: unopened,
    decide: (command, account) => decideAccount(settings, command, account),
    evolve,
    parse: stored => accountEvent.parse(stored),
  }
}
