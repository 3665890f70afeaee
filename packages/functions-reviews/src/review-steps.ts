import type { World } from '@remit/api/ports'
import { summaryKey } from '@remit/api/resources/account'
import { accountSummary } from '@remit/api/views'
import type { Documents } from '@remit/documents/documents'
import type { AccountId } from '@remit/domain/ids'
import { type LetterKind, overtakeReminders, recordLetters } from './letters.ts'
import { changeReview, LIST, type ReviewItem, reviewItem } from './review-list.ts'
import { type Addresses, endLetters, reminder, secondApproval } from './write-letters.ts'

/** What the steps of a review stand on. */
export type Steps = {
  readonly reviews: Documents
  readonly letters: Documents
  readonly accounts: Documents
  readonly addresses: Addresses
  readonly world: Pick<World, 'now'>
}

/** How a review stands: what to send now, and when to look again at the latest. */
export type Look =
  | { readonly state: 'waiting'; readonly due: readonly LetterKind[]; readonly lookAt: string }
  | { readonly state: 'ended'; readonly due: readonly LetterKind[] }
  | { readonly state: 'closed' }

/** Parts of the time for a decision after which reviewers are reminded. */
const reminders = [
  ['reminder-half', 0.5],
  ['reminder-late', 0.9],
] as const

/** Milliseconds between two looks at a review that is overdue: its expiry is another's business, and may take a while. */
const OVERDUE_LOOK = 60_000

/**
 * Looks at what is recorded of a review, and records the letters that are owed by now. Everything that happens next
 * follows from what is stored, so looking twice, or starting all over, is harmless.
 */
export async function lookAtReview(steps: Steps, transferId: string): Promise<Look> {
  const there = await steps.reviews.read({ partition: LIST, id: transferId })
  const item = there && reviewItem.parse(there)
  if (item?.held === undefined || item.closed) return { state: 'closed' }
  if (item.ended) return { state: 'ended', due: await recordEnd(steps, item) }
  const now = steps.world.now()
  const begun = Date.parse(item.held.requestedAt)
  const ends = Date.parse(item.reviewDueAt ?? item.held.requestedAt)
  const times = reminders.map(([id, part]) => ({ id, at: begun + (ends - begun) * part }))
  const owed = times.filter(({ at }) => at <= now && now < ends)
  const { reviewers } = steps.addresses
  const second = now < ends ? secondApproval(item, reviewers) : []
  const drafts = [...owed.flatMap(({ id }) => reminder(item, id, reviewers)), ...second]
  const next = [...times.map(({ at }) => at), ends].find(at => at > now) ?? now + OVERDUE_LOOK
  return {
    state: 'waiting',
    due: await recordLetters(steps.letters, transferId, drafts),
    lookAt: new Date(next).toISOString(),
  }
}

async function recordEnd({ accounts, letters, addresses }: Steps, item: ReviewItem): Promise<LetterKind[]> {
  await overtakeReminders(letters, item.id)
  const { from, to } = item.held ?? { from: '', to: '' }
  const keys = [from, to].map(account => summaryKey(account as AccountId))
  const [sender, receiver] = (await accounts.readMany(keys)).map(found => accountSummary.safeParse(found).data)
  return recordLetters(letters, item.id, endLetters(item, { sender, receiver }, addresses))
}

/** The end of the work on a review: nobody looks at it again. */
export async function closeReview({ reviews }: Pick<Steps, 'reviews'>, transferId: string): Promise<void> {
  await changeReview(reviews, transferId, item => item && { ...item, closed: true, open: false })
}
