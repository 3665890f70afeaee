/** Compares what an event has with what a filter names. An undefined value is a key that is missing. */
type Operator = (found: unknown, wanted: unknown[]) => boolean

const numeric = (compare: (found: number, wanted: number) => boolean): Operator => {
  return (found, wanted) => typeof found === 'number' && wanted.some(one => compare(found, Number(one)))
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
const numberInRange: Operator = (found, wanted) =>
  typeof found === 'number' && (wanted as [number, number][]).some(([least, most]) => found >= least && found <= most)
const stringIn = textual((found, wanted) => found === wanted)
const contains = textual((found, wanted) => found.includes(wanted))
const beginsWith = textual((found, wanted) => found.startsWith(wanted))
const endsWith = textual((found, wanted) => found.endsWith(wanted))

/** Event Grid's 19 advanced operators. */
const operators = {
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
} satisfies Record<string, Operator>

export type OperatorName = keyof typeof operators

export function isOperator(name: string): name is OperatorName {
  return Object.hasOwn(operators, name)
}

/** What an operator compares with. */
export function operandOf(name: OperatorName): 'number' | 'numbers' | 'ranges' | 'boolean' | 'texts' | 'nothing' {
  if (name.startsWith('Is')) return 'nothing'
  if (name.startsWith('String')) return 'texts'
  if (name === 'BoolEquals') return 'boolean'
  if (name.endsWith('InRange')) return 'ranges'
  return name.endsWith('In') ? 'numbers' : 'number'
}

/** Names of operators with a "not" in them: over an array they must hold for every element, the others for one. */
const negative = /^(String|Number)Not/

/** Whether an event's value satisfies a condition. */
export function holds(name: OperatorName, found: unknown, wanted: unknown[]): boolean {
  const operator: Operator = operators[name]
  if (!Array.isArray(found)) return operator(found, wanted)
  return negative.test(name) ? found.every(one => operator(one, wanted)) : found.some(one => operator(one, wanted))
}
