import type { CosmosError } from '../../errors.ts'
import type { Token } from './lexer.ts'
import { syntaxError } from './query-errors.ts'

const reserved = new Set([
  'SELECT',
  'FROM',
  'WHERE',
  'JOIN',
  'IN',
  'AND',
  'OR',
  'NOT',
  'ORDER',
  'GROUP',
  'BY',
  'OFFSET',
  'LIMIT',
  'AS',
  'TOP',
  'DISTINCT',
  'BETWEEN',
  'LIKE',
  'ESCAPE',
  'EXISTS',
  'ASC',
  'DESC',
  'TRUE',
  'FALSE',
  'NULL',
  'UNDEFINED',
  'VALUE',
  'ARRAY',
])
/** Words that mean something only in one place and are fine as names elsewhere. */
const soft = new Set(['VALUE', 'ARRAY', 'OFFSET', 'LIMIT', 'ESCAPE', 'TOP'])

/** Walks over the tokens of a query. */
export class TokenReader {
  readonly text: string
  /** Where the token read last ends. */
  lastEnd = 0
  private readonly tokens: Token[]
  private at = 0
  private depth = 0

  constructor(tokens: Token[], text: string) {
    this.tokens = tokens
    this.text = text
  }

  peek(ahead = 0): Token {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)] as Token
  }

  next(): Token {
    const token = this.peek()
    this.at++
    this.lastEnd = token.end
    return token
  }

  /** Takes the token if it is this keyword or symbol. */
  accept(upper: string): boolean {
    if (!this.is(upper)) return false
    this.next()
    return true
  }

  acceptAll(first: string, second: string): boolean {
    if (!this.is(first)) return false
    this.next()
    this.expect(second)
    return true
  }

  is(upper: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return (token.kind === 'word' || token.kind === 'symbol') && token.upper === upper
  }

  expect(upper: string): void {
    if (!this.accept(upper)) throw this.unexpected()
  }

  expectEnd(): void {
    if (this.peek().kind !== 'end') throw this.unexpected()
  }

  /** Any word, keyword or not, as after a dot; `["…"]` is the caller's business. */
  name(): string {
    const token = this.next()
    if (token.kind !== 'word') throw syntaxError(token.text, token.start, token.end)
    return token.text
  }

  isPlainName(): boolean {
    const token = this.peek()
    return token.kind === 'word' && !reserved.has(token.upper)
  }

  /** A word that may begin an expression as a name. */
  isIdentifier(): boolean {
    const token = this.peek()
    return token.kind === 'word' && (!reserved.has(token.upper) || soft.has(token.upper))
  }

  /** `SELECT VALUE x`, but not a property called value: `SELECT value.x`. */
  isValueKeyword(): boolean {
    const follower = this.peek(1)
    return (
      this.is('VALUE') && !['.', ',', 'AS', 'FROM', 'end'].includes(follower.kind === 'end' ? 'end' : follower.upper)
    )
  }

  /** Guards against text nested so deep that it would exhaust the stack. */
  nest<T>(parse: () => T): T {
    if (++this.depth > 200) throw this.unexpected()
    try {
      return parse()
    } finally {
      this.depth--
    }
  }

  unexpected(): CosmosError {
    const token = this.peek()
    return syntaxError(token.text, token.start, token.end)
  }
}
