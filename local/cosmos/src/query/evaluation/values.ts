import { isObject, type Json, typeRank } from '../../json.ts'
import { distinctHash } from './distinct-hash.ts'

/** A value while a query runs: JSON, or undefined for what is missing. */
export type Value = Json | undefined

/** Also for a property called `__proto__`, which an assignment would take for something else. */
export function setProperty(object: Record<string, Value>, name: string, value: Value): void {
  if (name === '__proto__')
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
  else object[name] = value
}

/** Total order for ORDER BY: by type, then by value; arrays and objects by their hash. */
export function compareForOrder(a: Value, b: Value): number {
  const byType = typeRank(a) - typeRank(b)
  if (byType !== 0) return byType
  if (typeof a === 'object' && a !== null) return compareText(distinctHash(a), distinctHash(b as object))
  return compareText(a as string, b as string)
}

export function compareText<T extends string | number | boolean | null | undefined>(a: T, b: T): number {
  if (a === b) return 0
  return (a as string) < (b as string) ? -1 : 1
}

/** Deep equality; the order of an object's properties does not matter. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, index) => equal(item, b[index]))
    )
  }
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b as object).length &&
    names.every(name => Object.hasOwn(b as object, name) && equal(a[name], (b as Record<string, Json>)[name]))
  )
}

/** One text per value, for DISTINCT and GROUP BY: property order does not matter, types do. */
export function canonicalText(value: Value): string {
  if (value === undefined) return 'undefined'
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const parts = Object.keys(value)
    .sort()
    .map(name => `${JSON.stringify(name)}:${canonicalText(value[name])}`)
  return `{${parts.join(',')}}`
}
