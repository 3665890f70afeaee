import { hash } from 'node:crypto'
import type { Wish } from '@remit/domain/wish'
import type { Outcome, RecordedEvent } from '@remit/event-store/append'
import { canonicalText } from './canonical-text.ts'

type Data = { readonly [member: string]: unknown }

/** Which members of its first event a command's data were, for each command that was applied. */
const members: { readonly [Type in Wish['type']]: readonly string[] } = {
  OpenAccount: ['kind', 'owner', 'text'],
  LoadCredits: ['amount', 'paymentReference'],
  SendCredits: ['amount', 'text', 'to'],
  ApproveTransfer: ['text', 'transferId'],
  DeclineTransfer: ['text', 'transferId'],
  ExpireTransfer: ['asOf', 'transferId'],
  ReceiveCredits: ['amount', 'currency', 'from', 'text', 'transferId'],
  ReturnCredits: ['amount', 'currency', 'reason', 'to', 'transferId'],
  FreezeAccount: ['text'],
  UnfreezeAccount: ['text'],
  CloseAccount: ['text'],
}

/** The hash a command must have had, by what was recorded of it; undefined for a type nobody knows. */
export function hashByRecord(streamId: string, outcome: Outcome, event: RecordedEvent | undefined): string | undefined {
  const kept = members[outcome.type as Wish['type']]
  if (kept === undefined) return undefined
  const recorded = (event ? event.data : outcome.data) as Data
  const data: { [member: string]: unknown } = {}
  if (event) for (const member of kept) data[member] = recorded[member]
  else for (const member of Object.keys(recorded)) if (member !== 'receiverOwner') data[member] = recorded[member]
  return hash('sha256', canonicalText({ data, streamId, type: outcome.type }), 'hex')
}
