import type { Listed, Review } from './api.ts'
import { Due } from './due.tsx'
import { formatMoney } from './money.ts'
import { PartyName } from './party.tsx'
import { addressOf } from './place.ts'
import { Empty, Skeleton } from './states.tsx'

type Props = {
  readonly known: Listed<Review> | undefined
  readonly chosen: string | undefined
  readonly showMore: () => void
}

/** The transfers that wait for somebody, oldest due first. */
export function WaitingList({ known, chosen, showMore }: Props) {
  if (known === undefined) return <Skeleton />
  if (known.items.length === 0) {
    return (
      <div class="panel">
        <Empty title="Nothing waits" text="Significant transfers show up here by themselves." />
      </div>
    )
  }
  return (
    <>
      <ul class="rows panel">
        {known.items.map(review => (
          <li key={review.transferId}>
            <Row review={review} chosen={review.transferId === chosen} />
          </li>
        ))}
      </ul>
      {known.more && (
        <button type="button" class="more" onClick={showMore}>
          Show more
        </button>
      )}
    </>
  )
}

function Row({ review, chosen }: { readonly review: Review; readonly chosen: boolean }) {
  const { transferId, from, to, amount, currency, memo, approvals, approvalsNeeded } = review
  return (
    <a
      class="row"
      href={addressOf({ list: 'waiting', transfer: transferId })}
      data-row={transferId}
      aria-current={chosen ? 'true' : undefined}
    >
      <span class="who">
        <PartyName id={from} /> <span class="arrow">to</span> <PartyName id={to} />
      </span>
      <span class="amount">{formatMoney(amount, currency)}</span>
      <span class="memo muted">
        {approvalsNeeded > 1 && (
          <span class="chip">
            {approvals} of {approvalsNeeded}
            <span class="unseen"> accepted</span>
          </span>
        )}
        {memo ?? 'No memo'}
      </span>
      <Due {...review} />
    </a>
  )
}
