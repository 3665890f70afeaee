import { badRequest } from '../errors.ts'
import { isObject, type Json, type JsonObject } from '../json.ts'
import { pathNames } from '../partition-key/definition.ts'
import { pathInItem } from './paths.ts'
import type { Query } from './syntax.ts'

/**
 * Checks that an index serves ORDER BY, as the service does: one column needs an indexed path, several need a composite
 * index of just these columns, in this order and direction or all reversed. Throws 400.
 * Returns whether rows without the column are left out (one column, path not included by name).
 */
export function checkOrderIndex(query: Query, policy: Json | undefined): { skipsMissing: boolean } {
  if (query.orderBy.length === 0) return { skipsMissing: false }
  const columns = query.orderBy.map(({ expression, descending }) => {
    const names = pathInItem(expression, query)
    if (names === undefined) {
      throw badRequest('Unsupported ORDER BY clause. ORDER BY item expression could not be mapped to a document path.')
    }
    return { names, descending }
  })
  const rules = isObject(policy) ? policy : {}
  const [first] = columns
  if (columns.length > 1) {
    checkComposite(columns, rules)
    return { skipsMissing: false }
  }
  const names = first?.names ?? []
  if (names[0] === 'id' || names[0] === '_ts') return { skipsMissing: false }
  const included = longest(names, rules.includedPaths)
  if (included < longest(names, rules.excludedPaths) || included < 0) {
    throw badRequest('The index path corresponding to the specified order-by item is excluded.')
  }
  return { skipsMissing: included < names.length * 2 }
}

/** Whether the indexing policy has this path. */
export function isIndexed(names: string[], policy: Json | undefined): boolean {
  const rules = isObject(policy) ? policy : {}
  const included = longest(names, rules.includedPaths)
  return included >= 0 && included >= longest(names, rules.excludedPaths)
}

type Column = { names: string[]; descending: boolean }

function checkComposite(columns: Column[], rules: JsonObject): void {
  const indexes = Array.isArray(rules.compositeIndexes) ? rules.compositeIndexes : []
  const fits = indexes.some(index => {
    if (!Array.isArray(index) || index.length !== columns.length) return false
    const sameWay = columns.map(({ names, descending }, at) => {
      const part = index[at]
      if (!isObject(part) || pathNames(String(part.path)).join('/') !== names.join('/')) return undefined
      return (part.order === 'descending') === descending
    })
    return sameWay.every(same => same === true) || sameWay.every(same => same === false)
  })
  if (!fits)
    throw badRequest('The order by query does not have a corresponding composite index that it can be served from.')
}

/** How precisely the best of these paths names the property: twice its length; -1 = not at all. */
function longest(names: string[], paths: Json | undefined): number {
  let best = -1
  for (const each of Array.isArray(paths) ? paths : []) {
    const parts = isObject(each) ? [...pathNames(String(each.path))] : []
    const end = parts.pop()
    const matches = parts.every((part, at) => part === names[at])
    if (!matches) continue
    if (end === '*') best = Math.max(best, parts.length * 2)
    else if (end === '?' && parts.length === names.length) best = Math.max(best, parts.length * 2)
  }
  return best
}
