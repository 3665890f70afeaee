// Stored names: items of the `reviews` container, this service's own.

import { ComeAgain } from '@remit/api/parking'
import type { Documents } from '@remit/documents/documents'
import { transferId } from '@remit/domain/ids'
import { z } from 'zod'

/** All reviews are in one list, so that the oldest due are found inside one partition. */
export const LIST = 'reviews'

/** How long a decided review is kept before it deletes itself, in seconds: late and repeated news still find it. */
const KEPT_AFTER_DECISION = 30 * 24 * 3600

const held = z.object({
  from: z.string(),
  to: z.string(),
  amount: z.int(),
  currency: z.string(),
  text: z.boolean(),
  requestedAt: z.string(),
})

/** What one person, or the clock, said about a held transfer. */
const decision = z.object({
  what: z.enum(['accepted', 'declined', 'expired']),
  /** Nobody when it expired. */
  by: z.string().optional(),
  at: z.string(),
})
export type Decision = z.infer<typeof decision>

export const reviewItem = z.object({
  id: z.string(),
  list: z.literal(LIST),
  /** What `TransferHeld` said; absent while only later news have arrived. */
  held: held.optional(),
  reviewDueAt: z.string().optional(),
  /** Due time, then id: the order of the list, in one member, so that a page can start anywhere in it. */
  order: z.string().optional(),
  approvalsNeeded: z.int().optional(),
  approvedBy: z.array(z.string()),
  /** In the order of time; absent for reviews of before they were kept. */
  decisions: z.array(decision).optional(),
  /** When it ended, then id: the order of what is decided, as `order` is of what waits. */
  endOrder: z.string().optional(),
  ended: z.boolean(),
  /** Held, and not ended as far as is known: what the list shows. */
  waiting: z.boolean(),
  /** Nothing is left to be done about it; absent for reviews of before anything was. */
  closed: z.boolean().optional(),
  /** Held, and not closed: what is accompanied. */
  open: z.boolean().optional(),
  ttl: z.int().optional(),
})
export type ReviewItem = z.infer<typeof reviewItem>

const about = { transferId }
/** Without a time there is nothing to show a decision at; the end itself must be heard all the same. */
const decided = { by: z.string().optional(), at: z.string().optional() }
const news = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('remit.transfer-held.v1'),
    data: z.object({
      ...about,
      streamId: z.string(),
      at: z.string(),
      to: z.string(),
      amount: z.int(),
      currency: z.string(),
      approvalsNeeded: z.int(),
      dueAt: z.string(),
      text: z.string().optional(),
    }),
  }),
  z.object({
    type: z.literal('remit.transfer-approved.v1'),
    data: z.object({ ...about, ...decided, by: z.string() }),
  }),
  z.object({ type: z.literal('remit.transfer-declined.v1'), data: z.object({ ...about, ...decided }) }),
  z.object({ type: z.literal('remit.transfer-expired.v1'), data: z.object({ ...about, ...decided }) }),
])
export type ReviewNews = z.infer<typeof news>

/** Reads one CloudEvent; undefined for news this list does not listen to, or cannot read. */
export function readNews(event: unknown): ReviewNews | undefined {
  return news.safeParse(event).data
}

/** Adds one piece of news. Order does not matter, nor does hearing it twice. */
export function hear(known: ReviewItem | undefined, { type, data }: ReviewNews): ReviewItem {
  const item = known ?? { id: data.transferId, list: LIST, approvedBy: [], ended: false, waiting: false }
  const heard = { ...item, ...told(item, { type, data } as ReviewNews) }
  // The last approval needed is recorded together with the sending: the review has ended with it.
  const accepted = heard.approvalsNeeded !== undefined && heard.approvedBy.length >= heard.approvalsNeeded
  const next = { ...heard, ended: heard.ended || accepted }
  const end = endOf(next)
  const place = end === undefined ? {} : { endOrder: `${end.at} ${next.id}` }
  const kept = next.ended ? { ttl: KEPT_AFTER_DECISION } : {}
  const isHeld = next.held !== undefined
  return { ...next, waiting: isHeld && !next.ended, open: isHeld && next.closed !== true, ...place, ...kept }
}

function told(item: ReviewItem, { type, data }: ReviewNews): Partial<ReviewItem> {
  switch (type) {
    case 'remit.transfer-held.v1': {
      const { streamId: from, to, amount, currency, at, dueAt, approvalsNeeded, text } = data
      const requestedAt = at
      return {
        held: { from, to, amount, currency, text: text !== undefined, requestedAt },
        reviewDueAt: dueAt,
        order: `${dueAt} ${data.transferId}`,
        approvalsNeeded,
      }
    }
    case 'remit.transfer-approved.v1':
      return { approvedBy: [...new Set([...item.approvedBy, data.by])], ...decisionsWith(item, 'accepted', data) }
    case 'remit.transfer-declined.v1':
      return { ended: true, ...decisionsWith(item, 'declined', data) }
    default:
      return { ended: true, ...decisionsWith(item, 'expired', { at: data.at }) }
  }
}

function decisionsWith(
  { decisions = [] }: ReviewItem,
  what: Decision['what'],
  { by, at }: { by?: string | undefined; at?: string | undefined },
): Partial<ReviewItem> {
  if (at === undefined || decisions.some(one => one.what === what && one.by === by)) return {}
  const one = { what, at, ...(by === undefined ? {} : { by }) }
  return { decisions: [...decisions, one].sort((a, b) => Number(a.at > b.at) - Number(a.at < b.at)) }
}

/** The decision a review ended with, if it has ended and is known: clocks may differ, so the newest is not always it. */
export function endOf({ approvalsNeeded, approvedBy, decisions = [] }: ReviewItem): Decision | undefined {
  const against = decisions.find(one => one.what !== 'accepted')
  const accepted = approvalsNeeded !== undefined && approvedBy.length >= approvalsNeeded
  return against ?? (accepted ? decisions.at(-1) : undefined)
}

const ROUNDS = 10

/**
 * Brings the list up to date with one piece of news.
 *
 * @returns the review as it is stored now; undefined for news this list does not listen to.
 * @throws ComeAgain when the store does not take it; Event Grid delivers again.
 */
export async function updateReviews(reviews: Documents, event: unknown): Promise<ReviewItem | undefined> {
  const heard = readNews(event)
  return heard && changeReview(reviews, heard.data.transferId, known => hear(known, heard))
}

/**
 * Changes a review as it is stored, or makes it where there is none.
 *
 * @param change undefined leaves it as it is
 * @throws ComeAgain when the store does not take it.
 */
export async function changeReview(
  reviews: Documents,
  id: string,
  change: (known: ReviewItem | undefined) => ReviewItem | undefined,
): Promise<ReviewItem | undefined> {
  for (let round = 1; round <= ROUNDS; round++) {
    const there = await reviews.read({ partition: LIST, id })
    const item = change(there && reviewItem.parse(there))
    if (item === undefined) return undefined
    const { result } = await reviews.write(
      there ? { kind: 'replace', item, etag: there._etag } : { kind: 'create', item },
    )
    if (result === 'written') return item
    if (result === 'busy') break
  }
  throw new ComeAgain(`the review of ${id} could not be stored`)
}
