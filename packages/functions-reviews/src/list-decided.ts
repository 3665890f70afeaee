import { json } from '@remit/api/http/answer'
import { pageOf } from '@remit/api/http/cursor'
import { endpoint } from '@remit/api/http/endpoint'
import { invalidParameter } from '@remit/api/http/problems'
import type { Request } from '@remit/api/http/request'
import type { DecidedReviewResource } from '@remit/api/resources/shapes'
import { z } from 'zod'
import { memosOf, type ReviewDesk, transferOf } from './review-desk.ts'
import { endOf, LIST, type ReviewItem, reviewItem } from './review-list.ts'

/** `GET /v1/reviews/decided?since=`: what was accepted, declined or expired, by whom and when; newest first. */
export function listDecided(desk: ReviewDesk) {
  return endpoint(desk.surroundings, { roles: ['reviewer'], key: 'ignored' }, async ({ request }) => {
    const since = sinceIn(request)
    const asked = desk.cursors.read(request, `decided since ${since}`)
    const before = asked.after === undefined ? [] : [{ path: 'endOrder', is: '<', value: asked.after } as const]
    const where = [{ path: 'endOrder', is: '>=', value: since } as const, ...before]
    const orderBy = { path: 'endOrder', descending: true }
    const items = await desk.reviews.query(LIST, { where, orderBy, limit: asked.limit + 1 })
    const found = items.map(item => reviewItem.parse(item))
    const { page, next } = pageOf(desk.cursors, asked, found, ({ endOrder = '' }) => endOrder)
    const texts = await memosOf(desk, page)
    const decided = page.flatMap((item, index) => {
      const transfer = transferOf(item, texts[index]?.memo)
      return transfer === undefined ? [] : [{ ...transfer, ...shownEnd(item) }]
    })
    return json(200, { items: decided, ...next })
  })
}

function shownEnd(item: ReviewItem): Pick<DecidedReviewResource, 'outcome' | 'decidedAt' | 'decisions'> {
  const end = endOf(item)
  const decisions = (item.decisions ?? []).map(({ what, at, by }) => ({
    what,
    at,
    ...(by === undefined ? {} : { by }),
  }))
  return { outcome: end?.what ?? 'expired', decidedAt: end?.at ?? '', decisions }
}

const time = z.iso.datetime({ precision: 3 })

/** Without it: everything that is kept, which is thirty days. */
function sinceIn(request: Request): string {
  const text = request.query.get('since')
  if (text === null) return ''
  if (!time.safeParse(text).success) throw invalidParameter('since', 'a time in UTC with milliseconds, ISO 8601')
  return text
}
