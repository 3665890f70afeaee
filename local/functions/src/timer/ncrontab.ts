/** Answers the first moment of a schedule after another moment, in milliseconds since 1970. */
export type NextOccurrence = (after: number) => number | undefined

const monthNames = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const dayNames = 'sun mon tue wed thu fri sat'.split(' ')

/** How far a schedule such as "30 February" is searched before it is given up, in years. */
const longestSearch = 10

/**
 * Parses an NCRONTAB expression: `{second} {minute} {hour} {day} {month} {day of week}`, or five fields without
 * the second. Times are UTC. Answers undefined when the expression is not valid.
 */
export function parseNcrontab(expression: string): NextOccurrence | undefined {
  const fields = expression.trim().split(/\s+/)
  if (fields.length === 5) fields.unshift('0')
  if (fields.length !== 6) return undefined
  const [seconds, minutes, hours, days, months, weekdays] = [
    parseField(fields[0], { least: 0, most: 59 }),
    parseField(fields[1], { least: 0, most: 59 }),
    parseField(fields[2], { least: 0, most: 23 }),
    parseField(fields[3], { least: 1, most: 31 }),
    parseField(fields[4], { least: 1, most: 12, names: monthNames }),
    parseField(fields[5], { least: 0, most: 6, names: dayNames }),
  ]
  if (!seconds || !minutes || !hours || !days || !months || !weekdays) return undefined
  const dayMatches = (at: Date) =>
    months.has(at.getUTCMonth() + 1) && days.has(at.getUTCDate()) && weekdays.has(at.getUTCDay())
  return after => {
    const at = new Date(Math.floor(after / 1000) * 1000 + 1000)
    const end = at.getUTCFullYear() + longestSearch
    while (at.getUTCFullYear() <= end) {
      if (!dayMatches(at)) at.setUTCHours(24, 0, 0)
      else if (!hours.has(at.getUTCHours())) at.setUTCHours(at.getUTCHours() + 1, 0, 0)
      else if (!minutes.has(at.getUTCMinutes())) at.setUTCMinutes(at.getUTCMinutes() + 1, 0)
      else if (!seconds.has(at.getUTCSeconds())) at.setUTCSeconds(at.getUTCSeconds() + 1)
      else return at.getTime()
    }
    return undefined
  }
}

interface FieldRange {
  least: number
  most: number
  names?: string[]
}

function parseField(text: string | undefined, range: FieldRange): Set<number> | undefined {
  const values = new Set<number>()
  for (const part of (text ?? '').split(',')) {
    const match = /^(\*|\w+(?:-\w+)?)(?:\/(\d+))?$/.exec(part)
    if (!match) return undefined
    const [, span = '', step] = match
    const [first, last] = span === '*' ? [range.least, range.most] : spanOf(span, step !== undefined, range)
    const every = step === undefined ? 1 : Number(step)
    if (first === undefined || last === undefined || first > last || every < 1) return undefined
    for (let value = first; value <= last; value += every) values.add(value)
  }
  return values
}

/** `5/10` means from 5 on, every 10. */
function spanOf(span: string, stepped: boolean, range: FieldRange): [number | undefined, number | undefined] {
  const [from, to] = span.split('-').map(text => numberOf(text, range))
  return [from, span.includes('-') ? to : stepped ? range.most : from]
}

function numberOf(text: string, { least, most, names }: FieldRange): number | undefined {
  const named = names?.indexOf(text.slice(0, 3).toLowerCase()) ?? -1
  if (named !== -1) return named + least
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  // Sunday is 0 and also 7.
  if (names === dayNames && value === 7) return 0
  return value >= least && value <= most ? value : undefined
}
