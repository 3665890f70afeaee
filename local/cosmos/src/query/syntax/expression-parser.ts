import { checkListItems } from '../evaluation/limits.ts'
import { parseSelectQuery } from './parser.ts'
import type { Expression } from './syntax.ts'
import type { TokenReader } from './token-reader.ts'

/** Binary operators from weak to strong; `OR` and `AND` among them, comparisons have forms of their own on one level. */
const levels: string[][] = [
  ['??'],
  ['OR'],
  ['AND'],
  ['|'],
  ['^'],
  ['&'],
  ['COMPARISON'],
  ['<<', '>>', '>>>'],
  ['+', '-', '||'],
  ['*', '/', '%'],
]
const comparisons = ['=', '!=', '<>', '<', '<=', '>', '>=']

export function parseExpression(reader: TokenReader): Expression {
  return reader.nest(() => {
    const { start } = reader.peek()
    const test = parseLevel(reader, 0)
    if (!reader.accept('?')) return test
    const yes = parseExpression(reader)
    reader.expect(':')
    const no = parseExpression(reader)
    return { kind: 'conditional', test, yes, no, start, end: reader.lastEnd }
  })
}

function parseLevel(reader: TokenReader, level: number): Expression {
  const operators = levels[level]
  if (operators === undefined) return parseUnary(reader)
  if (operators[0] === 'COMPARISON') return parseComparison(reader, level)
  if (operators[0] === 'AND' || operators[0] === 'OR') return parseLogic(reader, level, operators[0])
  const { start } = reader.peek()
  let left = parseLevel(reader, level + 1)
  for (;;) {
    const operator = operators.find(candidate => reader.is(candidate))
    if (operator === undefined) return left
    reader.next()
    const right = parseLevel(reader, level + 1)
    left = { kind: 'binary', operator, left, right, start, end: reader.lastEnd }
  }
}

/** Long chains such as those of ReadMany are folded without recursion on the right side. */
function parseLogic(reader: TokenReader, level: number, operator: string): Expression {
  const { start } = reader.peek()
  let left = operator === 'AND' ? parseNot(reader, level + 1) : parseLevel(reader, level + 1)
  while (reader.accept(operator)) {
    const right = operator === 'AND' ? parseNot(reader, level + 1) : parseLevel(reader, level + 1)
    left = { kind: 'binary', operator, left, right, start, end: reader.lastEnd }
  }
  return left
}

function parseNot(reader: TokenReader, level: number): Expression {
  const { start } = reader.peek()
  if (!reader.accept('NOT')) return parseLevel(reader, level)
  const operand = reader.nest(() => parseNot(reader, level))
  return { kind: 'unary', operator: 'NOT', operand, start, end: reader.lastEnd }
}

function parseComparison(reader: TokenReader, level: number): Expression {
  const { start } = reader.peek()
  let left = parseLevel(reader, level + 1)
  for (;;) {
    const operator = comparisons.find(candidate => reader.is(candidate))
    if (operator !== undefined) {
      reader.next()
      const right = parseLevel(reader, level + 1)
      left = { kind: 'binary', operator: operator === '<>' ? '!=' : operator, left, right, start, end: reader.lastEnd }
      continue
    }
    const isNegated = reader.is('NOT') && ['IN', 'BETWEEN', 'LIKE'].some(word => reader.is(word, 1))
    if (isNegated) reader.next()
    const found = parsePredicate(reader, left, level)
    if (found === undefined) return left
    left = isNegated ? { kind: 'unary', operator: 'NOT', operand: found, start, end: reader.lastEnd } : found
  }
}

function parsePredicate(reader: TokenReader, value: Expression, level: number): Expression | undefined {
  const { start } = value
  if (reader.accept('IN')) {
    reader.expect('(')
    const list = parseUntil(reader, ')')
    checkListItems(list)
    return { kind: 'in', value, list, start, end: reader.lastEnd }
  }
  if (reader.accept('BETWEEN')) {
    const low = parseLevel(reader, level + 1)
    reader.expect('AND')
    const high = parseLevel(reader, level + 1)
    return { kind: 'between', value, low, high, start, end: reader.lastEnd }
  }
  if (reader.accept('LIKE')) {
    const pattern = parseLevel(reader, level + 1)
    const escapedBy = reader.accept('ESCAPE') ? parseLevel(reader, level + 1) : undefined
    return { kind: 'like', value, pattern, escape: escapedBy, start, end: reader.lastEnd }
  }
  return undefined
}

/** A name after a dot, or of a column: no keyword, which would have to stand in brackets and quotes. */
export function parseIdentifier(reader: TokenReader): string {
  if (!reader.isIdentifier() || reader.is('VALUE')) throw reader.unexpected()
  return reader.name()
}

function parseUnary(reader: TokenReader): Expression {
  const { start } = reader.peek()
  for (const operator of ['-', '+', '~', 'NOT']) {
    if (!reader.accept(operator)) continue
    const operand = reader.nest(() => parseUnary(reader))
    return { kind: 'unary', operator, operand, start, end: reader.lastEnd }
  }
  let expression = parsePrimary(reader)
  for (;;) {
    if (reader.accept('.')) {
      expression = { kind: 'property', object: expression, name: parseIdentifier(reader), start, end: reader.lastEnd }
    } else if (reader.accept('[')) {
      const index = parseExpression(reader)
      reader.expect(']')
      expression = { kind: 'element', object: expression, index, start, end: reader.lastEnd }
    } else return expression
  }
}

const constants: Record<string, null | boolean | undefined> = {
  TRUE: true,
  FALSE: false,
  NULL: null,
  UNDEFINED: undefined,
}

function parsePrimary(reader: TokenReader): Expression {
  const token = reader.peek()
  const { start } = token
  const end = token.end
  if (token.kind === 'number') {
    const value = Number(token.text)
    if (!Number.isFinite(value)) throw reader.unexpected()
    reader.next()
    return { kind: 'constant', value, start, end }
  }
  if (token.kind === 'string') return { kind: 'constant', value: reader.next().text, start, end }
  if (token.kind === 'parameter') return { kind: 'parameter', name: reader.next().text, start, end }
  if (token.kind === 'word' && token.upper in constants) {
    reader.next()
    return { kind: 'constant', value: constants[token.upper], start, end }
  }
  if (reader.accept('(')) return parseParenthesis(reader, start)
  if (reader.accept('[')) return { kind: 'array', items: parseUntil(reader, ']'), start, end: reader.lastEnd }
  if (reader.accept('{')) return parseObject(reader, start)
  if (reader.is('EXISTS') || (reader.is('ARRAY') && reader.is('(', 1))) return parseSubquery(reader)
  if (!reader.isIdentifier()) throw reader.unexpected()
  const name = reader.name()
  if (name.toLowerCase() === 'udf' && reader.is('.')) {
    reader.next()
    reader.name()
    reader.expect('(')
    return { kind: 'call', name: 'udf', parts: parseUntil(reader, ')'), start, end: reader.lastEnd }
  }
  if (!reader.accept('(')) return { kind: 'name', name, start, end: reader.lastEnd }
  return { kind: 'call', name: name.toUpperCase(), parts: parseUntil(reader, ')'), start, end: reader.lastEnd }
}

function parseParenthesis(reader: TokenReader, start: number): Expression {
  if (reader.is('SELECT')) {
    const query = parseSelectQuery(reader)
    reader.expect(')')
    return { kind: 'subquery', form: 'scalar', query, start, end: reader.lastEnd }
  }
  const inner = parseExpression(reader)
  reader.expect(')')
  return { ...inner, start, end: reader.lastEnd }
}

function parseSubquery(reader: TokenReader): Expression {
  const { upper, start } = reader.next()
  reader.expect('(')
  const query = reader.nest(() => parseSelectQuery(reader))
  reader.expect(')')
  return { kind: 'subquery', form: upper === 'EXISTS' ? 'exists' : 'array', query, start, end: reader.lastEnd }
}

function parseUntil(reader: TokenReader, close: string): Expression[] {
  const items: Expression[] = []
  if (reader.accept(close)) return items
  do items.push(parseExpression(reader))
  while (reader.accept(','))
  reader.expect(close)
  return items
}

function parseObject(reader: TokenReader, start: number): Expression {
  const properties: { name: string; value: Expression }[] = []
  if (!reader.accept('}')) {
    do {
      const token = reader.next()
      if (token.kind !== 'word' && token.kind !== 'string') throw reader.unexpected()
      reader.expect(':')
      properties.push({ name: token.text, value: parseExpression(reader) })
    } while (reader.accept(','))
    reader.expect('}')
  }
  return { kind: 'object', properties, start, end: reader.lastEnd }
}
