import type { Cursors } from '@remit/api/http/cursor'
import type { Surroundings } from '@remit/api/http/endpoint'
import { textsOf } from '@remit/api/resources/details'
import type { ReviewResource } from '@remit/api/resources/shapes'
import type { Documents } from '@remit/documents/documents'
import { type AccountId, accountOf, type TransferId } from '@remit/domain/ids'
import { toWire } from '@remit/domain/money'
import type { ReviewItem } from './review-list.ts'

export type ReviewDesk = {
  readonly surroundings: Surroundings
  readonly reviews: Documents
  readonly details: Documents
  readonly cursors: Cursors
}

/** The free texts of these transfers, read together. */
export function memosOf({ details }: ReviewDesk, items: readonly ReviewItem[]) {
  return textsOf(
    details,
    items.map(({ id }) => ({ partition: accountOf(id as TransferId), id })),
  )
}

type Reviewed = Pick<ReviewResource, 'transferId' | 'from' | 'to' | 'amount' | 'currency' | 'memo' | 'requestedAt'>

/** What a reviewer is shown of the transfer itself; nothing while only later news have arrived. */
export function transferOf({ id, held }: ReviewItem, memo: string | undefined): Reviewed | undefined {
  if (held === undefined) return undefined
  const { from, to, amount, currency, requestedAt } = held
  return {
    transferId: id,
    from: from as AccountId,
    to: to as AccountId,
    amount: toWire(amount),
    currency,
    ...(memo === undefined ? {} : { memo }),
    requestedAt,
  }
}
