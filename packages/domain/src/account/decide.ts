import type { Decision } from '../decider.ts'
import { asTransferId } from '../ids.ts'
import { feeOn, sum } from '../money.ts'
import type { Refusal } from '../refusals.ts'
import type { Settings } from '../settings.ts'
import type { AccountCommand, CommandOf } from './commands.ts'
import type { AccountEvent } from './events.ts'
import { type Account, available } from './state.ts'

type Decided = Decision<AccountEvent, Refusal>

const applied = (...events: [AccountEvent, ...AccountEvent[]]): Decided => ({ result: 'applied', events })
const refused = (reason: Refusal): Decided => ({ result: 'refused', reason })
const noEffect: Decided = { result: 'no_effect' }

/** The checks of each command stand in the order of the list of refusals: the first that fails is the reason. */
export function decideAccount(settings: Settings, command: AccountCommand, account: Account): Decided {
  switch (command.type) {
    case 'OpenAccount':
      return open(settings, command, account)
    case 'LoadCredits':
      return load(settings, command, account)
    case 'SendCredits':
      return send(settings, command, account)
    case 'ApproveTransfer':
      return approve(command, account)
    case 'DeclineTransfer':
      return decline(command, account)
    case 'ExpireTransfer':
      return expire(command, account)
    case 'ReceiveCredits':
      return receive(settings, command, account)
    case 'ReturnCredits':
      return giveBack(command, account)
    case 'FreezeAccount':
      if (account.status === 'frozen') return noEffect
      return gone(account) ?? applied({ type: 'AccountFrozen', data: command.data })
    case 'UnfreezeAccount':
      if (account.status === 'open') return noEffect
      return gone(account) ?? applied({ type: 'AccountUnfrozen', data: command.data })
    case 'CloseAccount':
      return close(command, account)
  }
}

function open(settings: Settings, { data }: CommandOf<'OpenAccount'>, account: Account): Decided {
  if (account.status !== 'unopened') return noEffect
  return applied({ type: 'AccountOpened', data: { ...data, currency: settings.currency } })
}

function load(settings: Settings, { data }: CommandOf<'LoadCredits'>, account: Account): Decided {
  const missing = gone(account)
  if (missing) return missing
  if (!inRange(settings, data.amount)) return refused('amount_out_of_range')
  const fee = data.amount > settings.freeLoadAbove ? 0 : feeOn(data.amount, settings.loadFee)
  if (account.balance + data.amount - fee > settings.maxBalance) return refused('balance_limit')
  return applied({ type: 'CreditsLoaded', data: { ...data, fee, currency: account.currency } })
}

function send(settings: Settings, command: CommandOf<'SendCredits'>, account: Account): Decided {
  const { to, amount, text } = command.data
  const stopped = cannotLeave(account)
  if (stopped) return stopped
  if (to === command.streamId) return refused('same_account')
  if (!inRange(settings, amount)) return refused('amount_out_of_range')
  if (amount > available(account)) return refused('insufficient_credits')
  const transfer = { transferId: asTransferId(command.id), to, amount, currency: account.currency, ...withText(text) }
  if (amount < settings.reviewFrom) return applied({ type: 'CreditsSent', data: transfer })
  if (Object.keys(account.holds).length >= settings.maxHolds) return refused('too_many_holds')
  const approvalsNeeded = amount < settings.secondReviewFrom ? 1 : 2
  const dueAt = new Date(Date.parse(command.at) + settings.reviewPeriod).toISOString()
  return applied({ type: 'TransferHeld', data: { ...transfer, approvalsNeeded, dueAt } })
}

function approve(command: CommandOf<'ApproveTransfer'>, account: Account): Decided {
  const { transferId, receiverOwner, text } = command.data
  const by = command.actor.id
  const stopped = cannotLeave(account)
  if (stopped) return stopped
  const hold = account.holds[transferId]
  if (hold === undefined) return refused('transfer_not_held')
  if (command.at >= hold.dueAt) return refused('review_expired')
  if (by === account.owner || by === receiverOwner) return refused('reviewer_is_party')
  if (hold.approvedBy.includes(by)) return noEffect
  const transfer = released(command, account, hold)
  const approved: AccountEvent = { type: 'TransferApproved', data: { ...transfer, by, ...withText(text) } }
  if (hold.approvedBy.length + 1 < hold.approvalsNeeded) return applied(approved)
  return applied(approved, { type: 'CreditsSent', data: { ...transfer, ...withText(hold.text) } })
}

function decline(command: CommandOf<'DeclineTransfer'>, account: Account): Decided {
  const missing = gone(account)
  if (missing) return missing
  const hold = account.holds[command.data.transferId]
  if (hold === undefined) return refused('transfer_not_held')
  if (command.at >= hold.dueAt) return refused('review_expired')
  const data = { ...released(command, account, hold), by: command.actor.id, ...withText(command.data.text) }
  return applied({ type: 'TransferDeclined', data })
}

function expire(command: CommandOf<'ExpireTransfer'>, account: Account): Decided {
  const missing = gone(account)
  if (missing) return missing
  const hold = account.holds[command.data.transferId]
  if (hold === undefined) return refused('transfer_not_held')
  if (command.data.asOf < hold.dueAt) return refused('review_not_due')
  return applied({
    type: 'TransferExpired',
    data: { ...released(command, account, hold), asOf: command.data.asOf },
  })
}

function receive(settings: Settings, { data }: CommandOf<'ReceiveCredits'>, account: Account): Decided {
  const missing = gone(account)
  if (missing) return missing
  const fee = account.kind === 'merchant' ? feeOn(data.amount, settings.merchantFee) : 0
  if (account.balance + data.amount - fee > settings.maxBalance) return refused('balance_limit')
  return applied({ type: 'CreditsReceived', data: { ...data, fee } })
}

/**
 * A return is never refused: the credits left this very account. To an account that never opened nothing can return,
 * so that is a defect, and a defect is parked where an operator sees it.
 */
function giveBack({ data }: CommandOf<'ReturnCredits'>, account: Account): Decided {
  if (account.status === 'unopened') throw new Error('credits cannot return to an account that was never opened')
  sum(account.balance, data.amount)
  return applied({ type: 'CreditsReturned', data })
}

function close({ data }: CommandOf<'CloseAccount'>, account: Account): Decided {
  if (account.status === 'closed') return noEffect
  const stopped = cannotLeave(account)
  if (stopped) return stopped
  if (account.balance > 0 || Object.keys(account.holds).length > 0) return refused('account_not_empty')
  return applied({ type: 'AccountClosed', data })
}

/** Refuses where there is no account, or no longer one. */
function gone(account: Account): Decided | undefined {
  if (account.status === 'unopened') return refused('account_not_found')
  if (account.status === 'closed') return refused('account_closed')
  return undefined
}

/** Refuses where nothing may leave the account. */
function cannotLeave(account: Account): Decided | undefined {
  return gone(account) ?? (account.status === 'frozen' ? refused('account_frozen') : undefined)
}

function inRange(settings: Settings, amount: number): boolean {
  return Number.isSafeInteger(amount) && amount >= 1 && amount <= settings.maxAmount
}

function released(
  command: CommandOf<'ApproveTransfer' | 'DeclineTransfer' | 'ExpireTransfer'>,
  account: Account,
  hold: Account['holds'][string],
) {
  const to = hold.to as CommandOf<'SendCredits'>['data']['to']
  return { transferId: command.data.transferId, to, amount: hold.amount, currency: account.currency }
}

/** An absent text stays absent, so that a value equals itself after a round trip through JSON. */
function withText(text: string | undefined): { text?: string } {
  return text === undefined ? {} : { text }
}
