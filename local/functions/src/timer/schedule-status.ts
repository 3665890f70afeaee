import type { ContainerClient } from '@azure/storage-blob'
import { statusOf, uploadBlob } from '../storage/host-container.ts'
import { zonedTime } from '../storage/trigger-metadata.ts'
import type { Schedule } from './schedule.ts'
import type { TimeZone } from './time-zone.ts'

/** How far a timer has come, in milliseconds since 1970; undefined stands for never. */
export interface ScheduleStatus {
  last: number | undefined
  next: number | undefined
  lastUpdated: number | undefined
}

/** A status as it is stored and as functions see it. */
export interface WrittenStatus {
  Last: string
  Next: string
  LastUpdated: string
}

const never = '0001-01-01T00:00:00'

export function writeStatus({ last, next, lastUpdated }: ScheduleStatus, zone: TimeZone): WrittenStatus {
  const text = (at: number | undefined) => (at === undefined ? never : zonedTime(new Date(at), zone(at)))
  return { Last: text(last), Next: text(next), LastUpdated: text(lastUpdated) }
}

function readStatus(text: string): ScheduleStatus {
  const { Last, Next, LastUpdated } = JSON.parse(text) as WrittenStatus
  const moment = (written: string) => (written.startsWith('0001-') ? undefined : Date.parse(written))
  return { last: moment(Last), next: moment(Next), lastUpdated: moment(LastUpdated) }
}

/** Where a timer's status outlives its host. */
export interface StatusStore {
  /** Answers undefined when nothing was ever kept. */
  read(): Promise<ScheduleStatus | undefined>
  write(status: ScheduleStatus): Promise<void>
}

/** @param path of the timer, below `timers/` */
export function statusStore(container: () => ContainerClient, path: string, zone: TimeZone): StatusStore {
  const name = `timers/${path}/status`
  return {
    async read() {
      try {
        return readStatus((await container().getBlobClient(name).downloadToBuffer()).toString('utf8'))
      } catch (error) {
        if (statusOf(error) === 404) return undefined
        throw error
      }
    },
    async write(status) {
      const content = Buffer.from(JSON.stringify(writeStatus(status, zone)))
      await uploadBlob(container(), name, { content })
    },
  }
}

/**
 * Compares what was kept with the schedule, and keeps what follows. A schedule that was changed begins anew.
 * Answers the status from which to go on and whether an occurrence was missed.
 */
export async function resumeSchedule(
  store: StatusStore,
  schedule: Schedule,
  now: number,
): Promise<{ status: ScheduleStatus; isPastDue: boolean }> {
  const kept = await store.read()
  if (!kept) {
    const next = schedule.next(now)
    await store.write({ last: undefined, next, lastUpdated: now })
    return { status: { last: undefined, next, lastUpdated: undefined }, isPastDue: false }
  }
  let updated = kept.last ?? kept.lastUpdated ?? now
  let expected = schedule.next(updated)
  let status = kept
  if (kept.next !== expected) {
    if (expected !== undefined && now > expected) {
      expected = schedule.next(now)
      updated = now
    }
    status = { last: undefined, next: expected, lastUpdated: updated }
    await store.write(status)
  }
  return { status, isPastDue: status.next !== undefined && now > status.next }
}
