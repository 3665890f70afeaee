import { troubleOf } from './answers.ts'
import { useNow } from './live.ts'
import type { Known } from './polling.ts'
import { duration } from './time-left.ts'

const ROWS = [0, 1, 2, 3]

/** As high as the rows that will take its place, so that nothing jumps. */
export function Skeleton() {
  return (
    <ul class="rows panel" aria-busy="true" aria-label="Loading">
      {ROWS.map(row => (
        <li key={row} class="row skeleton">
          <span class="who loading" />
          <span class="amount loading" />
          <span class="memo loading" />
          <span class="due loading" />
        </li>
      ))}
    </ul>
  )
}

export function Empty({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      <p class="muted">{text}</p>
    </div>
  )
}

type TroubleProps = { readonly of: NonNullable<Known<unknown>['trouble']>; readonly again: () => void }

/** Says that what is shown may be old, why, and when it is looked at again. It lies over the page and moves nothing. */
export function Trouble({ of, again }: TroubleProps) {
  const left = of.againAt - useNow()
  return (
    <div class="trouble">
      <p role="alert">{troubleOf(of.error)}</p>
      <p class="muted">{left > 0 ? `Trying again in ${duration(left)}.` : 'Trying again now.'}</p>
      <button type="button" onClick={again}>
        Try now
      </button>
    </div>
  )
}
