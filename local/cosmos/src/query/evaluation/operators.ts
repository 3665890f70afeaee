import { typeRank } from '../../json.ts'
import { checkSize, maxTextCharacters } from './limits.ts'
import { compareForOrder, equal, type Value } from './values.ts'

const firstCompositeRank = 5

/** Equality needs both sides; order needs both of one type, and that type a simple one. Otherwise the result is undefined. */
export const compare = {
  '=': (a: Value, b: Value): Value => (a === undefined || b === undefined ? undefined : equal(a, b)),
  '!=': (a: Value, b: Value): Value => (a === undefined || b === undefined ? undefined : !equal(a, b)),
  '<': (a: Value, b: Value): Value => (isOrdered(a, b) ? compareForOrder(a, b) < 0 : undefined),
  '<=': (a: Value, b: Value): Value => (isOrdered(a, b) ? compareForOrder(a, b) <= 0 : undefined),
  '>': (a: Value, b: Value): Value => (isOrdered(a, b) ? compareForOrder(a, b) > 0 : undefined),
  '>=': (a: Value, b: Value): Value => (isOrdered(a, b) ? compareForOrder(a, b) >= 0 : undefined),
}

function isOrdered(a: Value, b: Value): boolean {
  const rank = typeRank(a)
  return rank === typeRank(b) && rank > 0 && rank < firstCompositeRank
}

/** Texts in one; undefined if one of them is no text. */
export function joined(values: Value[], separator = ''): Value {
  let size = separator.length * values.length
  for (const value of values) {
    if (typeof value !== 'string') return undefined
    size += value.length
  }
  checkSize(size, maxTextCharacters)
  return values.join(separator)
}

/** Numbers only (`||` joins text); what is not a finite number in the end is undefined. */
export function arithmetic(operator: string, a: Value, b: Value): Value {
  if (operator === '||') return joined([a, b])
  if (typeof a !== 'number' || typeof b !== 'number') return undefined
  const result = calculate(operator, a, b)
  return Number.isFinite(result) ? result : undefined
}

function calculate(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    case '%':
      return a % b
    case '&':
      return a & b
    case '|':
      return a | b
    case '^':
      return a ^ b
    case '<<':
      return a << b
    case '>>':
      return a >> b
    default:
      return a >>> b
  }
}
