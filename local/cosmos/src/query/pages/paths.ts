import type { Value } from '../evaluation/values.ts'
import type { Parameters } from '../syntax/parameters.ts'
import type { Expression, Query } from '../syntax/syntax.ts'

/** The names of a path into the item, such as `['a', 'b']` for `c.a["b"]`; undefined if it is anything else. */
export function pathInItem(expression: Expression, query: Query): string[] | undefined {
  if (expression.kind === 'name') {
    const root = query.from[0]
    return root?.path.kind === 'name' && root.alias === expression.name ? [] : undefined
  }
  if (expression.kind !== 'property' && expression.kind !== 'element') return undefined
  const owner = pathInItem(expression.object, query)
  if (owner === undefined) return undefined
  if (expression.kind === 'property') return [...owner, expression.name]
  const { index } = expression
  return index.kind === 'constant' && typeof index.value === 'string' ? [...owner, index.value] : undefined
}

export type Comparison = { path: string[]; operator: string; value: Value }

const mirrored: Record<string, string> = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

/** The comparisons of a path with a fixed value that every row must pass: those joined by AND at the top of WHERE. */
export function requiredComparisons(query: Query, parameters: Parameters): Comparison[] {
  const found: Comparison[] = []
  const pending = query.where === undefined ? [] : [query.where]
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (at.kind === 'binary' && at.operator === 'AND') pending.push(at.left, at.right)
    else if (at.kind === 'binary' && at.operator in mirrored) {
      add(at.left, at.operator, at.right)
      add(at.right, mirrored[at.operator] as string, at.left)
    } else if (at.kind === 'between') {
      add(at.value, '>=', at.low)
      add(at.value, '<=', at.high)
    } else if (at.kind === 'call' && at.name === 'STARTSWITH' && at.parts.length === 2) {
      add(at.parts[0] as Expression, '>=', at.parts[1] as Expression)
    }
  }
  return found

  function add(side: Expression, operator: string, other: Expression): void {
    const path = pathInItem(side, query)
    if (path === undefined) return
    if (other.kind === 'constant') found.push({ path, operator, value: other.value })
    else if (other.kind === 'parameter') found.push({ path, operator, value: parameters.get(other.name) })
  }
}
