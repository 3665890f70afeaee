import { messageOf } from '../start-error.ts'
import { type Clock, waitUntil } from './clock.ts'
import type { Schedule } from './schedule.ts'
import {
  resumeSchedule,
  type ScheduleStatus,
  type StatusStore,
  type WrittenStatus,
  writeStatus,
} from './schedule-status.ts'

/** A timer in the host's own spelling: the library turns the names into camel case. */
export interface TimerPayload {
  Schedule: { AdjustForDST: boolean }
  /** Null when it is not kept. */
  ScheduleStatus: WrittenStatus | null
  IsPastDue: boolean
}

export interface Timer {
  schedule: Schedule
  runOnStartup: boolean
  /** Without it nothing is kept, and nothing is ever past due. */
  store: StatusStore | undefined
  clock: Clock
  /** Calls the function. Never rejects. */
  run(payload: TimerPayload): Promise<void>
  warn(message: string): void
}

/** Runs a timer, one run at a time, until it is stopped. A run that is through keeps how far the timer has come. */
export async function runSchedule(timer: Timer, stop: AbortSignal): Promise<void> {
  const { schedule, store, clock } = timer
  const now = clock.now()
  const begin = store
    ? await resumeSchedule(store, schedule, now)
    : { status: { last: undefined, next: schedule.next(now), lastUpdated: undefined }, isPastDue: false }
  let { status } = begin
  if (begin.isPastDue) status = await runOnce(timer, status, true)
  else if (timer.runOnStartup) status = await runOnce(timer, status, false)
  while (status.next !== undefined && (await waitUntil(clock, status.next, stop))) {
    status = await runOnce(timer, status, false)
  }
}

async function runOnce(timer: Timer, status: ScheduleStatus, isPastDue: boolean): Promise<ScheduleStatus> {
  const { schedule, store } = timer
  const now = timer.clock.now()
  await timer.run({
    Schedule: { AdjustForDST: schedule.adjustForDST },
    ScheduleStatus: store ? writeStatus(status, schedule.zone) : null,
    IsPastDue: isPastDue,
  })
  const after: ScheduleStatus = { last: now, next: schedule.next(now), lastUpdated: now }
  await store?.write(after).catch(error => timer.warn(`the timer's status could not be kept: ${messageOf(error)}`))
  return after
}
