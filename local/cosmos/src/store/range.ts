import type { Bounds } from '../partition-key/ranges.ts'
import type { Entry } from './entry.ts'
import { PathIndex } from './path-index.ts'

/** A range as it is stored: its id, never used again, and what it covers. */
export type RangeRecord = Bounds & { readonly id: string; readonly parents?: readonly string[] }

type Change = { lsn: number; entry: Entry }

const worthCompacting = 1_000

/**
 * A physical partition: one writer, one rising LSN. It knows its items in order of creation (what a scan visits) and in
 * order of last change (what the change feed reads). Both lists are append-only and are swept when mostly dead.
 */
export class Range {
  readonly id: string
  readonly bounds: Bounds
  /** The ranges it came from by splits, oldest first. */
  readonly parents: readonly string[]
  /** LSN of the last write. */
  lsn = 0
  private byCreation: Entry[] = []
  private dead = 0
  private changes: Change[] = []
  private stale = 0
  /** Made when a query first asks for one, kept up to date from then on. */
  private readonly indexes = new Map<string, PathIndex>()

  constructor({ id, parents = [], ...bounds }: RangeRecord) {
    this.id = id
    this.parents = parents
    this.bounds = bounds
  }

  get stored(): RangeRecord {
    return { id: this.id, parents: this.parents, ...this.bounds }
  }

  /** Takes over what its parent knows of the items it holds from now on: their order, their changes, the LSN. */
  inherit(parent: Range): void {
    this.lsn = parent.lsn
    this.byCreation = parent.byCreation.filter(({ alive, partition }) => alive && this.holds(partition.epk))
    this.changes = parent.changes.filter(change => isCurrent(change) && this.holds(change.entry.partition.epk))
  }

  holds(epk: string): boolean {
    return epk >= this.bounds.min && epk < this.bounds.max
  }

  append(entry: Entry): void {
    this.byCreation.push(entry)
  }

  /** @param change 1 when an entry died, -1 when it came back to life */
  countDead(change: 1 | -1): void {
    this.dead += change
  }

  /** Items in order of creation; dead ones are among them and must be skipped. */
  entriesFrom(sequence: number): { entries: readonly Entry[]; start: number } {
    return { entries: this.byCreation, start: firstIndex(this.byCreation, entry => entry.sequence >= sequence) }
  }

  /** The items by the value at a path. */
  indexOn(path: readonly string[]): PathIndex {
    const name = JSON.stringify(path)
    const known = this.indexes.get(name)
    if (known !== undefined) return known
    const made = new PathIndex(
      path,
      this.byCreation.filter(({ alive }) => alive),
    )
    this.indexes.set(name, made)
    return made
  }

  /** How many items there are. */
  get size(): number {
    return this.byCreation.length - this.dead
  }

  /** Records the latest versions written by one transaction. */
  record(lsn: number, entries: Iterable<Entry>): void {
    for (const entry of entries) {
      if (entry.alive) this.changes.push({ lsn, entry })
      for (const index of this.indexes.values()) index.update(entry)
    }
    this.sweep()
  }

  /** Says that an older version in the change list no longer counts. */
  outdate(): void {
    this.stale++
  }

  /** Changes after `lsn`, in order; those whose entry has moved on or died must be skipped (see isCurrent). */
  changesAfter(lsn: number): { changes: readonly Change[]; start: number } {
    return { changes: this.changes, start: firstIndex(this.changes, change => change.lsn > lsn) }
  }

  private sweep(): void {
    if (this.stale > worthCompacting && this.stale * 2 > this.changes.length) {
      this.changes = this.changes.filter(isCurrent)
      this.stale = 0
    }
    if (this.dead > worthCompacting && this.dead * 2 > this.byCreation.length) {
      this.byCreation = this.byCreation.filter(entry => entry.alive)
      this.dead = 0
    }
  }
}

/** Latest version mode shows an item only at its last change. */
export function isCurrent(change: Change): boolean {
  return change.entry.alive && change.entry.lsn === change.lsn
}

function firstIndex<T>(list: readonly T[], matches: (value: T) => boolean): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (matches(list[middle] as T)) high = middle
    else low = middle + 1
  }
  return low
}
