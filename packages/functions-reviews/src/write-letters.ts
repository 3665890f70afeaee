import type { AccountSummary } from '@remit/api/views'
import type { Draft } from './letters.ts'
import { endOf, type ReviewItem } from './review-list.ts'

/** Who is written to: nobody where there is no address. */
export type Addresses = {
  readonly reviewers: string
  readonly ofOwner: (owner: string) => string | undefined
}

type Party = Pick<AccountSummary, 'owner' | 'kind'> | undefined

/** A reminder for all who review. Memos are not for mails. */
export function reminder(item: ReviewItem, id: 'reminder-half' | 'reminder-late', to: string): Draft[] {
  const { held, reviewDueAt = '', approvedBy, approvalsNeeded = 1 } = item
  if (held === undefined) return []
  const missing = approvalsNeeded - approvedBy.length
  const amount = money(held.amount, held.currency)
  return [
    {
      id,
      to,
      subject: `${id === 'reminder-late' ? 'Soon over: a' : 'A'} transfer of ${amount} waits for a decision`,
      text: `The transfer ${item.id} of ${amount} waits for ${missing === 1 ? 'one approval' : `${missing} approvals`}.\nWithout it the transfer expires at ${reviewDueAt}.\n`,
    },
  ]
}

/** Asks for the other reviewer where two must accept, once one has. */
export function secondApproval(
  { id, held, reviewDueAt = '', approvedBy, approvalsNeeded = 1 }: ReviewItem,
  to: string,
): Draft[] {
  if (held === undefined || approvedBy.length === 0 || approvedBy.length >= approvalsNeeded) return []
  const amount = money(held.amount, held.currency)
  return [
    {
      id: 'second-reviewer',
      to,
      subject: `A transfer of ${amount} needs a second reviewer`,
      text: `${approvedBy.join(', ')} accepted the transfer ${id} of ${amount}. It takes somebody else as well, until ${reviewDueAt}.\n`,
    },
  ]
}

/** What the parties are told when a review has ended. A receiver hears only of what arrives. */
export function endLetters(
  item: ReviewItem,
  parties: { readonly sender: Party; readonly receiver: Party },
  addresses: Addresses,
): Draft[] {
  const end = endOf(item)
  if (end === undefined || item.held === undefined) return []
  const amount = money(item.held.amount, item.held.currency)
  const to = (party: Party) => (party === undefined ? undefined : addresses.ofOwner(party.owner))
  const [sender, receiver] = [to(parties.sender), to(parties.receiver)]
  const drafts: Draft[] = []
  if (sender !== undefined) {
    drafts.push({
      id: 'sender',
      to: sender,
      subject: `Your transfer of ${amount} ${inShort[end.what]}`,
      text: `${forSender[end.what](amount)}\nTransfer ${item.id}\n`,
    })
  }
  if (receiver !== undefined && end.what === 'accepted') {
    const what = parties.receiver?.kind === 'merchant' ? 'A payment' : 'A transfer'
    drafts.push({
      id: 'receiver',
      to: receiver,
      subject: `${what} of ${amount} is on its way to you`,
      text: `${what} of ${amount} was accepted and arrives in your account.\nTransfer ${item.id}\n`,
    })
  }
  return drafts
}

const inShort = { accepted: 'was accepted', declined: 'was declined', expired: 'has expired' }

const forSender = {
  accepted: (amount: string) => `Your transfer of ${amount} was accepted and has left your account.`,
  declined: (amount: string) => `Your transfer of ${amount} was declined. The credits are available again.`,
  expired: (amount: string) =>
    `Nobody accepted your transfer of ${amount} in time. It has expired, and the credits are available again.`,
}

function money(minor: number, currency: string): string {
  const digits = String(minor).padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)} ${currency}`
}
