import type { Append } from './append.ts'
import { appendNumber } from './append.ts'

/** What must be known of a stream to decide its next command. */
export type Head<State> = {
  /** Number of the newest append; 0 before the first. */
  readonly number: number
  /** Version of the newest event; 0 before the first. */
  readonly version: number
  readonly hash: string
  readonly state: State
  readonly lastTs: number
  readonly recent: readonly string[]
  readonly overflow: boolean
  /** Commands of this stream wait in the appends from `since` on, and whatever comes queues behind them. */
  readonly parked: Append['after']['parked']
}

export function emptyHead<State>(initial: State): Head<State> {
  return { number: 0, version: 0, hash: '', state: initial, lastTs: 0, recent: [], overflow: false, parked: undefined }
}

export function headAfter<State>(item: Append, state: State): Head<State> {
  const { lastTs, recent, overflow = false, parked } = item.after
  return { number: appendNumber(item.id), version: item.to, hash: item.hash, state, lastTs, recent, overflow, parked }
}
