import { json } from '@remit/api/http/answer'
import { pageOf } from '@remit/api/http/cursor'
import { endpoint } from '@remit/api/http/endpoint'
import type { ReviewResource } from '@remit/api/resources/shapes'
import { memosOf, type ReviewDesk, transferOf } from './review-desk.ts'
import { LIST, reviewItem } from './review-list.ts'

/** `GET /v1/reviews`: the transfers that wait for a person, oldest due first. */
export function listReviews(desk: ReviewDesk) {
  return endpoint(desk.surroundings, { roles: ['reviewer'], key: 'ignored' }, async ({ request }) => {
    const asked = desk.cursors.read(request, 'reviews')
    const from = asked.after === undefined ? [] : [{ path: 'order', is: '>', value: asked.after } as const]
    const where = [{ path: 'waiting', is: '=', value: true } as const, ...from]
    const items = await desk.reviews.query(LIST, { where, orderBy: { path: 'order' }, limit: asked.limit + 1 })
    const found = items.map(item => reviewItem.parse(item))
    const { page, next } = pageOf(desk.cursors, asked, found, ({ order = '' }) => order)
    const texts = await memosOf(desk, page)
    const reviews = page.flatMap((item, index) => {
      const transfer = transferOf(item, texts[index]?.memo)
      const { reviewDueAt = '', approvedBy, approvalsNeeded = 1 } = item
      if (transfer === undefined) return []
      const review: ReviewResource = { ...transfer, reviewDueAt, approvals: approvedBy.length, approvalsNeeded }
      return [review]
    })
    return json(200, { items: reviews, ...next })
  })
}
