import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Refused } from './answers.ts'
import type { Transfer } from './api.ts'
import { Decision } from './decision.tsx'
import { useDesk } from './desk.ts'
import { Due } from './due.tsx'
import { History } from './history.tsx'
import { useLive, useNow } from './live.ts'
import { exactTime, nearTime } from './moments.ts'
import { formatMoney } from './money.ts'
import { endOf, names, type Outcome } from './outcome.ts'
import { PartyCard } from './party.tsx'
import { Empty } from './states.tsx'

type Props = {
  readonly id: string
  /** Tells that somebody here decided, or saw the end of it. */
  readonly ended: (transfer: Transfer) => void
  readonly back: () => void
  /** To the next one that waits, when there is one. */
  readonly next: (() => void) | undefined
}

/** One transfer, with everything there is to judge it by. */
export function OneTransfer({ id, ended, back, next }: Props) {
  const { api, announce, me } = useDesk()
  const live = useLive(id, () => api.transfer(id))
  const [own, setOwn] = useState<{ outcome: Outcome; transfer: Transfer; times: number }>()
  const transfer = newer(live.value, own?.transfer)
  const times = own?.times ?? 0
  const outcome = shownOutcome(transfer, own?.outcome, me.sub)
  const heading = useRef<HTMLHeadingElement>(null)
  const loaded = transfer !== undefined
  useLayoutEffect(() => heading.current?.focus(), [loaded])
  const said = outcome && `${outcome.title}. ${outcome.text}`
  useEffect(() => {
    if (said !== undefined) announce(said)
  }, [said, announce])
  const over = transfer !== undefined && transfer.status !== 'held'
  useEffect(() => {
    if (transfer !== undefined && over) ended(transfer)
  }, [over])
  if (transfer === undefined) return <Missing trouble={live.trouble?.error} back={back} />
  const decided = (reached: Outcome, now: Transfer) => {
    setOwn({ outcome: reached, transfer: now, times: times + 1 })
    live.refresh()
    if (now.status === 'held') ended(now)
  }
  return (
    <article class="one" aria-labelledby="one">
      <button type="button" class="back" onClick={back}>
        Back
      </button>
      <h2 id="one" ref={heading} tabIndex={-1}>
        <span class="unseen">Transfer of </span>
        <span class="sum">{formatMoney(transfer.amount, transfer.currency)}</span>
      </h2>
      <p class="memo-full">{transfer.memo ?? <span class="muted">No memo</span>}</p>
      {outcome && <Banner outcome={outcome} next={next} key={times} />}
      <dl class="parties">
        <PartyCard id={transfer.from} side="From" />
        <PartyCard id={transfer.to} side="To" />
      </dl>
      <Facts transfer={transfer} />
      <History transfer={transfer} key={transfer.transferId} />
      {transfer.status === 'held' && <Decision transfer={transfer} decided={decided} key={times} />}
    </article>
  )
}

/** The view may be behind one's own decision for a moment; then the answer to that is the newer. */
function newer(live: Transfer | undefined, own: Transfer | undefined): Transfer | undefined {
  return live !== undefined && live.version >= (own?.version ?? 0) ? live : (own ?? live)
}

function shownOutcome(transfer: Transfer | undefined, own: Outcome | undefined, me: string): Outcome | undefined {
  const end = transfer && endOf(transfer, me)
  // One's own outcome says more than the end it led to, except when the end came later.
  return own !== undefined && (!own.waits || end === undefined) ? own : end
}

function Banner({ outcome, next }: { readonly outcome: Outcome; readonly next: Props['next'] }) {
  const title = useRef<HTMLParagraphElement>(null)
  useLayoutEffect(() => title.current?.focus(), [outcome.title])
  return (
    <div class={`banner ${outcome.tone}`}>
      <p class="banner-title" ref={title} tabIndex={-1}>
        {outcome.title}
      </p>
      <p>{outcome.text}</p>
      {next && (
        <button type="button" class="next" onClick={next}>
          Next transfer
        </button>
      )}
    </div>
  )
}

function Facts({ transfer }: { readonly transfer: Transfer }) {
  const { me } = useDesk()
  const now = useNow()
  const { requestedAt, reviewDueAt, approvals = 0, approvalsNeeded = 1, decidedBy = [], status, reason } = transfer
  return (
    <dl class="facts">
      <dt>Requested</dt>
      <dd>
        <time dateTime={requestedAt} title={exactTime(requestedAt)}>
          {nearTime(requestedAt, now)}
        </time>
      </dd>
      {reviewDueAt !== undefined && (
        <>
          <dt>Due</dt>
          <dd class="due-fact">
            <time dateTime={reviewDueAt} title={exactTime(reviewDueAt)}>
              {nearTime(reviewDueAt, now)}
            </time>
            {status === 'held' && <Due {...{ requestedAt, reviewDueAt }} />}
          </dd>
        </>
      )}
      <dt>Accepted</dt>
      <dd>
        {approvals} of {approvalsNeeded} needed
      </dd>
      {decidedBy.length > 0 && (
        <>
          <dt>{status === 'held' ? 'Accepted by' : 'Decided by'}</dt>
          <dd>{names(decidedBy, me.sub)}</dd>
        </>
      )}
      {reason !== undefined && (
        <>
          <dt>Reason</dt>
          <dd>{reason}</dd>
        </>
      )}
    </dl>
  )
}

function Missing({ trouble, back }: { readonly trouble: unknown; readonly back: () => void }) {
  const gone = trouble instanceof Refused && trouble.status === 404
  return (
    <article class="one">
      <button type="button" class="back" onClick={back}>
        Back
      </button>
      {gone ? (
        <Empty title="There is no such transfer" text="The address may be incomplete." />
      ) : (
        <div class="one-loading" aria-busy="true">
          <span class="loading" />
          <span class="loading" />
          <span class="loading" />
        </div>
      )}
    </article>
  )
}
