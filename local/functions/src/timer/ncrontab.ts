/**
 * An NCRONTAB expression. Its moments are wall-clock times, in milliseconds since 1970 as if the clock showed UTC.
 * What is valid, and what it means, is as in the library of that name: https://github.com/atifaziz/NCrontab
 */
export interface Ncrontab {
  /** The first moment after another one; undefined when there is none. */
  next(after: number): number | undefined
  /** Whether it comes again and again, which matters when the clocks are put back. */
  interval: boolean
  /** Whether it comes several times in every minute. */
  subMinute: boolean
}

const monthNames = 'january february march april may june july august september october november december'.split(' ')
const dayNames = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ')

interface FieldRange {
  least: number
  most: number
  names?: string[]
}

const secondOrMinute: FieldRange = { least: 0, most: 59 }
const hour: FieldRange = { least: 0, most: 23 }
const dayOfMonth: FieldRange = { least: 1, most: 31 }
const month: FieldRange = { least: 1, most: 12, names: monthNames }
const dayOfWeek: FieldRange = { least: 0, most: 6, names: dayNames }
const ranges = [secondOrMinute, secondOrMinute, hour, dayOfMonth, month, dayOfWeek]

/** How far a schedule is searched before it is given up, in years: the 29th of February on a given day of the week. */
const longestSearch = 40

/**
 * Parses `{second} {minute} {hour} {day} {month} {day of week}`, or five fields without the second.
 * Answers undefined when the expression is not valid.
 */
export function parseNcrontab(expression: string): Ncrontab | undefined {
  const texts = expression.split(' ').filter(text => text !== '')
  const hasSeconds = texts.length === 6
  if (texts.length === 5) texts.unshift('0')
  if (texts.length !== 6) return undefined
  const fields = ranges.map((range, index) => parseField(texts[index] ?? '', range))
  if (!fields.every(field => field !== undefined)) return undefined
  const isFull = (index: number) => fields[index]?.size === sizeOf(ranges[index] as FieldRange)
  const timeFields = (hasSeconds ? [0, 1, 2] : [1, 2]).map(index => fields[index] as Set<number>)
  return {
    next: after => nextMatch(fields, after),
    interval: timeFields.some(hasNeighbours),
    subMinute: (fields[0]?.size ?? 0) > 1 && [1, 2, 3, 4, 5].every(isFull),
  }
}

function nextMatch(fields: Set<number>[], after: number): number | undefined {
  const [seconds, minutes, hours, days, months, weekdays] = fields
  const at = new Date(Math.floor(after / 1000) * 1000 + 1000)
  const end = at.getUTCFullYear() + longestSearch
  while (at.getUTCFullYear() <= end) {
    const isDay = months?.has(at.getUTCMonth() + 1) && days?.has(at.getUTCDate()) && weekdays?.has(at.getUTCDay())
    if (!isDay) at.setUTCHours(24, 0, 0)
    else if (!hours?.has(at.getUTCHours())) at.setUTCHours(at.getUTCHours() + 1, 0, 0)
    else if (!minutes?.has(at.getUTCMinutes())) at.setUTCMinutes(at.getUTCMinutes() + 1, 0)
    else if (!seconds?.has(at.getUTCSeconds())) at.setUTCSeconds(at.getUTCSeconds() + 1)
    else return at.getTime()
  }
  return undefined
}

function parseField(text: string, range: FieldRange): Set<number> | undefined {
  const values = new Set<number>()
  for (const part of text.split(',')) {
    const slash = part.indexOf('/')
    const span = slash > 0 ? part.slice(0, slash) : part
    const step = slash > 0 ? wholeNumber(part.slice(slash + 1)) : undefined
    const ends = spanOf(span, slash > 0, range)
    if (!ends || (slash > 0 && step === undefined)) return undefined
    // The library turns a range round that is the wrong way, and takes a step below one for one.
    const [first, last] = ends[0] > ends[1] ? [ends[1], ends[0]] : ends
    if (first < range.least || last > range.most) return undefined
    for (let value = first; value <= last; value += Math.max(step ?? 1, 1)) values.add(value)
  }
  return values
}

/** `5/10` means from 5 on, every 10. */
function spanOf(span: string, stepped: boolean, range: FieldRange): [number, number] | undefined {
  if (span === '*') return [range.least, range.most]
  const dash = span.indexOf('-')
  const first = numberOf(dash > 0 ? span.slice(0, dash) : span, range)
  const last = dash > 0 ? numberOf(span.slice(dash + 1), range) : stepped ? range.most : first
  return first === undefined || last === undefined ? undefined : [first, last]
}

/** A number, or the beginning of a name. */
function numberOf(text: string, { least, names }: FieldRange): number | undefined {
  if (text === '') return undefined
  if (/^\d/.test(text)) return wholeNumber(text)
  const index = names?.findIndex(name => name.startsWith(text.toLowerCase())) ?? -1
  return index === -1 ? undefined : index + least
}

function wholeNumber(text: string): number | undefined {
  return /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : undefined
}

function sizeOf({ least, most }: FieldRange): number {
  return most - least + 1
}

function hasNeighbours(values: Set<number>): boolean {
  return [...values].some(value => values.has(value + 1))
}
