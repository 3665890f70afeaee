import type { Documents } from '@remit/documents/documents'
import { LIST, type ReviewItem, reviewItem } from './review-list.ts'

/** Those who accompany reviews, one for each. */
export type Companions = {
  /** Whether one is at work for a transfer. */
  readonly isRunning: (transferId: string) => Promise<boolean>
  /** Starts one; that one is running already is fine. */
  readonly start: (transferId: string) => Promise<void>
  /** Tells the one that runs that somebody has decided, or the time is over. */
  readonly tellChange: (transferId: string) => Promise<void>
}

/**
 * Sees to it that a review which is not closed is accompanied. Starting anew what has ended would begin all over, so
 * only what is stored decides: a closed review is left alone.
 */
export async function followReview(companions: Companions, item: ReviewItem): Promise<void> {
  if (!item.open) return
  if (!(await companions.isRunning(item.id))) await companions.start(item.id)
  else if (item.ended || item.approvedBy.length > 0) await companions.tellChange(item.id)
}

/** How many reviews one watch looks at. */
const MOST = 500

/**
 * Starts again what was lost, and finishes what was left.
 *
 * @throws the first error, once all were looked at: a review that cannot be accompanied holds up no other.
 */
export async function watchReviews(reviews: Documents, companions: Companions): Promise<void> {
  const where = [{ path: 'open', is: '=', value: true } as const]
  const items = await reviews.query(LIST, { where, orderBy: { path: 'order' }, limit: MOST })
  const errors: unknown[] = []
  for (const item of items) {
    try {
      await followReview(companions, reviewItem.parse(item))
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
}
