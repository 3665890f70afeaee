import { canServe, cutOf } from '../partition-key/ranges.ts'
import type { Container } from './container.ts'
import type { Journal } from './journal.ts'
import { Range, type RangeRecord } from './range.ts'

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
export function splitRange(container: Container, parent: Range, journal: Journal): readonly [Range, Range] | undefined {
  const at = middleOf(container, parent)
  if (at === undefined) return undefined
  const { min, max } = parent.bounds
  const parents = [...parent.parents, parent.id]
  const next = rangesEver(container)
  const lower = new Range({ id: String(next), parents, min, max: at })
  const upper = new Range({ id: String(next + 1), parents, min: at, max })
  for (const child of [lower, upper]) child.inherit(parent)
  for (const partition of container.partitions.values()) {
    if (partition.range === parent) partition.range = lower.holds(partition.epk) ? lower : upper
  }
  container.ranges = container.ranges.flatMap(range => (range === parent ? [lower, upper] : [range]))
  const ranges: RangeRecord[] = container.ranges.map(({ stored }) => stored)
  container.record = { ...container.record, ranges }
  journal.saveContainer(container)
  for (const child of [lower, upper]) journal.saveRange(container, child)
  return [lower, upper]
}

/** Splits the largest ranges until there are enough for this throughput, as far as they can be cut. */
export function splitToServe(container: Container, throughput: number, journal: Journal): void {
  while (!canServe(container.ranges.length, throughput)) {
    const largest = container.ranges.toSorted((a, b) => b.size - a.size)
    if (!largest.some(range => splitRange(container, range, journal) !== undefined)) return
  }
}

/** The middle of the partition key values in a range; where there are none yet, of what it covers. */
function middleOf(container: Container, { bounds }: Range): string | undefined {
  const epks = [...container.partitions.values()].map(({ epk }) => epk)
  const held = epks.filter(epk => epk >= bounds.min && epk < bounds.max).sort()
  if (held.length === 0) return cutOf(container.record.partitionKey, bounds)
  const middle = held[held.length >> 1] as string
  return middle > bounds.min && held.length > 1 ? middle : undefined
}
