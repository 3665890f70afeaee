import { canServe, cutOf } from '../partition-key/ranges.ts'
import type { Container } from './container.ts'
import { Range } from './range.ts'

/** How many ranges the container has had; ids are counted, so the next one gets this number. */
export function rangesEver(container: Container): number {
  return 1 + Math.max(...container.ranges.flatMap(({ id, parents }) => [id, ...parents]).map(Number))
}

/**
 * Splits a range in two, as the service does when it grows: each half goes on with the LSNs its items have, so that a
 * continuation of the parent is good for both. Requests to the parent get 410 from now on.
 *
 * @returns the new ranges; undefined when it cannot be cut, because all its items have one partition key value.
 */
export function splitRange(container: Container, parent: Range): readonly [Range, Range] | undefined {
  const at = middleOf(container, parent)
  if (at === undefined) return undefined
  const next = rangesEver(container)
  const { min, max } = parent.bounds
  const parents = [...parent.parents, parent.id]
  const lower = new Range({ id: String(next), parents, min, max: at })
  const upper = new Range({ id: String(next + 1), parents, min: at, max })
  for (const child of [lower, upper]) child.inherit(parent, container.items.countBetween(child.bounds))
  container.ranges = container.ranges.flatMap(range => (range === parent ? [lower, upper] : [range]))
  container.change({ ranges: container.ranges.map(({ stored }) => stored) })
  for (const child of [lower, upper]) container.saveCounters(child)
  return [lower, upper]
}

/** Splits the largest ranges until there are enough for this throughput, as far as they can be cut. */
export function splitToServe(container: Container, throughput: number): void {
  while (!canServe(container.ranges.length, throughput)) {
    const largest = container.ranges.toSorted((a, b) => b.size - a.size)
    if (!largest.some(range => splitRange(container, range) !== undefined)) return
  }
}

/** Where half of the items of a range lie below; where there are none yet, the middle of what it covers. */
function middleOf(container: Container, { bounds, size }: Range): string | undefined {
  if (size === 0) return cutOf(container.record.partitionKey, bounds)
  const [first] = container.items.keysFrom(bounds, 0)
  for (const key of container.items.keysFrom(bounds, Math.floor(size / 2))) {
    if (key > (first as string)) return key
  }
  return undefined
}
