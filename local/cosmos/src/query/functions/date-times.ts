import type { Value } from '../evaluation/values.ts'

/** `ticks` are those of the last second, of 100 ns each. */
export type DateParts = {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  ticks: number
}
export type PartName = keyof DateParts | 'millisecond' | 'microsecond' | 'nanosecond'

/** The names a part of a date goes by, as documented. */
export const partNames: ReadonlyMap<string, PartName> = new Map(
  Object.entries({
    year: ['year', 'yyyy', 'yy'],
    month: ['month', 'mm', 'm'],
    day: ['day', 'dd', 'd'],
    hour: ['hour', 'hh'],
    minute: ['minute', 'mi', 'n'],
    second: ['second', 'ss', 's'],
    millisecond: ['millisecond', 'ms'],
    microsecond: ['microsecond', 'mcs'],
    nanosecond: ['nanosecond', 'ns'],
  }).flatMap(([part, names]) => names.map(name => [name, part as PartName])),
)

const nsPerTick = 100n
const nsPerMs = 1_000_000n
const nsPerSecond = 1_000_000_000n
const spans: Partial<Record<PartName, bigint>> = {
  day: 86_400n * nsPerSecond,
  hour: 3_600n * nsPerSecond,
  minute: 60n * nsPerSecond,
  second: nsPerSecond,
  millisecond: nsPerMs,
  microsecond: 1_000n,
}

/** Nanoseconds of a day and of all that is shorter. */
export function spanOf(part: PartName): bigint {
  return spans[part] ?? 1n
}

const written = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,7}))?)?Z?$/

/** Nanoseconds since 1970 of a date and time in the form of ISO 8601, always in UTC; undefined for anything else. */
export function parseTime(value: Value): bigint | undefined {
  const found = typeof value === 'string' ? written.exec(value) : null
  if (found === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map(digits => Number(digits ?? 0))
  const ticks = Number((found[7] ?? '').padEnd(7, '0'))
  return nanosecondsOf({ year, month, day, hour, minute, second, ticks })
}

/** Undefined where the calendar has no such time. */
export function nanosecondsOf(parts: DateParts): bigint | undefined {
  const { year, month, day, hour, minute, second, ticks } = parts
  const isClock = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60
  if (!isClock || ticks < 0 || ticks > 9_999_999 || year < 1 || year > 9999) return undefined
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return undefined
  const date = new Date(Date.UTC(2000, month - 1, day, hour, minute, second))
  date.setUTCFullYear(year, month - 1, day)
  return BigInt(date.getTime()) * nsPerMs + BigInt(ticks) * nsPerTick
}

export function partsOf(time: bigint): DateParts {
  const rest = ((time % nsPerSecond) + nsPerSecond) % nsPerSecond
  const date = new Date(Number((time - rest) / nsPerMs))
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    ticks: Number(rest / nsPerTick),
  }
}

const earliest = nanosecondsOf({ year: 1, month: 1, day: 1, hour: 0, minute: 0, second: 0, ticks: 0 }) as bigint
const latest = nanosecondsOf({
  year: 9999,
  month: 12,
  day: 31,
  hour: 23,
  minute: 59,
  second: 59,
  ticks: 9_999_999,
}) as bigint

/** With seven digits of a second; undefined before the year 1 and after 9999. */
export function formatTime(time: bigint): string | undefined {
  if (time < earliest || time > latest) return undefined
  const { year, month, day, hour, minute, second, ticks } = partsOf(time)
  const two = (value: number) => String(value).padStart(2, '0')
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
  return `${date}T${two(hour)}:${two(minute)}:${two(second)}.${String(ticks).padStart(7, '0')}Z`
}

/** A month later than the last of January is the last of February. */
export function addTo(time: bigint, part: PartName, count: bigint): bigint | undefined {
  if (part !== 'year' && part !== 'month') return time + count * spanOf(part)
  if (count > 120_000n || count < -120_000n) return undefined
  const parts = partsOf(time)
  const months = parts.year * 12 + parts.month - 1 + Number(count) * (part === 'year' ? 12 : 1)
  const year = Math.floor(months / 12)
  const month = (months % 12) + 1
  return nanosecondsOf({ ...parts, year, month, day: Math.min(parts.day, daysOf(year, month)) })
}

function daysOf(year: number, month: number): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month, 0)
  return date.getUTCDate()
}
