import type { Bounds } from '../partition-key/ranges.ts'

/** A range as it is stored: its id, never used again, and what it covers. */
export type RangeRecord = Bounds & { readonly id: string; readonly parents?: readonly string[] }

/**
 * A physical partition: one writer, one rising LSN. Items and changes have numbers that begin with that of the range they
 * were made in, so that a range reads its own and those of the ranges it came from without their being rewritten at a split.
 */
export class Range {
  readonly id: string
  readonly bounds: Bounds
  /** The ranges it came from by splits, oldest first. */
  readonly parents: readonly string[]
  /** Numbers of the ranges it came from and of itself: the order in which its items were created and changed. */
  readonly lineage: readonly number[]
  /** LSN of the last write. */
  lsn = 0
  /** How many items were ever created in it. */
  created = 0
  /** How many items it holds now. */
  size = 0

  constructor({ id, parents = [], ...bounds }: RangeRecord) {
    this.id = id
    this.parents = parents
    this.lineage = [...parents, id].map(Number)
    this.bounds = bounds
  }

  get stored(): RangeRecord {
    return { id: this.id, parents: this.parents, ...this.bounds }
  }

  holds(epk: string): boolean {
    return epk >= this.bounds.min && epk < this.bounds.max
  }
}

/** Numbers of one range; with 2^13 ranges they are exact in a double. */
const perRange = 2 ** 40
export const maxRanges = 2 ** 13
/** Items that one transaction may write. */
const perTransaction = 128

/** The place of an item in the order of creation. @param nth counts from 1 in its range */
export function sequenceOf(range: number, nth: number): number {
  return range * perRange + nth
}

/** The place of a version in the order of changes: items of one transaction in the order in which they were written. */
export function changeOf(range: number, lsn: number, nth = 0): number {
  return range * perRange + lsn * perTransaction + nth
}

/** The range an item was created in. */
export function homeOf(sequence: number): number {
  return Math.floor(sequence / perRange)
}

export function lsnOf(change: number): number {
  return Math.floor((change % perRange) / perTransaction)
}
