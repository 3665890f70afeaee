import { type Context, createContext, Script } from 'node:vm'
import { tooComplex } from '../evaluation/limits.ts'

/** Milliseconds one match may take. */
const MATCH_TIME = 500
/** So many characters are matched at once where the expression has next to nothing to try out. */
const SHORT = 10_000

const script = new Script('matcher.test(text)')
let watched: Context | undefined

/** Undefined for an expression or a modifier that means nothing. Throws 400 when trying out takes too long. */
export function matchesRegExp(text: string, pattern: string, modifiers: string): boolean | undefined {
  if (!/^[imsx]*$/.test(modifiers)) return undefined
  let matcher: RegExp
  try {
    matcher = new RegExp(modifiers.includes('x') ? withoutSpace(pattern) : pattern, modifiers.replaceAll('x', ''))
  } catch {
    return undefined
  }
  const choices = pattern.match(/[*+?{|]/g)?.length ?? 0
  const isHarmless = choices <= 1 && text.length <= SHORT
  try {
    return isHarmless ? matcher.test(text) : underWatch(matcher, text)
  } catch {
    // Out of time; or too large, which shows at the first match.
    throw tooComplex()
  }
}

/** White space means nothing with the modifier `x`, unless it is escaped or one of several characters in brackets. */
function withoutSpace(pattern: string): string {
  return pattern.replace(/\\.|\[(?:\\.|[^\]\\])*\]|\s+/gs, part => (part.trim() === '' ? '' : part))
}

/** An expression with several choices can take longer than the world will last: only a watched script can be stopped. */
function underWatch(matcher: RegExp, text: string): boolean {
  watched ??= createContext({})
  Object.assign(watched, { matcher, text })
  return script.runInContext(watched, { timeout: MATCH_TIME })
}
