/** Compares what an event has with what a filter names. An undefined value is a key that is missing. */
type Operator = (found: unknown, wanted: unknown[]) => boolean

const numeric = (compare: (found: number, wanted: number) => boolean): Operator => {
  return (found, wanted) => {
    const number = numberOf(found)
    return number !== undefined && wanted.some(one => compare(number, Number(one)))
  }
}

const textual = (compare: (found: string, wanted: string) => boolean): Operator => {
  return (found, wanted) =>
    typeof found === 'string' && wanted.some(one => compare(found.toLowerCase(), String(one).toLowerCase()))
}

const not =
  (operator: Operator): Operator =>
  (found, wanted) =>
    found !== undefined && !operator(found, wanted)
/** These two let an event without the key pass. */
const notOrMissing =
  (operator: Operator): Operator =>
  (found, wanted) =>
    !operator(found, wanted)

const numberIn = numeric((found, wanted) => found === wanted)
const numberInRange: Operator = (found, wanted) => {
  const number = numberOf(found)
  return (
    number !== undefined &&
    (wanted as unknown as [number, number][]).some(([least, most]) => number >= least && number <= most)
  )
}
const stringIn = textual((found, wanted) => found === wanted)
const contains = textual((found, wanted) => found.includes(wanted))
const beginsWith = textual((found, wanted) => found.startsWith(wanted))
const endsWith = textual((found, wanted) => found.endsWith(wanted))

function numberOf(found: unknown): number | undefined {
  if (typeof found === 'number') return found
  return typeof found === 'string' && found.trim() !== '' && !Number.isNaN(Number(found)) ? Number(found) : undefined
}

/** Event Grid's 19 advanced operators, by their names. */
export const operators: Record<string, Operator> = {
  NumberIn: numberIn,
  NumberNotIn: notOrMissing(numberIn),
  NumberLessThan: numeric((found, wanted) => found < wanted),
  NumberLessThanOrEquals: numeric((found, wanted) => found <= wanted),
  NumberGreaterThan: numeric((found, wanted) => found > wanted),
  NumberGreaterThanOrEquals: numeric((found, wanted) => found >= wanted),
  NumberInRange: numberInRange,
  NumberNotInRange: not(numberInRange),
  BoolEquals: (found, [wanted]) => typeof found === 'boolean' && found === wanted,
  StringContains: contains,
  StringNotContains: not(contains),
  StringBeginsWith: beginsWith,
  StringNotBeginsWith: not(beginsWith),
  StringEndsWith: endsWith,
  StringNotEndsWith: not(endsWith),
  StringIn: stringIn,
  StringNotIn: notOrMissing(stringIn),
  IsNullOrUndefined: found => found === null || found === undefined,
  IsNotNull: found => found !== null && found !== undefined,
}
