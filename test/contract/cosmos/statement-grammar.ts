import { functions } from '../../../local/cosmos/src/query/functions/functions.ts'
import type { Random } from '../../simulation/random.ts'

const odd = ['t', 'u', 'x', 's', 'root', 'value', 'missing', 'ä', '$document', '__proto__', 'constructor']
const properties = ['id', 'n', 'tags', 'deep', 'text', '_ts', '_rid', 'value', 'order', 'missing', 'a', '__proto__']
const binary = '+ - * / % | & ^ << >> >>> || ?? = != <> < <= > >= AND OR'.split(' ')
const numbers = ['0', '1', '-1', '2.5', '1e308', '0x1F', '.5', '7.', '1e-320', '9007199254740993']
const texts = ['""', '"a"', "'it\\'s'", "'p1'", '"\\u00e4"', '"%a_"', '"[a-z]%"', '"[z-a]"', '"(a+)+$"', '"2020-01-01"']
const aggregates = ['COUNT', 'SUM', 'AVG', 'MIN', 'MAX']
const known = [...functions]

/** Grows statements of the whole language; many of them mean nothing, and must be refused for it. */
export class Grammar {
  private readonly random: Random
  private depth = 0

  constructor(random: Random) {
    this.random = random
  }

  statement(): string {
    this.depth = 0
    return this.query()
  }

  private query(): string {
    const { random } = this
    const select = this.oneOf(
      () => '*',
      () => `VALUE ${this.expression()}`,
      () => `VALUE ${this.path()}`,
      () => `VALUE ${random.pick(aggregates)}(${this.path()})`,
      () => `${this.path()}, ${random.pick(aggregates)}(1) AS many`.replace(/^c,/, 'c.n,'),
      () =>
        this.list(1, 3, () => this.expression() + this.maybe(0.4, () => ` AS ${random.pick(['a', 'b', 'n', 'x'])}`)),
    )
    return [
      'SELECT',
      this.maybe(0.1, () => 'DISTINCT'),
      this.maybe(0.1, () => `TOP ${random.pick(['0', '1', '3', '@p', '1e9'])}`),
      select,
      this.maybe(0.98, () => this.from()),
      this.maybe(0.5, () => `WHERE ${this.expression()}`),
      this.maybe(0.05, () => `GROUP BY ${this.list(1, 2, () => this.expression())}`),
      this.maybe(
        0.2,
        () =>
          `ORDER BY ${this.list(1, random.pick([1, 1, 1, 2]), () => this.path() + random.pick(['', ' ASC', ' DESC']))}`,
      ),
      this.maybe(0.1, () => `OFFSET ${random.pick(['0', '1', '@p'])} LIMIT ${random.pick(['0', '2', '1e9', 'c.n'])}`),
    ]
      .filter(Boolean)
      .join(random.pick([' ', ' ', '\n', ' -- note\n']))
  }

  private from(): string {
    const { random } = this
    const first = random.chance(0.9)
      ? 'FROM c'
      : random.pick(['FROM root c', 'FROM t IN c.tags', 'FROM c.deep', 'FROM c AS x'])
    const source = () =>
      random.chance(0.7)
        ? `${random.pick(['t', 'u', 'x'])} IN ${this.path()}`
        : `(${this.nested(() => this.query())}) AS s`
    return [
      first,
      ...Array.from({ length: random.chance(0.2) ? random.between(1, 3) : 0 }, () => `JOIN ${source()}`),
    ].join(' ')
  }

  private path(): string {
    const { random } = this
    const steps = Array.from({ length: random.between(0, 3) }, () =>
      random.chance(0.8)
        ? `.${random.pick(properties)}`
        : `[${random.pick(['0', '1', '-1', '0.5', '"a b"', '@p', 'c.n'])}]`,
    )
    return (random.chance(0.95) ? 'c' : random.pick(odd)) + steps.join('')
  }

  private expression(): string {
    if (this.depth > 5) return this.leaf()
    return this.nested(() =>
      this.oneOf(
        () => this.leaf(),
        () => this.path(),
        () => this.path(),
        () => this.path(),
        () => `${this.expression()} ${this.random.pick(binary)} ${this.expression()}`,
        () => `${this.random.pick(['NOT ', '-', '~', '+'])}${this.expression()}`,
        () => `(${this.expression()})`,
        () => `${this.expression()} ? ${this.expression()} : ${this.expression()}`,
        () => `${this.path()} ${this.random.pick(['', 'NOT '])}IN (${this.list(0, 4, () => this.expression())})`,
        () => `${this.path()} BETWEEN ${this.expression()} AND ${this.expression()}`,
        () =>
          `${this.random.pick(['c.id', 'c.text', this.path()])} LIKE ${this.random.pick(texts)}${this.maybe(0.2, () => " ESCAPE '!'")}`,
        () => this.call(),
        () => this.call(),
        () => this.maybe(0.05, () => `${this.random.pick(aggregates)}(${this.expression()})`) || this.path(),
        () => `[${this.list(0, 3, () => this.expression())}]`,
        () => `{${this.list(0, 3, () => `${this.random.pick(['a', '"b c"', '__proto__'])}: ${this.expression()}`)}}`,
        () => `${this.random.pick(['EXISTS', 'ARRAY', ''])}(${this.query()})`,
      ),
    )
  }

  /** Mostly with as many arguments as the function takes. */
  private call(): string {
    const [name, { count }] = this.random.pick(known)
    const [least, most] = this.random.chance(0.97) ? count : [0, 4]
    return `${name}(${this.list(least, Math.min(most, 4), () => this.expression())})`
  }

  private leaf(): string {
    if (this.random.chance(0.005)) return this.random.pick(['@none', '1e400', 'udf.f(1)', 'ST_AREA(c)', 'FOO(1)'])
    return this.random.pick([...numbers, ...texts, 'true', 'false', 'null', 'undefined', '@p', '@q'])
  }

  private nested(grow: () => string): string {
    this.depth++
    const grown = grow()
    this.depth--
    return grown
  }

  private oneOf(...growers: (() => string)[]): string {
    return this.random.pick(growers)()
  }

  private maybe(probability: number, grow: () => string): string {
    return this.random.chance(probability) ? grow() : ''
  }

  private list(least: number, most: number, grow: () => string): string {
    return Array.from({ length: this.random.between(least, most) }, grow).join(', ')
  }
}

const words =
  `SELECT FROM WHERE JOIN IN AND OR NOT ORDER GROUP BY OFFSET LIMIT AS TOP DISTINCT BETWEEN LIKE ESCAPE EXISTS
  ASC DESC TRUE NULL UNDEFINED VALUE ARRAY udf ST_DISTANCE ( ) [ ] { } , . : ? * @ " ' \\ -- /* 0x 1e ?? ! # ; é 🙂 \0`.split(
    /\s+/,
  )

/** Takes tokens out, doubles, swaps or replaces them, or puts others in. */
export function mutate(statement: string, random: Random): string {
  const tokens = statement.match(/\w+|\s+|"[^"]*"|'[^']*'|./gsu) ?? []
  for (let change = random.between(1, 3); change > 0; change--) {
    const at = random.between(0, tokens.length)
    const kind = random.between(0, 4)
    if (kind === 0) tokens.splice(at, 1)
    else if (kind === 1) tokens.splice(at, 0, tokens[at] ?? '')
    else if (kind === 2) tokens.splice(at, 0, random.pick(words))
    else if (kind === 3) tokens.splice(at, 1, random.pick(words))
    else tokens.splice(at, 0, ...tokens.splice(random.between(0, tokens.length), random.between(1, 5)))
  }
  return tokens.join(random.chance(0.1) ? ' ' : '')
}

/** Characters that are no statement. */
export function noise(random: Random): string {
  const alphabet = random.pick(['()[]{}.,:', '\'"\\%_', 'SELECT *FROM c', 'aZ09@$_ \n\t', '\0\u{d800}é🙂￿'])
  return Array.from({ length: random.between(0, 60) }, () => alphabet[random.between(0, alphabet.length - 1)]).join('')
}
