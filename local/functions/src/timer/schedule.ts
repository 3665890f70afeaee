import type { Binding } from '../core-api.ts'
import type { LoadedFunction } from '../invoke.ts'
import { StartError } from '../start-error.ts'
import { parseTimeSpan } from '../time-span.ts'
import { parseNcrontab } from './ncrontab.ts'
import { nextInZone, type TimeZone, timeZoneOf } from './time-zone.ts'

/** When a timer runs. All moments in milliseconds since 1970. */
export interface Schedule {
  /** The first moment after another one; undefined when there is none. */
  next(after: number): number | undefined
  /** Whether its state is too short-lived to be kept. */
  subMinute: boolean
  adjustForDST: boolean
  zone: TimeZone
}

const minute = 60_000

/**
 * A time span as .NET reads it: from 24 on, the first number counts days. Facts:
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#timespan
 */
function intervalOf(text: string): number | undefined {
  const [, days, rest] = /^(\d{2,}):(\d{1,2}:\d{1,2})$/.exec(text.trim()) ?? []
  return parseTimeSpan(days !== undefined && Number(days) >= 24 ? `${days}.${rest}` : text)
}

/** Throws a StartError for a schedule that is neither NCRONTAB nor a time span. */
export function scheduleOf({ name, app }: LoadedFunction, { schedule }: Binding): Schedule {
  const text = typeof schedule === 'string' ? schedule : ''
  const cron = parseNcrontab(text)
  const span = cron ? undefined : intervalOf(text)
  if (!cron && (span === undefined || span === 0)) {
    throw new StartError(`Function "${name}": the schedule "${text}" is not valid.`)
  }
  const zone = timeZoneOf(name, app.settings)
  if (cron) {
    return { next: after => nextInZone(cron, zone, after), subMinute: cron.subMinute, adjustForDST: true, zone }
  }
  const length = span ?? 0
  return { next: after => after + length, subMinute: length < minute, adjustForDST: false, zone }
}
