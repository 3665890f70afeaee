import type { Value } from '../evaluation/values.ts'
import {
  addTo,
  type DateParts,
  formatTime,
  nanosecondsOf,
  parseTime,
  partNames,
  partsOf,
  spanOf,
} from './date-times.ts'
import { type BuiltIns, definerOf, isInteger, isText } from './function-table.ts'

export const dateFunctions: BuiltIns = new Map()
const define = definerOf(dateFunctions)

const nsPerTick = 100n
const nsPerMs = 1_000_000n
const now = () => BigInt(Date.now()) * nsPerMs

for (const suffix of ['', 'STATIC']) {
  define(`GETCURRENTDATETIME${suffix}`, 0, () => formatTime(now()))
  define(`GETCURRENTTIMESTAMP${suffix}`, 0, () => Date.now())
  define(`GETCURRENTTICKS${suffix}`, 0, () => Number(now() / nsPerTick))
}
define('NOW', [0, 2], (part, count) => (part === undefined ? formatTime(now()) : added(part, count, now())))
define('AGO', 2, (part, count) => (isInteger(count) ? added(part, -count, now()) : undefined))
define('IS_DATETIME', 1, value => parseTime(value) !== undefined)
define('DATETIMETOTIMESTAMP', 1, value => fromTime(value, time => Number(floorDivide(time, nsPerMs))))
define('DATETIMETOTICKS', 1, value => fromTime(value, time => Number(time / nsPerTick)))
define('TIMESTAMPTODATETIME', 1, value => (isInteger(value) ? formatTime(BigInt(value) * nsPerMs) : undefined))
define('TICKSTODATETIME', 1, value => (isInteger(value) ? formatTime(BigInt(value) * nsPerTick) : undefined))
define('DATETIMEADD', 3, (part, count, value) => fromTime(value, time => added(part, count, time)))
define('DATETIMEPART', 2, (part, value) => fromTime(value, time => partOf(part, time)))
define('YEAR', 1, value => fromTime(value, time => partOf('year', time)))
define('MONTH', 1, value => fromTime(value, time => partOf('month', time)))
define('DAY', 1, value => fromTime(value, time => partOf('day', time)))
define('DATETIMEFROMPARTS', [3, 7], (...given) => {
  if (!given.every(isInteger)) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ticks = 0] = given
  const time = nanosecondsOf({ year, month, day, hour, minute, second, ticks })
  return time === undefined ? undefined : formatTime(time)
})
define('DATETIMEDIFF', 3, (part, from, to) =>
  fromTime(from, start => fromTime(to, end => boundariesBetween(part, start, end))),
)
define('DATETIMEBIN', [2, 4], (value, part, size = 1, start = '1970-01-01') =>
  fromTime(value, time => fromTime(start, from => binned(part, { time, size, from }))))

function fromTime(value: Value, apply: (time: bigint) => Value): Value {
  const time = parseTime(value)
  return time === undefined ? undefined : apply(time)
}

function named(part: Value): keyof DateParts | 'millisecond' | 'microsecond' | 'nanosecond' | undefined {
  return isText(part) ? partNames.get(part) : undefined
}

function added(part: Value, count: Value, time: bigint): Value {
  const name = named(part)
  if (name === undefined || !isInteger(count)) return undefined
  const sum = addTo(time, name, BigInt(count))
  return sum === undefined ? undefined : formatTime(sum)
}

function partOf(part: Value, time: bigint): Value {
  const name = named(part)
  if (name === undefined) return undefined
  const parts = partsOf(time)
  if (name === 'millisecond') return Math.floor(parts.ticks / 10_000)
  if (name === 'microsecond') return Math.floor(parts.ticks / 10)
  return name === 'nanosecond' ? parts.ticks * 100 : parts[name]
}

/** How many boundaries of years, of hours and so on lie between two times; not how long it is. */
function boundariesBetween(part: Value, start: bigint, end: bigint): Value {
  const name = named(part)
  if (name === undefined) return undefined
  if (name === 'year') return partsOf(end).year - partsOf(start).year
  if (name === 'month') return monthOf(end) - monthOf(start)
  const span = spanOf(name)
  return Number(floorDivide(end, span) - floorDivide(start, span))
}

/** Years and months are not all equally long, so bins of them are counted in months. */
function binned(part: Value, { time, size, from }: { time: bigint; size: Value; from: bigint }): Value {
  const name = named(part)
  if (name === undefined || !isInteger(size) || size < 1 || from < (parseTime('1601-01-01') as bigint)) return undefined
  if (name === 'year' || name === 'month') {
    const months = size * (name === 'year' ? 12 : 1)
    const bins = Math.floor((monthOf(time) - monthOf(from)) / months)
    const start = addTo(from, 'month', BigInt(bins * months))
    return start === undefined ? undefined : formatTime(start)
  }
  const length = spanOf(name) * BigInt(size)
  return formatTime(from + floorDivide(time - from, length) * length)
}

function monthOf(time: bigint): number {
  const { year, month } = partsOf(time)
  return year * 12 + month
}

function floorDivide(a: bigint, b: bigint): bigint {
  return a < 0n ? -((b - 1n - a) / b) : a / b
}
