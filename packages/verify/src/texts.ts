import type { TransferFacts } from '@remit/domain/transfer/facts'
import { transferCounts } from './books.ts'
import { canonicalText } from './canonical-text.ts'

const singleFacts = ['refused', 'held', 'declined', 'expired', 'sent', 'received', 'bounced', 'returned'] as const

/**
 * Facts of a transfer as one text for each: those of both streams together make the very texts of the view's facts,
 * without ever being in one place. Who wished for what is told once, by the event or refusal that answers the wish.
 */
export function piecesOf(facts: TransferFacts): string[] {
  const { transferId, from, to, amount, currency, text, requestedAt, correlationId, approvals = {} } = facts
  const pieces: string[] = []
  if (requestedAt !== undefined) {
    const asked = [transferId, from, to, amount, currency, text ?? null, requestedAt, correlationId ?? null]
    pieces.push(canonicalText(asked))
  }
  for (const name of singleFacts) {
    const fact = facts[name]
    if (fact) pieces.push(`${transferId} ${name} ${canonicalText(fact)}`)
  }
  for (const [by, approval] of Object.entries(approvals)) {
    pieces.push(`${transferId} approved ${JSON.stringify(by)} ${canonicalText(approval)}`)
  }
  return pieces
}

type Recorded = {
  readonly type: string
  readonly hash: string
  readonly at: string
  readonly actor: unknown
  readonly correlationId: string
  readonly causationId?: string | undefined
  readonly traceparent?: string | undefined
}

/** What a stored command and its outcome say alike. */
export function recordOf(streamId: string, id: string, one: Recorded): string {
  const { type, hash, at, actor, correlationId, causationId = null, traceparent = null } = one
  return canonicalText([id, streamId, type, hash, at, actor, correlationId, causationId, traceparent])
}

type Terms = { readonly transferId: string; readonly amount: number; readonly currency: string }

/** What was sent must be received or come back: who, to whom, how much. */
export function termsOf(streamId: string, data: Terms & { from?: string; to?: string }): string {
  const { transferId, amount, currency, from = streamId, to = streamId } = data
  return `${transferId} ${from} ${to} ${amount} ${currency}`
}

type Step = { readonly count: number; readonly terms: 'given' | 'taken' | 'none' }

/** The events that take a transfer to an end, or on its way there. */
export const endsOf: { readonly [type: string]: Step | undefined } = {
  CreditsSent: { count: transferCounts.sent, terms: 'given' },
  CreditsReceived: { count: transferCounts.received, terms: 'taken' },
  CreditsReturned: { count: transferCounts.returned, terms: 'taken' },
  TransferDeclined: { count: transferCounts.declined, terms: 'none' },
  TransferExpired: { count: transferCounts.expired, terms: 'none' },
}
