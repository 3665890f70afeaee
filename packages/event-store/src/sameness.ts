import type { Append } from './append.ts'
import type { Head } from './head.ts'

/** `_ts` may be this far from a command's own time, in seconds; farther off, the item is a copy or was restored. */
const TRUSTED_DRIFT = 60

/** Most ids kept in `recent`; beyond, it is flagged and no longer proves that an id of its second is new. */
export const RECENT_IDS = 200

type Stamped = { readonly id: string; readonly at: string; readonly _ts: number }

/**
 * Whether this command was answered before, from the head alone: constant cost, however long the stream is.
 * `unsure` means that one indexed query inside the partition has to decide.
 *
 * A stored command never changes, so its `_ts` is fixed, and a stream's commands are first handled in the order of
 * `_ts`: what is newer than everything handled was never handled.
 */
export function answeredBefore(head: Head<unknown>, command: Stamped): 'yes' | 'no' | 'unsure' {
  if (head.recent.includes(command.id)) return 'yes'
  if (head.number === 0) return 'no'
  if (!(Math.abs(command._ts - Date.parse(command.at) / 1000) <= TRUSTED_DRIFT)) return 'unsure'
  if (command._ts > head.lastTs) return 'no'
  if (command._ts === head.lastTs && !head.overflow) return 'no'
  return 'unsure'
}

/** The memory of ids after an append that answers these commands. */
export function remember(
  head: Head<unknown>,
  answered: readonly Stamped[],
): Pick<Append['after'], 'lastTs' | 'recent' | 'overflow'> {
  const lastTs = Math.max(head.lastTs, ...answered.map(command => command._ts))
  const sameSecond = lastTs === head.lastTs
  const ids = [...new Set([...(sameSecond ? head.recent : []), ...answered.map(command => command.id)])]
  const overflow = ids.length > RECENT_IDS || (sameSecond && head.overflow)
  return { lastTs, recent: ids.slice(-RECENT_IDS), ...(overflow ? { overflow } : {}) }
}
