import type { Review } from './api.ts'
import { useNow } from './live.ts'
import { exactTime } from './moments.ts'
import { timeLeft } from './time-left.ts'

/** How long there is to decide: in words, as a bar, and exactly for whoever asks. */
export function Due({ requestedAt, reviewDueAt }: Pick<Review, 'requestedAt' | 'reviewDueAt'>) {
  const left = timeLeft(requestedAt, reviewDueAt, useNow())
  return (
    <time class={`due ${left.state}`} dateTime={reviewDueAt} title={`Due ${exactTime(reviewDueAt)}`}>
      <span class="due-text">
        {left.state === 'urgent' && 'only '}
        {left.text}
        {left.state === 'calm' && <span class="due-label"> left</span>}
      </span>
      <span class="bar" aria-hidden="true">
        <span style={{ width: `${Math.round(left.share * 1000) / 10}%` }} />
      </span>
    </time>
  )
}
