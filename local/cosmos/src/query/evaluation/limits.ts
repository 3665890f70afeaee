import { badRequest, type CosmosError } from '../../errors.ts'
import type { Json } from '../../json.ts'
import { queryError } from '../syntax/query-errors.ts'

/** Most characters of a statement; what accounts say of themselves. */
export const maxQueryCharacters = 512 * 1024
/** Most JOINs of a statement. */
export const maxJoins = 10
/** Most values of an IN list; here, most arguments of a function too. */
export const maxListItems = 16_000
/** Combinations of rows, those of subqueries too, that one page may look at. The service stops after seconds instead. */
export const maxRowsVisited = 4_000_000
/** Characters a text may grow to while a query runs. */
export const maxTextCharacters = 4 * 1024 * 1024
/** Elements an array may grow to while a query runs. */
export const maxElements = 1_000_000

/** Values, and characters of texts, that what a subquery gives may have: built twice at each level, it doubles. */
const maxWeight = 8 * 1024 * 1024

export function checkLength(text: string): void {
  if (text.length <= maxQueryCharacters) return
  const message = `The SQL query text exceeded the maximum limit of ${maxQueryCharacters} characters.`
  throw queryError('SC3020', message, { start: 0, end: text.length })
}

export function checkJoins(joins: number): void {
  if (joins <= maxJoins) return
  throw queryError('SC3022', `The SQL query exceeded the maximum number of joins. The allowed limit is ${maxJoins}.`)
}

export function checkListItems(items: readonly { start: number; end: number }[]): void {
  if (items.length <= maxListItems) return
  throw queryError('SC3023', `A list in the SQL query has more than ${maxListItems} items.`, items[maxListItems])
}

/** Refuses texts and arrays that outgrow the memory for a whole answer. Throws 400. */
export function checkSize(size: number, most: number): void {
  if (size > most) throw tooComplex()
}

/** The rows of a subquery, unless they are too much to be worked on or written down. Throws 400. */
export function checkWeight<T extends Json>(rows: T[]): T[] {
  let weight = 0
  const pending: Json[][] = [rows]
  for (let values = pending.pop(); values !== undefined; values = pending.pop()) {
    for (const value of values) {
      weight += typeof value === 'string' ? value.length : 1
      if (typeof value === 'object' && value !== null) pending.push(Array.isArray(value) ? value : Object.values(value))
    }
    checkSize(weight, maxWeight)
  }
  return rows
}

/** The 400 for what is well-formed and would take too much time, memory or stack. */
export function tooComplex(): CosmosError {
  return badRequest('The query is too complex: it takes more time, memory or nesting than one request may.')
}

/** Runs work on a query. Where an engine gives up on its size (stack, length of a text), the query is refused: 400. */
export function withinLimits<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof RangeError ? tooComplex() : error
  }
}
