import type { Decided, Listed } from './api.ts'
import { useDesk } from './desk.ts'
import { exactTime, timeOfDay } from './moments.ts'
import { formatMoney } from './money.ts'
import { names } from './outcome.ts'
import { PartyName } from './party.tsx'
import { addressOf } from './place.ts'
import { Empty, Skeleton } from './states.tsx'

type Props = {
  readonly known: Listed<Decided> | undefined
  readonly chosen: string | undefined
  readonly showMore: () => void
}

const OUTCOMES = { accepted: 'Accepted', declined: 'Declined', expired: 'Expired' } as const

/** What was decided or expired today, newest first. */
export function DecidedList({ known, chosen, showMore }: Props) {
  if (known === undefined) return <Skeleton />
  if (known.items.length === 0)
    return (
      <div class="panel">
        <Empty title="Nothing yet today" text="What is decided or expires today is listed here." />
      </div>
    )
  return (
    <>
      <ul class="rows panel">
        {known.items.map(one => (
          <li key={one.transferId}>
            <Row decided={one} chosen={one.transferId === chosen} />
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

function Row({ decided, chosen }: { readonly decided: Decided; readonly chosen: boolean }) {
  const { me } = useDesk()
  const { transferId, from, to, amount, currency, outcome, decidedAt, decisions } = decided
  const by = decisions.flatMap(one =>
    one.by !== undefined && (outcome !== 'declined' || one.what === 'declined') ? [one.by] : [],
  )
  return (
    <a
      class="row"
      href={addressOf({ list: 'today', transfer: transferId })}
      data-row={transferId}
      aria-current={chosen ? 'true' : undefined}
    >
      <span class="who">
        <PartyName id={from} /> <span class="arrow">to</span> <PartyName id={to} />
      </span>
      <span class="amount">{formatMoney(amount, currency)}</span>
      <span class="memo muted">
        <span class={`chip ${outcome}`}>{OUTCOMES[outcome]}</span>
        {outcome === 'expired' ? 'nobody decided' : `by ${names(by, me.sub)}`}
      </span>
      <time class="due when" dateTime={decidedAt} title={exactTime(decidedAt)}>
        {timeOfDay(decidedAt)}
      </time>
    </a>
  )
}
