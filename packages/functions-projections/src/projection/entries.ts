import type { AccountEntry, StatementEntry } from '@remit/api/views'
import type { Recorded } from '@remit/domain/account/recorded'
import type { AccountId } from '@remit/domain/ids'

type Line = Omit<StatementEntry, 'version' | 'at' | 'balance'>

/**
 * What one append adds to its account's view: a line for each event that moved the balance, and a first mention for
 * each transfer heard of. Where one event is both, it is one item: an append of 90 entries fits one batch.
 *
 * @param balance the balance before the append.
 */
export function entriesOf(recorded: Recorded, appendId: string, balance: number): AccountEntry[] {
  const entries: AccountEntry[] = []
  let running = balance
  const add = (entry: Pick<AccountEntry, 'line' | 'mentions'>) => {
    const id = `entry-${appendId}-${String(entries.length).padStart(3, '0')}`
    entries.push({ id, accountId: recorded.streamId as AccountId, ...entry })
  }
  for (const event of recorded.events) {
    const line = lineOf(event)
    const mentions = firstMention(event)
    if (line) running += line.change
    const full = line && { ...line, version: event.version, at: recorded.at, balance: running }
    if (full || mentions) add({ ...(full ? { line: full } : {}), ...(mentions ? { mentions } : {}) })
  }
  for (const outcome of recorded.outcomes) {
    if (outcome.result !== 'refused') continue
    if (outcome.type === 'SendCredits') add({ mentions: outcome.commandId })
    if (outcome.type === 'ReceiveCredits') {
      add({ mentions: (outcome.data as { transferId: string }).transferId })
    }
  }
  return entries
}

type Event = Recorded['events'][number]

/** A transfer is first heard of when it is held, or sent without having been held, or received. */
function firstMention(event: Event): string | undefined {
  if (event.type === 'TransferHeld' || event.type === 'CreditsReceived') return event.data.transferId
  if (event.type === 'CreditsSent' && event.commandId === event.data.transferId) return event.data.transferId
  return undefined
}

function lineOf(event: Event): Line | undefined {
  switch (event.type) {
    case 'CreditsLoaded': {
      const { amount, fee } = event.data
      return { type: 'loaded', change: amount - fee, amount, fee, operationId: event.commandId }
    }
    case 'CreditsSent': {
      const { amount, to, transferId, text } = event.data
      return { type: 'sent', change: -amount, amount, fee: 0, transferId, counterparty: to, ...withText(text) }
    }
    case 'CreditsReceived': {
      const { amount, fee, from, transferId, text } = event.data
      const change = amount - fee
      return { type: 'received', change, amount, fee, transferId, counterparty: from, ...withText(text) }
    }
    case 'CreditsReturned': {
      const { amount, to, transferId } = event.data
      return { type: 'returned', change: amount, amount, fee: 0, transferId, counterparty: to }
    }
    default:
      return undefined
  }
}

function withText(text: string | undefined) {
  return text === undefined ? {} : { text }
}
