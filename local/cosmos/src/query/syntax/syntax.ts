import type { Json } from '../../json.ts'

/** Where a piece of the query stands in its text; rewriting for fan-out copies text from there. */
export type Span = { start: number; end: number }

export type Expression = Span &
  (
    | { kind: 'constant'; value: Json | undefined }
    | { kind: 'parameter'; name: string }
    | { kind: 'name'; name: string }
    | { kind: 'property'; object: Expression; name: string }
    | { kind: 'element'; object: Expression; index: Expression }
    | { kind: 'unary'; operator: string; operand: Expression }
    | { kind: 'binary'; operator: string; left: Expression; right: Expression }
    | { kind: 'conditional'; test: Expression; yes: Expression; no: Expression }
    | { kind: 'in'; value: Expression; list: Expression[] }
    | { kind: 'between'; value: Expression; low: Expression; high: Expression }
    | { kind: 'like'; value: Expression; pattern: Expression; escape: Expression | undefined }
    | { kind: 'call'; name: string; parts: Expression[] }
    | { kind: 'array'; items: Expression[] }
    | { kind: 'object'; properties: { name: string; value: Expression }[] }
    | { kind: 'subquery'; form: 'scalar' | 'exists' | 'array'; query: Query }
  )

export type SelectItem = Span & { expression: Expression; alias: string | undefined }

export type Select = Span & {
  distinct: boolean
  top: Expression | undefined
  value: Expression | undefined
  isStar: boolean
  items: SelectItem[]
}

/** `FROM path alias`, `FROM alias IN path`, `JOIN alias IN path`, or a subquery in place of the path. */
export type Source = { alias: string; path: Expression; iterates: boolean }

export type OrderItem = { expression: Expression; descending: boolean }

export type Query = Span & {
  text: string
  select: Select
  from: Source[]
  fromSpan: Span | undefined
  where: Expression | undefined
  groupBy: Expression[]
  orderBy: OrderItem[]
  offset: Expression | undefined
  limit: Expression | undefined
}

export function textOf(query: Query, span: Span): string {
  return query.text.slice(span.start, span.end)
}
