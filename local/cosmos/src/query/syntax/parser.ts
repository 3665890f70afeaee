import { checkJoins, checkLength } from '../evaluation/limits.ts'
import { parseExpression, parseIdentifier } from './expression-parser.ts'
import { tokenize } from './lexer.ts'
import type { Expression, OrderItem, Query, Select, SelectItem, Source, Span } from './syntax.ts'
import { TokenReader } from './token-reader.ts'

/** Parses a whole query. Throws 400 with an `SCnnnn` code. */
export function parseQuery(text: string): Query {
  checkLength(text)
  const reader = new TokenReader(tokenize(text), text)
  const query = parseSelectQuery(reader)
  reader.expectEnd()
  return query
}

/** Parses from SELECT as far as the grammar goes; a subquery ends at its parenthesis. */
export function parseSelectQuery(reader: TokenReader): Query {
  const start = reader.peek().start
  const select = parseSelect(reader)
  const from: Source[] = []
  let fromSpan: Span | undefined
  if (reader.accept('FROM')) {
    const fromStart = reader.peek().start
    from.push(parseSource(reader, false))
    while (reader.accept('JOIN')) from.push(parseSource(reader, true))
    checkJoins(from.length - 1)
    fromSpan = { start: fromStart, end: reader.lastEnd }
  }
  const where = reader.accept('WHERE') ? parseExpression(reader) : undefined
  const groupBy = reader.acceptAll('GROUP', 'BY') ? parseList(reader) : []
  const orderBy = reader.acceptAll('ORDER', 'BY') ? parseOrder(reader) : []
  let offset: Expression | undefined
  let limit: Expression | undefined
  if (reader.accept('OFFSET')) {
    offset = parseCount(reader)
    reader.expect('LIMIT')
    limit = parseCount(reader)
  }
  return {
    text: reader.text,
    start,
    end: reader.lastEnd,
    select,
    from,
    fromSpan,
    where,
    groupBy,
    orderBy,
    offset,
    limit,
  }
}

function parseSelect(reader: TokenReader): Select {
  const start = reader.peek().start
  reader.expect('SELECT')
  const distinct = reader.accept('DISTINCT')
  const top = reader.accept('TOP') ? parseCount(reader) : undefined
  const select: Select = { start, end: 0, distinct, top, value: undefined, isStar: false, items: [] }
  if (reader.accept('*')) select.isStar = true
  else if (reader.isValueKeyword()) {
    reader.next()
    select.value = parseExpression(reader)
  } else {
    do select.items.push(parseSelectItem(reader))
    while (reader.accept(','))
  }
  select.end = reader.lastEnd
  return select
}

/** Of TOP, OFFSET and LIMIT: a number or a parameter, and no other expression. */
function parseCount(reader: TokenReader): Expression {
  const { kind, text, start, end } = reader.peek()
  if (kind !== 'number' && kind !== 'parameter') throw reader.unexpected()
  reader.next()
  return kind === 'number' ? { kind: 'constant', value: Number(text), start, end } : { kind, name: text, start, end }
}

function parseSelectItem(reader: TokenReader): SelectItem {
  const expression = parseExpression(reader)
  const alias = reader.accept('AS') ? parseIdentifier(reader) : reader.isPlainName() ? reader.name() : undefined
  return { expression, alias, start: expression.start, end: reader.lastEnd }
}

function parseSource(reader: TokenReader, isJoin: boolean): Source {
  if (reader.peek().kind === 'word' && reader.peek(1).upper === 'IN') {
    const alias = reader.name()
    reader.expect('IN')
    return { alias, path: parsePath(reader), iterates: true }
  }
  const path = parsePath(reader)
  const named = reader.accept('AS') ? reader.name() : reader.isPlainName() ? reader.name() : impliedAlias(path)
  const alias = named ?? (path.kind === 'subquery' && !isJoin ? unnamed : undefined)
  if (alias === undefined || (isJoin && path.kind !== 'subquery')) throw reader.unexpected()
  return { alias, path, iterates: path.kind === 'subquery' }
}

/** A subquery that FROM gives no name cannot be referred to: no name of a statement has a space. */
const unnamed = 'no name'

/** `FROM c.children` calls each row `children`. */
function impliedAlias(path: Expression): string | undefined {
  if (path.kind === 'name' || path.kind === 'property') return path.name
  return undefined
}

function parsePath(reader: TokenReader): Expression {
  const { start } = reader.peek()
  if (reader.accept('(')) {
    const query = reader.nest(() => parseSelectQuery(reader))
    reader.expect(')')
    return { kind: 'subquery', form: 'array', query, start, end: reader.lastEnd }
  }
  let path: Expression = { kind: 'name', name: reader.name(), start, end: reader.lastEnd }
  for (;;) {
    if (reader.accept('.'))
      path = { kind: 'property', object: path, name: parseIdentifier(reader), start, end: reader.lastEnd }
    else if (reader.accept('[')) {
      const index = parseExpression(reader)
      reader.expect(']')
      path = { kind: 'element', object: path, index, start, end: reader.lastEnd }
    } else return path
  }
}

function parseList(reader: TokenReader): Expression[] {
  const list = [parseExpression(reader)]
  while (reader.accept(',')) list.push(parseExpression(reader))
  return list
}

function parseOrder(reader: TokenReader): OrderItem[] {
  const items: OrderItem[] = []
  do {
    const expression = parseExpression(reader)
    const descending = reader.accept('DESC')
    if (!descending) reader.accept('ASC')
    items.push({ expression, descending })
  } while (reader.accept(','))
  return items
}
