import { badRequest } from '../../errors.ts'
import { isObject, type Json } from '../../json.ts'
import { objectBody } from '../../request-body.ts'
import { itemSequence } from '../../resource-ids.ts'
import type { CompiledQuery } from '../evaluation/compile.ts'
import { distinctHash, hexOf } from '../evaluation/distinct-hash.ts'
import { compareForOrder, compareText, type Value } from '../evaluation/values.ts'

/** Where an ORDER BY goes on, as a client says it that has merged the ranges itself. */
export type ResumeFilter = {
  /** The value of the first column, where reading may start; undefined = at the beginning. */
  first: Value
  /** Whether a row is still wanted: behind the resume values, or at them if they are not excluded. */
  isWanted(order: readonly Value[], sequence: number): boolean
}

/** An array or object is sent as its kind and its hash. */
type ResumeValue = { compare(value: Value): number; plain: Value }

/** Reads `resumeFilter` of a query from the body of its request. Throws 400 if it is not one for this ORDER BY. */
export function readResumeFilter(body: string, { orderBy }: CompiledQuery): ResumeFilter {
  const { resumeFilter: given } = objectBody(body.replace(halves, '"$1":"$2"'))
  if (!isObject(given) || !Array.isArray(given.value) || given.value.length === 0) throw invalid('it has no values')
  if (given.value.length !== orderBy.length) throw invalid('it has not as many values as ORDER BY has columns')
  const { exclude, rid } = given
  if (typeof exclude !== 'boolean') throw invalid('it has no exclude')
  const values = given.value.map(readValue)
  const sequence = typeof rid === 'string' ? itemSequence(rid) : undefined
  if (sequence === undefined && rid !== undefined && rid !== null) throw invalid('its rid is not that of an item')
  const sign = orderBy[0]?.descending ? -1 : 1
  return {
    first: values[0]?.plain,
    isWanted(order, at) {
      for (const [index, { descending }] of orderBy.entries()) {
        const difference = values[index]?.compare(order[index]) ?? 0
        if (difference !== 0) return descending ? difference < 0 : difference > 0
      }
      // Rows of equal values stand in the order of `_rid`; the client skips those of this item that it had already.
      const distance = sequence === undefined ? 0 : sign * (at - sequence)
      return exclude ? sequence !== undefined && distance > 0 : distance >= 0
    },
  }
}

/**
 * The halves of a hash have more digits than a number keeps, so they are read as text. Inside a text of the body this finds
 * nothing, as quotes are escaped there.
 */
const halves = /"(low|high)"\s*:\s*(-?\d+)/g

/** A missing value is an empty array, an array or object `{type, low, high}`. */
function readValue(given: Json): ResumeValue {
  if (Array.isArray(given)) {
    if (given.length > 0) throw invalid('an array must be sent as its hash')
    return { compare: value => compareForOrder(value, undefined), plain: undefined }
  }
  if (!isObject(given)) return { compare: value => compareForOrder(value, given), plain: given }
  const { type, low, high } = given
  if ((type !== 'array' && type !== 'object') || !isHalf(low) || !isHalf(high))
    throw invalid('a value is neither simple nor a hash')
  const hash = hexOf([half(low), half(high)])
  const smallest = type === 'array' ? [] : {}
  return {
    compare: value => {
      const isSame = type === 'array' ? Array.isArray(value) : isObject(value)
      return isSame ? compareText(distinctHash(value as object), hash) : compareForOrder(value, smallest)
    },
    plain: undefined,
  }
}

function isHalf(value: Json | undefined): value is string {
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value)
}

/** Half a hash comes as a signed number of 64 bits. */
function half(value: string): bigint {
  return BigInt.asUintN(64, BigInt(value))
}

function invalid(reason: string): Error {
  return badRequest(`The resumeFilter of the query is invalid: ${reason}.`)
}
