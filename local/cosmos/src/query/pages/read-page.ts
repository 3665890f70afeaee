import { invalid } from './continuation.ts'
import type { Demand, Page } from './page.ts'
import { sortedPage } from './sorted-page.ts'
import { streamedPage } from './streamed-page.ts'
import { wholePage } from './whole-page.ts'

/** Works out one page, in the cheapest of three ways: as the items come, sorted, or all at once. */
export function readPage(demand: Demand): Page {
  const { compiled, candidates, from } = demand
  const { isGrouped, query, orderBy } = compiled
  if (isGrouped || query.select.distinct || query.from.length === 0) return wholePage(demand)
  if (orderBy.length > 0 && !candidates.isOrdered) return sortedPage(demand)
  if (from !== undefined && from.by !== (candidates.isOrdered ? 'id' : 'scan')) throw invalid()
  return streamedPage(demand)
}
