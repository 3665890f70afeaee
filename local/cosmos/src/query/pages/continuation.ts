import { badRequest } from '../../errors.ts'
import { isObject } from '../../json.ts'
import type { Value } from '../evaluation/values.ts'

/** What is still to be visited of a part of the ring, from its beginning to `max`: the items from `sequence` on. */
export type Stretch = { max: string; sequence: number }

/**
 * Where the next page starts. `scan`: at row `row` of the first item of what `stretches` says, which go on from `min` one
 * after the other; all behind them is to be visited whole. A range may have been split since. `id`: the same in the
 * order of ids; `order`: after the row with these ORDER BY values; `offset`: at a place in the whole result;
 * `key`: after the group, or the value of DISTINCT, with this key.
 * `taken` counts the rows given so far, for TOP and LIMIT.
 */
export type Position =
  | { by: 'scan'; min: string; stretches: Stretch[]; row: number; skipped: number; taken: number }
  | { by: 'id'; id: string; row: number; skipped: number; taken: number }
  | { by: 'order'; values: Value[]; sequence: number; row: number; taken: number }
  | { by: 'offset'; offset: number }
  | { by: 'key'; after: string }

const fields: Record<string, string[]> = {
  scan: ['row', 'skipped', 'taken'],
  id: ['row', 'skipped', 'taken'],
  order: ['sequence', 'row', 'taken'],
  offset: ['offset'],
  key: [],
}

/** Continuation tokens are opaque to clients. A missing ORDER BY value is kept as an empty array. */
export function writeContinuation(position: Position): string {
  const plain =
    position.by === 'order'
      ? { ...position, values: position.values.map(value => (value === undefined ? [] : [value])) }
      : position
  return Buffer.from(JSON.stringify(plain)).toString('base64url')
}

/** Throws 400 for anything this server has not written. */
export function readContinuation(token: string | undefined): Position | undefined {
  if (token === undefined || token === '') return undefined
  let found: unknown
  try {
    found = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))
  } catch {
    throw invalid()
  }
  if (!isObject(found) || typeof found.by !== 'string') throw invalid()
  const numbers = Object.hasOwn(fields, found.by) ? fields[found.by] : undefined
  if (numbers === undefined || !numbers.every(name => Number.isInteger((found as Record<string, unknown>)[name])))
    throw invalid()
  if (found.by === 'id' && typeof found.id !== 'string') throw invalid()
  if (found.by === 'key' && typeof found.after !== 'string') throw invalid()
  if (found.by === 'scan' && !(typeof found.min === 'string' && areStretches(found.stretches))) throw invalid()
  if (found.by !== 'order') return found as unknown as Position
  if (!Array.isArray(found.values) || !found.values.every(Array.isArray)) throw invalid()
  return { ...found, values: found.values.map(value => (value as Value[])[0]) } as unknown as Position
}

function areStretches(found: unknown): boolean {
  return (
    Array.isArray(found) &&
    found.length > 0 &&
    found.every(one => isObject(one) && typeof one.max === 'string' && Number.isInteger(one.sequence))
  )
}

export function invalid(): Error {
  return badRequest('Invalid Continuation Token')
}
