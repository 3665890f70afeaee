import { CosmosError } from './errors.ts'

/**
 * What each operation costs, in request units (RU). The model is the one Microsoft describes in "Understand request units
 * consumption in Azure Cosmos DB" (https://learn.microsoft.com/azure/cosmos-db/understand-request-unit-consumption, 2026):
 *
 * - point read: by the size of the item; a feed: the same for each item; a query: see `queryCharge`
 * - create, delete: by the size of the item, and for each indexed value (see indexed-terms.ts)
 * - replace, and upsert of what exists: taking the old item out and putting the new one in, and each indexed value that goes
 *   or comes; patch: the same and 0.4 RU for each of its operations
 *
 * The document rounds. The charges seen on the service are whole steps of 4/21 RU (0.19): create 6.67 is 35 steps, upsert
 * 10.67 is 56, replace 11.05 is 58, a batch of two creates 12.57 is 66, of a hundred 704.76 is 3,700. So one indexed value is
 * one step here, and writing 1 KB is 26. The same operation on the same data always costs the same. Sizes are those of the
 * stored JSON text with its system properties, in characters.
 */
const step = 4 / 21

/** Of an answer without items: 304, a resource other than an item. */
export const smallestCharge = 1

/** What an operation costs that ended with an error. */
export function errorCharge(error: unknown): number {
  const status = error instanceof CosmosError ? error.status : 500
  if (status === 429) return 2 * step
  return status === 404 ? smallestCharge : 1.24
}

/** Sizes in kilobytes, what reading such an item costs in RU, and what writing it costs in steps, without its index. */
const bySize: readonly (readonly [kilobytes: number, read: number, writeSteps: number])[] = [
  [1, 1, 26],
  [2, 1.04, 33],
  [4, 1.14, 35],
  [8, 1.33, 37],
  [16, 1.67, 50],
  [32, 2.19, 59],
  [64, 4.76, 119],
  [128, 9.95, 253],
  [256, 20.28, 516],
  [512, 40.95, 969],
  [1024, 145.9, 3281.25],
  [2048, 291.8, 6562.5],
]

/** Between two sizes of the table a charge lies on the straight line; above the last one it goes on as before it. */
function atSize(characters: number, column: 1 | 2): number {
  const size = characters / 1024
  if (size <= 1) return column === 1 ? 1 : 26
  const found = bySize.findIndex(([kilobytes]) => kilobytes >= size)
  const at = found < 0 ? bySize.length - 1 : found
  const [above, below] = [bySize[at], bySize[at - 1]]
  if (above === undefined || below === undefined) throw new RangeError(`An item has no size of ${characters}.`)
  return below[column] + ((size - below[0]) / (above[0] - below[0])) * (above[column] - below[column])
}

/** Reading one item by its id. @param size of the stored text, in characters */
export function readCharge(size: number): number {
  return atSize(size, 1)
}

/** Putting an item in, or taking it out. @param terms how many of its values are indexed */
export function writeCharge(size: number, terms: number): number {
  return (atSize(size, 2) + terms) * step
}

/** Putting an item in another's place. @param terms how many indexed values go, and how many come */
export function replaceCharge(sizes: { before: number; after: number }, terms: number): number {
  return (atSize(sizes.before, 2) + atSize(sizes.after, 2) + terms) * step
}

/** What a patch costs beyond the replace it amounts to. */
export function patchSurcharge(operations: number): number {
  return 2 * step * operations
}

/** Processing the items of a feed is reading each of them. */
export function feedCharge(texts: readonly string[]): number {
  return texts.reduce((sum, { length }) => sum + atSize(length, 1), 0)
}

const queryBase = 2.2451
const queryRow = 0.014915

/** Fits 2.26 for one row and 17.16 for a thousand. What a row is larger than 1 KB costs as much as in a point read. */
export function queryCharge(texts: readonly string[]): number {
  return texts.reduce((sum, { length }) => sum + atSize(length, 1) - 1, queryBase + queryRow * texts.length)
}

/**
 * A batch costs its operations, less two steps for each write, as they share a transaction, and more the larger it grows.
 * The service was seen at 2 creates (12.57) and at 100 (704.76); the square between them is a guess.
 */
export function batchCharge(charges: readonly number[], writes: number): number {
  const sum = charges.reduce((total, charge) => total + charge, 0)
  return sum + (Math.floor(writes ** 2 / 25) - 2 * writes) * step
}

/** As the service shows charges: hundredths. */
export function roundCharge(charge: number): number {
  return Math.round(charge * 100) / 100
}
