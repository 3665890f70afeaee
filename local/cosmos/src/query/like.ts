import { queryError } from './query-errors.ts'
import type { Expression } from './syntax.ts'
import type { Value } from './values.ts'

type Evaluate = (env: Value[]) => Value
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
  const cache = new Map<string, RegExp>()
  return env => {
    const text = value(env)
    const like = pattern(env)
    if (typeof text !== 'string' || typeof like !== 'string') return undefined
    let matcher = cache.get(like)
    if (matcher === undefined) {
      matcher = likeToRegExp(like, escapeChar as string | undefined)
      if (cache.size < maxCachedPatterns) cache.set(like, matcher)
    }
    return matcher.test(text)
  }
}

function likeToRegExp(like: string, escapeChar: string | undefined): RegExp {
  let source = ''
  for (let at = 0; at < like.length; at++) {
    const char = like[at] as string
    const close = char === '[' ? like.indexOf(']', at + 2) : -1
    if (char === escapeChar && at + 1 < like.length) source += quote(like[++at] as string)
    else if (char === '%') source += '.*'
    else if (char === '_') source += '.'
    else if (close > 0) {
      const inner = like.slice(at + 1, close)
      const negated = inner.startsWith('^')
      source += `[${negated ? '^' : ''}${inner.slice(negated ? 1 : 0).replace(/[\\[\]^]/g, '\\$&')}]`
      at = close
    } else source += quote(char)
  }
  return new RegExp(`^${source}$`, 's')
}

function quote(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
