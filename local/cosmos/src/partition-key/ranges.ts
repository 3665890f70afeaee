import type { PartitionKeyDefinition } from './definition.ts'
import { orderedNumber } from './effective-key.ts'

export type Bounds = { min: string; max: string }

const ringEnd = 'FF'
const maxRequestUnitsPerRange = 10_000
const requestUnitsPerSplitRange = 6_000

/** How many physical ranges a container has: one up to 10,000 RU/s, then one for each 6,000 RU/s; never below `minimum`. */
export function rangeCount(throughput: number, minimum: number): number {
  const wanted = throughput <= maxRequestUnitsPerRange ? 1 : Math.ceil(throughput / requestUnitsPerSplitRange)
  return Math.max(minimum, wanted)
}

/** Whether so many ranges can serve this throughput, in request units a second. */
export function canServe(ranges: number, throughput: number): boolean {
  return ranges * maxRequestUnitsPerRange >= throughput
}

/** Cuts the ring into `count` equal parts, in the key space of the key's version. */
export function splitRing(definition: PartitionKeyDefinition, count: number): Bounds[] {
  const cut = (part: number) => (isV1(definition) ? cutV1(part, count) : cutV2(part, count))
  return Array.from({ length: count }, (_, part) => ({
    min: part === 0 ? '' : cut(part),
    max: part === count - 1 ? ringEnd : cut(part + 1),
  }))
}

/** Some place on the ring about in the middle of these bounds. */
export function cutOf(definition: PartitionKeyDefinition, { min, max }: Bounds): string {
  for (let count = 2; ; count *= 2) {
    const inside = splitRing(definition, count).find(bounds => bounds.min > min && bounds.min < max)
    if (inside !== undefined) return inside.min
  }
}

function isV1(definition: PartitionKeyDefinition): boolean {
  return definition.kind === 'Hash' && definition.version === 1
}

/** V1 keys start with the encoded 32-bit hash; cut evenly over 00..FF they would all fall into one range. */
function cutV1(part: number, count: number): string {
  return orderedNumber(Math.floor((part / count) * 0xffffffff))
    .toString('hex')
    .toUpperCase()
}

/** V2 hashes have their top two bits cleared, so the ring ends at 3F…. */
function cutV2(part: number, count: number): string {
  const end = (1n << 126n) - 1n
  return ((end * BigInt(part)) / BigInt(count)).toString(16).toUpperCase().padStart(32, '0')
}
