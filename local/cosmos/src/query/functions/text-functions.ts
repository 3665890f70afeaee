import { isObject } from '../../json.ts'
import { joined } from '../evaluation/operators.ts'
import type { Value } from '../evaluation/values.ts'
import { allOf, anyOf, type BuiltIns, definerOf, isNumber, isText, many } from './function-table.ts'
import { matchesRegExp } from './regular-expression.ts'

export const textFunctions: BuiltIns = new Map()
const define = definerOf(textFunctions)
const defineSearch = definerOf(textFunctions, true)

/** Most characters that REPLICATE makes. */
const MOST_REPLICATED = 10_000

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
define('INDEX_OF', [2, 3], (a, b, from = 0) =>
  isText(a) && isText(b) && isNumber(from) ? a.indexOf(b, from) : undefined)
define('LASTINDEXOF', [2, 3], (a, b, last) => {
  if (!isText(a) || !isText(b) || (last !== undefined && !isNumber(last))) return undefined
  const from = (last ?? a.length - 1) - b.length + 1
  return from < 0 ? -1 : a.lastIndexOf(b, from)
})
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
  isText(a) && isNumber(count) && count >= 0 && a.length * count <= MOST_REPLICATED
    ? a.repeat(Math.trunc(count))
    : undefined,
)
trimming('TRIM', { start: true, end: true })
trimming('LTRIM', { start: true, end: false })
trimming('RTRIM', { start: false, end: true })
define('TOSTRING', 1, value => (value === undefined ? undefined : isText(value) ? value : JSON.stringify(value)))
define('STRINGJOIN', 2, (items, separator) =>
  Array.isArray(items) && isText(separator) ? joined(items, separator) : undefined,
)
define('STRINGSPLIT', 2, (a, separator) =>
  isText(a) && isText(separator) ? (separator === '' ? [a] : a.split(separator)) : undefined,
)
define('REGEXMATCH', [2, 3], (a, pattern, modifiers = '') =>
  isText(a) && isText(pattern) && isText(modifiers) ? matchesRegExp(a, pattern, modifiers) : undefined)
containing('CS', value => value)
containing('CI', value => value.toLowerCase())

/** Whether a text contains all, or any, of others: each one that is no text counts as undefined. */
function containing(suffix: string, fold: (value: string) => string): void {
  const found = (a: string, wanted: Value[]) => wanted.map(b => (isText(b) ? fold(a).includes(fold(b)) : undefined))
  defineSearch(`CONTAINS_ALL_${suffix}`, [2, many], (a, ...wanted) => (isText(a) ? allOf(found(a, wanted)) : undefined))
  defineSearch(`CONTAINS_ANY_${suffix}`, [2, many], (a, ...wanted) => (isText(a) ? anyOf(found(a, wanted)) : undefined))
}

/** Takes white space off the ends of a text, or each of the characters of a second one. */
function trimming(name: string, ends: { start: boolean; end: boolean }): void {
  define(name, [1, 2], (a, characters) => {
    if (!isText(a) || (characters !== undefined && !isText(characters))) return undefined
    const goes = (char: string) => (characters === undefined ? char.trim() === '' : characters.includes(char))
    let from = 0
    let to = a.length
    while (ends.start && from < to && goes(a[from] as string)) from++
    while (ends.end && to > from && goes(a[to - 1] as string)) to--
    return a.slice(from, to)
  })
}

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
