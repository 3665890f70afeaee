import type { Review } from './api.ts'
import { useNow } from './live.ts'
import { exactTime } from './moments.ts'
import { timeLeft } from './time-left.ts'

/** How long there is to decide: in words, as a bar, and exactly for whoever asks. */
export function Due({ requestedAt, reviewDueAt }: Pick<Review, 'requestedAt' | 'reviewDueAt'>) {
  const left = timeLeft(requestedAt, reviewDueAt, useNow())
  const label = { calm: 'left', urgent: 'left, due soon', over: '' }[left.state]
  return (
    <time class={`due ${left.state}`} dateTime={reviewDueAt} title={`Due ${exactTime(reviewDueAt)}`}>
      <span class="due-text">
        {left.text} <span class="due-label">{label}</span>
      </span>
      <span class="bar" aria-hidden="true">
        <span style={{ width: `${Math.round(left.share * 1000) / 10}%` }} />
      </span>
    </time>
  )
}
