import type { Value } from '../evaluation/values.ts'
import { queryError } from '../syntax/query-errors.ts'
import type { Expression } from '../syntax/syntax.ts'

type Evaluate = (env: Value[]) => Value
/** `%`, or a test of one character. */
type Part = 'any' | ((char: string) => boolean)
const maxCachedPatterns = 100

/** `LIKE` with `%`, `_`, `[a-z]`, `[^a]` and ESCAPE. Undefined unless both sides are text. */
export function compileLike(
  expression: Extract<Expression, { kind: 'like' }>,
  compile: (part: Expression) => Evaluate,
): Evaluate {
  const value = compile(expression.value)
  const pattern = compile(expression.pattern)
  const escapeChar = expression.escape && compile(expression.escape)([])
  if (expression.escape && (typeof escapeChar !== 'string' || escapeChar.length !== 1)) {
    throw queryError('SC2070', 'The ESCAPE of LIKE must be one character.', expression.escape)
  }
  const cache = new Map<string, Part[]>()
  return env => {
    const text = value(env)
    const like = pattern(env)
    if (typeof text !== 'string' || typeof like !== 'string') return undefined
    let parts = cache.get(like)
    if (parts === undefined) {
      parts = partsOf(like, escapeChar as string | undefined)
      if (cache.size < maxCachedPatterns) cache.set(like, parts)
    }
    return matches(text, parts)
  }
}

function partsOf(like: string, escapeChar: string | undefined): Part[] {
  const parts: Part[] = []
  for (let at = 0; at < like.length; at++) {
    const char = like[at] as string
    const close = char === '[' ? like.indexOf(']', at + 2) : -1
    if (char === escapeChar && at + 1 < like.length) parts.push(exactly(like[++at] as string))
    else if (char === '%') parts.push('any')
    else if (char === '_') parts.push(() => true)
    else if (close > 0) {
      parts.push(oneOf(like.slice(at + 1, close)))
      at = close
    } else parts.push(exactly(char))
  }
  return parts
}

function exactly(wanted: string): Part {
  return char => char === wanted
}

/** What stands in brackets: characters and spans such as `a-z`; with `^` in front, any other one. */
function oneOf(inside: string): Part {
  const isNegated = inside.startsWith('^')
  const spans: [from: string, to: string][] = []
  for (let at = isNegated ? 1 : 0; at < inside.length; at++) {
    const from = inside[at] as string
    const isSpan = inside[at + 1] === '-' && at + 2 < inside.length
    spans.push([from, isSpan ? (inside[at + 2] as string) : from])
    if (isSpan) at += 2
  }
  return char => spans.some(([from, to]) => char >= from && char <= to) !== isNegated
}

/** Goes back to the last `%` only: what an earlier one could take as well, that one can. */
function matches(text: string, parts: readonly Part[]): boolean {
  let part = 0
  let at = 0
  let any = -1
  let anyAt = 0
  while (at < text.length) {
    const wanted = parts[part]
    if (wanted === 'any') {
      any = part++
      anyAt = at
    } else if (wanted?.(text[at] as string)) {
      part++
      at++
    } else if (any >= 0) {
      part = any + 1
      at = ++anyAt
    } else return false
  }
  while (parts[part] === 'any') part++
  return part === parts.length
}
