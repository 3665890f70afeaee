import { badRequest } from '../../errors.ts'
import { indexedTerms } from '../../indexed-terms.ts'
import { isObject, type Json } from '../../json.ts'
import { pathNames } from '../../partition-key/definition.ts'
import type { Container } from '../../store/container.ts'
import type { Query } from '../syntax/syntax.ts'
import { pathInItem } from './paths.ts'

/**
 * Checks that an index serves ORDER BY, as the service does: one column needs an indexed path, several need a composite
 * index of just these columns, in this order and direction or all reversed. Throws 400.
 * Returns whether rows without the column are left out (one column, path not included by name).
 */
export function checkOrderIndex(query: Query, container: Container): { skipsMissing: boolean } {
  if (query.orderBy.length === 0) return { skipsMissing: false }
  const columns = query.orderBy.map(({ expression, descending }) => {
    const names = pathInItem(expression, query)
    if (names === undefined) {
      throw badRequest('Unsupported ORDER BY clause. ORDER BY item expression could not be mapped to a document path.')
    }
    return { names, descending }
  })
  const [first] = columns
  if (columns.length > 1) {
    checkComposite(columns, container.record.definition.indexingPolicy)
    return { skipsMissing: false }
  }
  const names = first?.names ?? []
  if (names[0] === 'id' || names[0] === '_ts') return { skipsMissing: false }
  const indexed = indexedTerms(container)
  if (!indexed.has(names)) throw badRequest('The index path corresponding to the specified order-by item is excluded.')
  return { skipsMissing: !indexed.names(names) }
}

type Column = { names: string[]; descending: boolean }

function checkComposite(columns: Column[], policy: Json | undefined): void {
  const indexes = isObject(policy) && Array.isArray(policy.compositeIndexes) ? policy.compositeIndexes : []
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
