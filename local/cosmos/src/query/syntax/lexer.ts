import { syntaxError } from './query-errors.ts'

export type Token = {
  kind: 'word' | 'quoted' | 'number' | 'string' | 'parameter' | 'symbol' | 'end'
  /** The word as written, the symbol, or the value of a string. */
  text: string
  /** The word in upper case, or the symbol: what grammar rules compare with. */
  upper: string
  start: number
  end: number
}

const pattern =
  /(?<space>\s+|--[^\n]*)|(?<number>0x[0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<parameter>@[A-Za-z_0-9]+)|(?<word>[\p{L}_$][\p{L}\p{N}_$]*)|(?<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<symbol>\?\?|<=|>=|!=|<>|\|\||<<|>>>|>>|[()[\]{},.:?=<>+\-*/%&|^~])/suy

/** Cuts query text into tokens. Throws 400 at the first character that fits nowhere. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    pattern.lastIndex = at
    const groups = pattern.exec(text)?.groups
    if (groups === undefined) throw syntaxError(text[at] as string, at, at + 1)
    const end = pattern.lastIndex
    const [kind, value] = Object.entries(groups).find(([, found]) => found !== undefined) as [
      Token['kind'] | 'space',
      string,
    ]
    if (kind === 'string') tokens.push({ kind, text: unescaped(value.slice(1, -1)), upper: value, start: at, end })
    else if (kind !== 'space') tokens.push({ kind, text: value, upper: value.toUpperCase(), start: at, end })
    at = end
  }
  tokens.push({ kind: 'end', text: '', upper: '', start: text.length, end: text.length })
  return tokens
}

const escapes: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, hex: string | undefined, char: string | undefined) =>
    hex === undefined ? (escapes[char as string] ?? (char as string)) : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
