import type { TransferFacts } from './facts.ts'

export const transferStatuses = [
  'pending',
  'held',
  'in_transit',
  'completed',
  'refused',
  'declined',
  'expired',
  'returned',
] as const
export type TransferStatus = (typeof transferStatuses)[number]

/** Where a transfer stands, by what is known of it. The end is named by the receiver's stream, else by the sender's. */
export function statusOf(facts: TransferFacts): TransferStatus {
  if (facts.refused) return 'refused'
  if (facts.returned) return 'returned'
  if (facts.received) return 'completed'
  if (facts.sent || facts.bounced) return 'in_transit'
  if (facts.declined) return 'declined'
  if (facts.expired) return 'expired'
  return facts.held || facts.approvals ? 'held' : 'pending'
}

/** The times of all facts known. */
function times(facts: TransferFacts): string[] {
  const { refused, held, declined, expired, sent, received, bounced, returned, approvals = {} } = facts
  const single = [refused, held, declined, expired, sent, received, bounced, returned]
  return [...single, ...Object.values(approvals)].flatMap(fact => (fact ? [fact.at] : []))
}

/** The number of facts known: it only grows, and any new fact raises it. */
export function versionOf(facts: TransferFacts): number {
  return times(facts).length
}

/** When the newest fact was recorded. */
export function updatedAt(facts: TransferFacts): string {
  return [facts.requestedAt ?? '', ...times(facts)].sort().at(-1) ?? ''
}
