import type { ComponentChildren } from 'preact'
import type { Listed } from './api.ts'
import { formatMoney } from './money.ts'
import { PartyName } from './party.tsx'
import { addressOf, type Place } from './place.ts'
import { Empty, Skeleton } from './states.tsx'

/** What every list says of a transfer. */
type Shown = {
  readonly transferId: string
  readonly from: string
  readonly to: string
  readonly amount: string
  readonly currency: string
}

/** What a list is given to show. */
export type ListProps<One> = {
  /** Undefined until it was first heard of. */
  readonly known: Listed<One> | undefined
  readonly chosen: string | undefined
  readonly showMore: () => void
}

type Props<One> = ListProps<One> & {
  readonly list: Place['list']
  /** Said when there is nothing to show. */
  readonly empty: { readonly title: string; readonly text: string }
  /** The second line of a row. */
  readonly memo: (one: One) => ComponentChildren
  readonly time: (one: One) => ComponentChildren
}

/** Transfers, a row each: from whom to whom, how much, and what else the list has to say. */
export function TransferList<One extends Shown>({ known, chosen, showMore, list, empty, memo, time }: Props<One>) {
  if (known === undefined) return <Skeleton />
  if (known.items.length === 0) {
    return (
      <div class="panel">
        <Empty {...empty} />
      </div>
    )
  }
  return (
    <>
      <ul class="rows panel">
        {known.items.map(one => (
          <li key={one.transferId}>
            <a
              class="row"
              href={addressOf({ list, transfer: one.transferId })}
              data-row={one.transferId}
              aria-current={one.transferId === chosen ? 'true' : undefined}
            >
              <span class="who">
                <PartyName id={one.from} /> <span class="arrow">to</span> <PartyName id={one.to} />
              </span>
              <span class="amount">{formatMoney(one.amount, one.currency)}</span>
              <span class="memo muted">{memo(one)}</span>
              {time(one)}
            </a>
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
