import { sum } from '../money.ts'
import type { AccountEvent } from './events.ts'
import type { Account, Hold } from './state.ts'

/** The account after one more event. Never throws on what was once recorded. */
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
