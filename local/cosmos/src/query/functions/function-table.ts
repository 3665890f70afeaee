import type { Value } from '../evaluation/values.ts'

/** A built-in function: how many arguments it takes, and what it makes of them. */
export type BuiltIn = {
  count: [least: number, most: number]
  call: (...values: Value[]) => Value
  /** Undefined arguments are its own business; of other functions they make the result undefined. */
  takesUndefined: boolean
}

export type BuiltIns = Map<string, BuiltIn>
export type Define = (name: string, count: number | [number, number], call: BuiltIn['call']) => void

export const many = Number.POSITIVE_INFINITY

/** Adds functions to a table, by name in upper case. */
export function definerOf(table: BuiltIns, takesUndefined = false): Define {
  return (name, count, call) => {
    table.set(name, { count: typeof count === 'number' ? [count, count] : count, call, takesUndefined })
  }
}

export function isText(value: Value): value is string {
  return typeof value === 'string'
}

export function isNumber(value: Value): value is number {
  return typeof value === 'number'
}

/** A whole number that 64 bits hold; a double cannot tell the largest of them from the first beyond. */
export function isInteger(value: Value): value is number {
  return isNumber(value) && Number.isInteger(value) && Math.abs(value) <= 2 ** 63
}

/** Whether a search finds something, of which there are undefined ones: true and false go before undefined. */
export function anyOf(found: readonly (boolean | undefined)[]): Value {
  if (found.includes(true)) return true
  return found.includes(undefined) ? undefined : false
}

export function allOf(found: readonly (boolean | undefined)[]): Value {
  if (found.includes(false)) return false
  return found.includes(undefined) ? undefined : true
}

export function finite(value: number): Value {
  return Number.isFinite(value) ? value : undefined
}
