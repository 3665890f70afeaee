import type { Bounds } from '../partition-key/ranges.ts'

/** A range as it is stored: its id, never used again, and what it covers. */
export type RangeRecord = Bounds & { readonly id: string; readonly parents?: readonly string[] }

/** How many places in the order of changes a range remembers. */
const REMEMBERED = 1_000

/** A physical partition: one writer, one rising LSN. Which items it holds is said by their places on the ring alone. */
export class Range {
  readonly id: string
  readonly bounds: Bounds
  /** The ranges it came from by splits, oldest first. */
  readonly parents: readonly string[]
  /** LSN of the last write. */
  lsn = 0
  /** How many items it holds now. */
  size = 0
  /** Behind which change in the container's order all those after an LSN stand, for some LSNs; both rising. */
  private places: (readonly [lsn: number, change: number])[] = []

  constructor({ id, parents = [], ...bounds }: RangeRecord) {
    this.id = id
    this.parents = parents
    this.bounds = bounds
  }

  get stored(): RangeRecord {
    return { id: this.id, parents: this.parents, ...this.bounds }
  }

  holds(epk: string): boolean {
    return epk >= this.bounds.min && epk < this.bounds.max
  }

  /** Takes over how far its parent is: its items keep their LSNs. */
  inherit(parent: Range, size: number): void {
    this.lsn = parent.lsn
    this.places = [...parent.places]
    this.size = size
  }

  /** Remembers that all changes of this range after an LSN stand behind this one in the container's order. */
  remember(lsn: number, change: number): void {
    const at = this.places.findLastIndex(([known]) => known <= lsn)
    if (this.places[at]?.[0] === lsn) return
    this.places.splice(at + 1, 0, [lsn, change])
    if (this.places.length > REMEMBERED) this.places = this.places.filter((_, nth) => nth % 2 === 1)
  }

  /** A change in the container's order behind which all those of this range after an LSN stand. */
  placeBefore(lsn: number): number {
    return this.places.findLast(([known]) => known <= lsn)?.[1] ?? 0
  }
}
