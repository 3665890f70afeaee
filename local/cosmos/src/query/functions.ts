import { isObject } from '../json.ts'
import { checkSize, maxElements } from './limits.ts'
import { joined } from './operators.ts'
import { matchesRegExp } from './regular-expression.ts'
import { canonicalText, equal, type Value } from './values.ts'

type Function = { count: [least: number, most: number]; call: (...values: Value[]) => Value }

/** All built-in functions by name in upper case. Arguments of a wrong type give undefined, as in the service. */
export const functions = new Map<string, Function>()

function define(name: string, count: number | [number, number], call: (...values: Value[]) => Value): void {
  functions.set(name, { count: typeof count === 'number' ? [count, count] : count, call })
}

const many = Number.POSITIVE_INFINITY
const isText = (value: Value): value is string => typeof value === 'string'
const isNumber = (value: Value): value is number => typeof value === 'number'

// Type checks

define('IS_DEFINED', 1, value => value !== undefined)
define('IS_NULL', 1, value => value === null)
define('IS_BOOL', 1, value => typeof value === 'boolean')
define('IS_NUMBER', 1, value => isNumber(value))
define('IS_FINITE_NUMBER', 1, value => isNumber(value) && Number.isFinite(value))
define('IS_INTEGER', 1, value => Number.isSafeInteger(value))
define('IS_STRING', 1, value => isText(value))
define('IS_ARRAY', 1, value => Array.isArray(value))
define('IS_OBJECT', 1, value => isObject(value))
define('IS_PRIMITIVE', 1, value => value === null || ['boolean', 'number', 'string'].includes(typeof value))

// Text

function text(name: string, apply: (value: string) => Value): void {
  define(name, 1, value => (isText(value) ? apply(value) : undefined))
}

/** Two texts and an optional flag that says to ignore case. */
function twoTexts(name: string, apply: (a: string, b: string) => Value): void {
  define(name, [2, 3], (a, b, ignoreCase) => {
    if (!isText(a) || !isText(b) || (ignoreCase !== undefined && typeof ignoreCase !== 'boolean')) return undefined
    return ignoreCase ? apply(a.toLowerCase(), b.toLowerCase()) : apply(a, b)
  })
}

text('LOWER', value => value.toLowerCase())
text('UPPER', value => value.toUpperCase())
text('LENGTH', value => value.length)
text('REVERSE', value => [...value].reverse().join(''))
text('STRINGTOBOOLEAN', value => parsed(value, 'boolean'))
text('STRINGTONUMBER', value => parsed(value, 'number'))
text('STRINGTONULL', value => (value.trim() === 'null' ? null : undefined))
text('STRINGTOARRAY', value => onlyIf(Array.isArray, anyJson(value)))
text('STRINGTOOBJECT', value => onlyIf(isObject, anyJson(value)))
twoTexts('STARTSWITH', (a, b) => a.startsWith(b))
twoTexts('ENDSWITH', (a, b) => a.endsWith(b))
twoTexts('CONTAINS', (a, b) => a.includes(b))
twoTexts('STRINGEQUALS', (a, b) => a === b)
define('CONCAT', [2, many], (...values) => joined(values))
define('INDEX_OF', [2, 3], (a, b, from) =>
  isText(a) && isText(b) ? a.indexOf(b, isNumber(from) ? from : 0) : undefined)
define('LEFT', 2, (a, count) => (isText(a) && isNumber(count) ? a.slice(0, Math.max(0, count)) : undefined))
define('RIGHT', 2, (a, count) => (isText(a) && isNumber(count) ? (count <= 0 ? '' : a.slice(-count)) : undefined))
define('SUBSTRING', 3, (a, start, count) => {
  if (!isText(a) || !isNumber(start) || !isNumber(count)) return undefined
  const from = Math.max(0, start)
  return a.slice(from, from + Math.max(0, count))
})
define('REPLACE', 3, (a, find, by) =>
  isText(a) && isText(find) && isText(by) ? (find === '' ? a : joined(a.split(find), by)) : undefined,
)
define('REPLICATE', 2, (a, count) =>
  isText(a) && isNumber(count) && count >= 0 && a.length * count <= 10_000 ? a.repeat(Math.trunc(count)) : undefined,
)
text('TRIM', value => value.trim())
text('LTRIM', value => value.trimStart())
text('RTRIM', value => value.trimEnd())
define('TOSTRING', 1, value => (value === undefined ? undefined : isText(value) ? value : JSON.stringify(value)))
define('STRINGJOIN', 2, (items, separator) =>
  Array.isArray(items) && isText(separator) ? joined(items, separator) : undefined,
)
define('STRINGSPLIT', 2, (a, separator) => (isText(a) && isText(separator) ? a.split(separator) : undefined))
define('REGEXMATCH', [2, 3], (a, pattern, flags) => {
  if (!isText(a) || !isText(pattern) || (flags !== undefined && !isText(flags))) return undefined
  return matchesRegExp(a, pattern, flags ?? '')
})

function anyJson(value: string): Value {
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

function parsed(value: string, type: 'boolean' | 'number'): Value {
  const found = anyJson(value)
  return typeof found === type ? found : undefined
}

function onlyIf(test: (value: unknown) => boolean, value: Value): Value {
  return test(value) ? value : undefined
}

// Numbers

function number(name: string, apply: (value: number) => number): void {
  define(name, 1, value => {
    if (!isNumber(value)) return undefined
    const result = apply(value)
    return Number.isFinite(result) ? result : undefined
  })
}

number('ABS', Math.abs)
number('FLOOR', Math.floor)
number('CEILING', Math.ceil)
number('ROUND', value => Math.sign(value) * Math.round(Math.abs(value)))
number('TRUNC', Math.trunc)
number('SIGN', Math.sign)
number('SQRT', Math.sqrt)
number('SQUARE', value => value * value)
number('EXP', Math.exp)
number('LOG10', Math.log10)
number('SIN', Math.sin)
number('COS', Math.cos)
number('TAN', Math.tan)
number('COT', value => 1 / Math.tan(value))
number('ASIN', Math.asin)
number('ACOS', Math.acos)
number('ATAN', Math.atan)
number('DEGREES', value => (value * 180) / Math.PI)
number('RADIANS', value => (value * Math.PI) / 180)
define('LOG', [1, 2], (value, base) =>
  isNumber(value) ? finite(isNumber(base) ? Math.log(value) / Math.log(base) : Math.log(value)) : undefined)
define('POWER', 2, (a, b) => (isNumber(a) && isNumber(b) ? finite(a ** b) : undefined))
define('ATN2', 2, (a, b) => (isNumber(a) && isNumber(b) ? Math.atan2(a, b) : undefined))
define('PI', 0, () => Math.PI)
define('RAND', 0, () => Math.random())
define('NUMBERBIN', [1, 2], (value, bin = 1) =>
  isNumber(value) && isNumber(bin) && bin > 0 ? finite(Math.floor(value / bin) * bin) : undefined)

// Arrays and objects

define('ARRAY_LENGTH', 1, value => (Array.isArray(value) ? value.length : undefined))
define('ARRAY_CONCAT', [2, many], (...values) => concatenated(values))
define('ARRAY_CONTAINS', [2, 3], (items, wanted, partial) => {
  if (!Array.isArray(items) || wanted === undefined) return undefined
  return items.some(item => (partial === true ? matchesPartly(item, wanted) : equal(item, wanted)))
})
define('ARRAY_CONTAINS_ANY', [2, many], (items, ...wanted) =>
  Array.isArray(items) ? wanted.some(among(items)) : undefined)
define('ARRAY_CONTAINS_ALL', [2, many], (items, ...wanted) =>
  Array.isArray(items) ? wanted.every(among(items)) : undefined)
define('ARRAY_SLICE', [2, 3], (items, start, count) => {
  if (!Array.isArray(items) || !isNumber(start) || (count !== undefined && !isNumber(count))) return undefined
  const from = start < 0 ? Math.max(0, items.length + start) : start
  return items.slice(from, count === undefined ? undefined : from + Math.max(0, count))
})
define('SETINTERSECT', 2, (a, b) => (Array.isArray(a) && Array.isArray(b) ? distinct(a.filter(among(b))) : undefined))
define('SETUNION', 2, (a, b) =>
  Array.isArray(a) && Array.isArray(b) ? (distinct(concatenated([a, b]) as Value[]) as Value) : undefined,
)
define('OBJECTTOARRAY', 1, value => (isObject(value) ? Object.entries(value).map(([k, v]) => ({ k, v })) : undefined))
define('IIF', 3, (test, yes, no) => (test === true ? yes : no))
define('CHOOSE', [2, many], (index, ...values) => (isNumber(index) ? values[index - 1] : undefined))

function distinct<T extends Value>(items: T[]): T[] {
  return [...new Map(items.map(item => [canonicalText(item), item])).values()]
}

/** Tests whether a value is one of these. */
function among(items: readonly Value[]): (value: Value) => boolean {
  const texts = new Set(items.map(canonicalText))
  return value => texts.has(canonicalText(value))
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

// Time

const ticksPerMs = 10_000
const ticksAt1970 = 621_355_968_000_000_000
const isoNow = () => new Date().toISOString().replace('Z', '0000Z')

for (const suffix of ['', 'STATIC']) {
  define(`GETCURRENTDATETIME${suffix}`, 0, isoNow)
  define(`GETCURRENTTIMESTAMP${suffix}`, 0, () => Date.now())
  define(`GETCURRENTTICKS${suffix}`, 0, () => Date.now() * ticksPerMs + ticksAt1970)
}
text('DATETIMETOTIMESTAMP', value => finite(Date.parse(value)))
define('TIMESTAMPTODATETIME', 1, value =>
  isNumber(value) && Math.abs(value) <= 8.64e15 ? new Date(value).toISOString().replace('Z', '0000Z') : undefined,
)

function finite(value: number): Value {
  return Number.isFinite(value) ? value : undefined
}
