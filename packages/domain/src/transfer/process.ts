import type { CommandOf } from '../account/commands.ts'
import { derivedCommandId } from '../ids.ts'
import type { Refusal } from '../refusals.ts'
import type { TransferFacts } from './facts.ts'
import { statusOf, updatedAt } from './status.ts'

/** A command the process owes a transfer, without the envelope its sender adds. */
export type Owed = {
  [Type in 'ReceiveCredits' | 'ReturnCredits' | 'ExpireTransfer']: Pick<
    CommandOf<Type>,
    'id' | 'streamId' | 'type' | 'data'
  >
}['ReceiveCredits' | 'ReturnCredits' | 'ExpireTransfer']

/**
 * Which commands are still to be sent, from what is recorded. Their ids are derived from the transfer, so that asking
 * twice is harmless and a crash needs no recovery: ask again.
 *
 * @param now ISO 8601 time; only expiry looks at it.
 */
export function owed(facts: TransferFacts, now: string): Owed[] {
  const { transferId, from, to, amount, currency, text } = facts
  if (facts.bounced && !facts.returned) {
    const reason = facts.bounced.reason as Refusal
    const data = { transferId, to, amount, currency, reason }
    return [{ id: derivedCommandId(transferId, 'return'), streamId: from, type: 'ReturnCredits', data }]
  }
  if (facts.sent && !facts.received && !facts.returned) {
    const data = { transferId, from, amount, currency, ...(text === undefined ? {} : { text }) }
    return [{ id: derivedCommandId(transferId, 'receive'), streamId: to, type: 'ReceiveCredits', data }]
  }
  if (facts.held && statusOf(facts) === 'held' && now >= facts.held.dueAt) {
    const data = { transferId, asOf: now }
    return [{ id: derivedCommandId(transferId, 'expire'), streamId: from, type: 'ExpireTransfer', data }]
  }
  return []
}

/**
 * From when on somebody should ask again what is owed; undefined once the transfer has ended.
 *
 * @param patience milliseconds a transfer may be in transit before it counts as stuck.
 */
export function attentionAt(facts: TransferFacts, patience: number): string | undefined {
  const status = statusOf(facts)
  if (status === 'held') return facts.held?.dueAt
  if (status !== 'in_transit') return undefined
  return new Date(Date.parse(updatedAt(facts)) + patience).toISOString()
}
