import type { Json } from '../../json.ts'
import { type PartitionKeyDefinition, pathNames } from '../../partition-key/definition.ts'
import { effectiveKey } from '../../partition-key/effective-key.ts'
import { requiredComparisons } from '../pages/paths.ts'
import type { Parameters } from '../syntax/parameters.ts'
import type { Query } from '../syntax/syntax.ts'

/** A part of the ring that a query has to be run on; a single place of it has both ends in it. */
type QueryRange = { min: string; max: string; isMinInclusive: boolean; isMaxInclusive: boolean }

export const wholeRing: QueryRange = { min: '', max: 'FF', isMinInclusive: true, isMaxInclusive: false }

/** The place of the one partition key value that WHERE demands; undefined if it leaves more than one. */
export function placeOfKey(
  query: Query,
  parameters: Parameters,
  definition: PartitionKeyDefinition,
): QueryRange | undefined {
  const required = requiredComparisons(query, parameters)
  const components: Json[] = []
  for (const path of definition.paths) {
    const names = JSON.stringify(pathNames(path))
    const filter = required.find(({ path: found, operator }) => operator === '=' && JSON.stringify(found) === names)
    const value = filter?.value
    if (value === undefined || (typeof value === 'object' && value !== null)) return undefined
    components.push(value === 0 ? 0 : value)
  }
  const place = effectiveKey(components, definition)
  return { min: place, max: place, isMinInclusive: true, isMaxInclusive: true }
}
