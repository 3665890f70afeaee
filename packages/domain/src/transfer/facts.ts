import { z } from 'zod'
import { commandData } from '../account/commands.ts'
import type { Recorded, RecordedOutcome } from '../account/recorded.ts'
import { type AccountId, accountId, type TransferId, transferId } from '../ids.ts'

// Stored names: the transfers view and the review list keep these facts.

const at = z.string()

/**
 * What is recorded of one transfer, from both streams. Each fact is recorded at most once, so facts merge by union:
 * in any order, any number of times, to the same result.
 */
export const transferFacts = z.object({
  transferId,
  from: accountId,
  to: accountId,
  amount: z.int(),
  currency: z.string(),
  /** Digest of the memo and metadata; present when there are any in `details`. */
  text: z.string().optional(),
  requestedAt: at.optional(),
  correlationId: z.string().optional(),
  refused: z.object({ at, reason: z.string() }).optional(),
  held: z.object({ at, dueAt: at, approvalsNeeded: z.int() }).optional(),
  approvals: z.record(z.string(), z.object({ at })).optional(),
  declined: z.object({ at, by: z.string(), commandId: z.string() }).optional(),
  expired: z.object({ at }).optional(),
  sent: z.object({ at }).optional(),
  received: z.object({ at, fee: z.int() }).optional(),
  /** The receiver's account refused the credits: they are owed back. */
  bounced: z.object({ at, reason: z.string() }).optional(),
  returned: z.object({ at }).optional(),
})
export type TransferFacts = z.infer<typeof transferFacts>

/** The facts one append records, by transfer. `currency` stands for a refused wish, which never named one. */
export function factsIn(recorded: Recorded, currency: string): TransferFacts[] {
  const found = new Map<string, TransferFacts>()
  const note = (facts: TransferFacts) => {
    const known = found.get(facts.transferId)
    found.set(facts.transferId, known ? mergeFacts(known, facts) : facts)
  }
  const outcomes = new Map(recorded.outcomes.map(outcome => [outcome.commandId, outcome]))
  for (const event of recorded.events) {
    const facts = factOfEvent(recorded, event, outcomes.get(event.commandId))
    if (facts) note(facts)
  }
  for (const outcome of recorded.outcomes) {
    const facts = outcome.result === 'refused' ? factOfRefusal(recorded, outcome, currency) : undefined
    if (facts) note(facts)
  }
  return [...found.values()]
}

/** Union of what is known. */
export function mergeFacts(known: TransferFacts, more: TransferFacts): TransferFacts {
  const approvals = { ...known.approvals, ...more.approvals }
  return { ...more, ...known, ...(Object.keys(approvals).length > 0 ? { approvals } : {}) }
}

function factOfEvent(
  { streamId, at }: Recorded,
  event: Recorded['events'][number],
  outcome: RecordedOutcome | undefined,
): TransferFacts | undefined {
  const asked = {
    ...(outcome?.type === 'SendCredits' ? { requestedAt: outcome.at } : {}),
    ...(outcome ? { correlationId: outcome.correlationId } : {}),
  }
  switch (event.type) {
    case 'TransferHeld': {
      const { dueAt, approvalsNeeded } = event.data
      return { ...outgoing(streamId, event.data), ...asked, held: { at, dueAt, approvalsNeeded } }
    }
    case 'TransferApproved':
      return { ...outgoing(streamId, { ...event.data, text: undefined }), approvals: { [event.data.by]: { at } } }
    case 'TransferDeclined': {
      const declined = { at, by: event.data.by, commandId: event.commandId }
      return { ...outgoing(streamId, { ...event.data, text: undefined }), declined }
    }
    case 'TransferExpired':
      return { ...outgoing(streamId, event.data), expired: { at } }
    case 'CreditsSent':
      return { ...outgoing(streamId, event.data), ...asked, sent: { at } }
    case 'CreditsReturned':
      return { ...outgoing(streamId, event.data), returned: { at } }
    case 'CreditsReceived': {
      return { ...incoming(streamId, event.data), received: { at, fee: event.data.fee } }
    }
    default:
      return undefined
  }
}

function factOfRefusal(
  { streamId, at }: Recorded,
  outcome: RecordedOutcome,
  currency: string,
): TransferFacts | undefined {
  const reason = outcome.reason ?? ''
  if (outcome.type === 'SendCredits') {
    const data = wishIn(commandData.SendCredits, outcome)
    if (data === undefined) return undefined
    const wished = outgoing(streamId, { ...data, transferId: outcome.commandId as TransferId, currency })
    return { ...wished, requestedAt: outcome.at, correlationId: outcome.correlationId, refused: { at, reason } }
  }
  if (outcome.type === 'ReceiveCredits') {
    const data = wishIn(commandData.ReceiveCredits, outcome)
    if (data === undefined) return undefined
    return { ...incoming(streamId, data), correlationId: outcome.correlationId, bounced: { at, reason } }
  }
  return undefined
}

/** What was refused. A command may have been discarded because nobody could read it: then it says nothing. */
function wishIn<Schema extends z.ZodType>(
  schema: Schema,
  { data, reason }: RecordedOutcome,
): z.output<Schema> | undefined {
  return reason === 'discarded' ? schema.safeParse(data).data : schema.parse(data)
}

type Outgoing = Pick<TransferFacts, 'transferId' | 'to' | 'amount' | 'currency'> & { text?: string | undefined }

function outgoing(streamId: string, data: Outgoing): TransferFacts {
  const { transferId, to, amount, currency, text } = data
  const base = { transferId, from: streamId as AccountId, to, amount, currency }
  return text === undefined ? base : { ...base, text }
}

type Incoming = Pick<TransferFacts, 'transferId' | 'from' | 'amount' | 'currency'> & { text?: string | undefined }

function incoming(streamId: string, data: Incoming): TransferFacts {
  const { transferId, from, amount, currency, text } = data
  const base = { transferId, from, to: streamId as AccountId, amount, currency }
  return text === undefined ? base : { ...base, text }
}
