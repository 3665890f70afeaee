import { isObject } from '../../json.ts'
import { newAccumulator } from '../evaluation/aggregates.ts'
import { checkSize, maxElements } from '../evaluation/limits.ts'
import { canonicalText, equal, type Value } from '../evaluation/values.ts'
import { allOf, anyOf, type BuiltIns, definerOf, finite, isNumber, isText, many } from './function-table.ts'

export const arrayFunctions: BuiltIns = new Map()
const define = definerOf(arrayFunctions)
const defineSearch = definerOf(arrayFunctions, true)

define('ARRAY_LENGTH', 1, value => (Array.isArray(value) ? value.length : undefined))
define('ARRAY_CONCAT', [2, many], (...values) => concatenated(values))
define('ARRAY_CONTAINS', [2, 3], (items, wanted, partial) => {
  if (!Array.isArray(items) || wanted === undefined) return undefined
  return items.some(item => (partial === true ? matchesPartly(item, wanted) : equal(item, wanted)))
})
defineSearch('ARRAY_CONTAINS_ANY', [2, many], (items, ...wanted) =>
  Array.isArray(items) ? anyOf(found(items, wanted)) : undefined,
)
defineSearch('ARRAY_CONTAINS_ALL', [2, many], (items, ...wanted) =>
  Array.isArray(items) ? allOf(found(items, wanted)) : undefined,
)
define('ARRAY_SLICE', [2, 3], (items, start, count) => {
  if (!Array.isArray(items) || !isNumber(start) || (count !== undefined && !isNumber(count))) return undefined
  const from = start < 0 ? Math.max(0, items.length + start) : start
  return items.slice(from, count === undefined ? undefined : from + Math.max(0, count))
})
define('SETINTERSECT', 2, (a, b) => (Array.isArray(a) && Array.isArray(b) ? distinct(a.filter(among(b))) : undefined))
define('SETUNION', 2, (a, b) =>
  Array.isArray(a) && Array.isArray(b) ? (distinct(concatenated([a, b]) as Value[]) as Value) : undefined,
)
define('SETDIFFERENCE', 2, (a, b) => {
  if (!Array.isArray(a) || !Array.isArray(b)) return undefined
  const isInOther = among(b)
  return distinct(a.filter(item => !isInOther(item)))
})
define('SETEQUAL', 2, (a, b) =>
  Array.isArray(a) && Array.isArray(b) ? a.every(among(b)) && b.every(among(a)) : undefined,
)
define('OBJECTTOARRAY', [1, 3], (value, name = 'k', content = 'v') => {
  if (!isObject(value) || !isText(name) || !isText(content)) return undefined
  return Object.entries(value).map(([k, v]) =>
    Object.fromEntries([
      [name, k],
      [content, v],
    ]),
  )
})
define('DOCUMENTID', 1, item => (isObject(item) && isText(item._rid) ? documentNumber(item._rid) : undefined))
define('ARRAY_MIN', 1, items => aggregated('MIN', items))
define('ARRAY_MAX', 1, items => aggregated('MAX', items))
define('ARRAY_SUM', 1, items => aggregated('SUM', items))
define('ARRAY_AVG', 1, items => aggregated('AVG', items))
define('ARRAY_MEDIAN', 1, items => {
  const numbers = Array.isArray(items) ? items.filter(item => item !== undefined) : []
  if (numbers.length === 0 || !numbers.every(isNumber)) return undefined
  const sorted = numbers.sort((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)] as number
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] as number
  return finite((lower + upper) / 2)
})

/** What the aggregate of that name makes of the elements; nothing of an array without any. */
function aggregated(name: string, items: Value): Value {
  if (!Array.isArray(items) || items.every(item => item === undefined)) return undefined
  const accumulator = newAccumulator(name)
  for (const item of items) accumulator.add(item)
  return accumulator.result()
}

/** The second half of an item's `_rid` is its number, the low byte first. */
function documentNumber(rid: string): Value {
  const bytes = Buffer.from(rid.replaceAll('-', '/'), 'base64')
  return bytes.length < 16 ? undefined : Number(bytes.readBigUInt64LE(8))
}

function distinct<T extends Value>(items: T[]): T[] {
  return [...new Map(items.map(item => [canonicalText(item), item])).values()]
}

/** Tests whether a value is one of these. */
function among(items: readonly Value[]): (value: Value) => boolean {
  const texts = new Set(items.map(canonicalText))
  return value => texts.has(canonicalText(value))
}

function found(items: readonly Value[], wanted: readonly Value[]): (boolean | undefined)[] {
  const isThere = among(items)
  return wanted.map(value => (value === undefined ? undefined : isThere(value)))
}

function concatenated(values: Value[]): Value {
  if (!values.every(Array.isArray)) return undefined
  checkSize(
    values.reduce((size, items) => size + items.length, 0),
    maxElements,
  )
  return values.flat(1)
}

function matchesPartly(item: Value, wanted: Value): boolean {
  if (!isObject(item) || !isObject(wanted)) return equal(item, wanted)
  return Object.entries(wanted).every(([name, value]) => Object.hasOwn(item, name) && matchesPartly(item[name], value))
}
