import { json } from '@remit/api/http/answer'
import { type Cursors, pageOf } from '@remit/api/http/cursor'
import { endpoint, type Surroundings } from '@remit/api/http/endpoint'
import { textsOf } from '@remit/api/resources/details'
import type { ReviewResource } from '@remit/api/resources/shapes'
import type { Documents } from '@remit/documents/documents'
import { type AccountId, accountOf, type TransferId } from '@remit/domain/ids'
import { toWire } from '@remit/domain/money'
import { LIST, reviewItem } from './review-list.ts'

export type ReviewDesk = {
  readonly surroundings: Surroundings
  readonly reviews: Documents
  readonly details: Documents
  readonly cursors: Cursors
}

/** `GET /v1/reviews`: the transfers that wait for a person, oldest due first. */
export function listReviews(desk: ReviewDesk) {
  return endpoint(desk.surroundings, { roles: ['reviewer'], key: 'ignored' }, async ({ request }) => {
    const asked = desk.cursors.read(request, 'reviews')
    const from = asked.after === undefined ? [] : [{ path: 'order', is: '>', value: asked.after } as const]
    const where = [{ path: 'waiting', is: '=', value: true } as const, ...from]
    const items = await desk.reviews.query(LIST, { where, orderBy: { path: 'order' }, limit: asked.limit + 1 })
    const found = items.map(item => reviewItem.parse(item))
    const { page, next } = pageOf(desk.cursors, asked, found, ({ order = '' }) => order)
    const keys = page.map(({ id }) => ({ partition: accountOf(id as TransferId), id }))
    const texts = await textsOf(desk.details, keys)
    const reviews = page.flatMap(({ id, held, reviewDueAt = '', approvedBy, approvalsNeeded = 1 }, index) => {
      if (held === undefined) return []
      const { from: payer, to, amount, currency, requestedAt } = held
      const memo = texts[index]?.memo
      const review: ReviewResource = {
        transferId: id,
        from: payer as AccountId,
        to: to as AccountId,
        amount: toWire(amount),
        currency,
        ...(memo === undefined ? {} : { memo }),
        requestedAt,
        reviewDueAt,
        approvals: approvedBy.length,
        approvalsNeeded,
      }
      return [review]
    })
    return json(200, { items: reviews, ...next })
  })
}
