export type Json = string | number | boolean | null | readonly Json[] | { readonly [member: string]: Json | undefined }

/**
 * One text for one value: members in code-unit order, undefined members left out, no white space (RFC 8785).
 * What survives a round trip through JSON keeps its text, so a hash over it can be computed before and after storage.
 *
 * @throws TypeError for what JSON cannot carry: NaN, infinities, functions, undefined in an array, lone surrogates.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return canonicalText(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`)
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object') {
    const members = Object.entries(value).filter(([, member]) => member !== undefined)
    members.sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${members.map(([name, member]) => `${canonicalText(name)}:${canonicalJson(member)}`).join(',')}}`
  }
  throw new TypeError(`a ${typeof value} has no JSON form`)
}

function canonicalText(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('a lone surrogate has no JSON form')
  return JSON.stringify(text)
}
