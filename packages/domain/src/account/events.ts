// Stored names: types and members below are written to the events container and to Event Grid and are read for ever.
// A member may be added as optional; none is ever renamed, removed or given another meaning.

import { z } from 'zod'
import { accountId, transferId } from '../ids.ts'

const amount = z.int()
const currency = z.string().length(3)
const text = z.string().length(64).optional()
const time = z.iso.datetime({ precision: 3 })
/** What every event about a transfer says on the sender's stream. */
const outgoing = { transferId, to: accountId, amount, currency }

export const eventData = {
  AccountOpened: z.object({ kind: z.enum(['personal', 'merchant']), owner: z.string(), currency, text }),
  CreditsLoaded: z.object({ amount, fee: amount, currency, paymentReference: z.string() }),
  TransferHeld: z.object({ ...outgoing, approvalsNeeded: z.int(), dueAt: time, text }),
  TransferApproved: z.object({ ...outgoing, by: z.string(), text }),
  TransferDeclined: z.object({ ...outgoing, by: z.string(), text }),
  TransferExpired: z.object({ ...outgoing, asOf: time }),
  CreditsSent: z.object({ ...outgoing, text }),
  CreditsReceived: z.object({ transferId, from: accountId, amount, fee: amount, currency, text }),
  CreditsReturned: z.object({ ...outgoing, reason: z.string() }),
  AccountFrozen: z.object({ text }),
  AccountUnfrozen: z.object({ text }),
  AccountClosed: z.object({ text }),
}

export type EventType = keyof typeof eventData

const variant = <Type extends EventType>(type: Type) => z.object({ type: z.literal(type), data: eventData[type] })

export const accountEvent = z.discriminatedUnion('type', [
  variant('AccountOpened'),
  variant('CreditsLoaded'),
  variant('TransferHeld'),
  variant('TransferApproved'),
  variant('TransferDeclined'),
  variant('TransferExpired'),
  variant('CreditsSent'),
  variant('CreditsReceived'),
  variant('CreditsReturned'),
  variant('AccountFrozen'),
  variant('AccountUnfrozen'),
  variant('AccountClosed'),
])
export type AccountEvent = z.infer<typeof accountEvent>
export type EventOf<Type extends EventType> = Extract<AccountEvent, { type: Type }>
