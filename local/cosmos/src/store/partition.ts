import type { Json } from '../json.ts'
import type { Entry } from './entry.ts'
import type { Range } from './range.ts'

/** All items with one partition key value, sorted by id, so that lookups, id bounds and `ORDER BY c.id` need no scan. */
export class Partition {
  readonly components: readonly Json[]
  /** The components as JSON text. */
  readonly text: string
  /** Effective partition key, where the partition lies on the ring. */
  readonly epk: string
  /** The range it lies in; another one after a split. */
  range: Range
  readonly items: Entry[] = []

  constructor(place: { components: readonly Json[]; text: string; epk: string; range: Range }) {
    this.components = place.components
    this.text = place.text
    this.epk = place.epk
    this.range = place.range
  }

  find(id: string): Entry | undefined {
    const entry = this.items[this.position(id)]
    return entry?.id === id ? entry : undefined
  }

  insert(entry: Entry): void {
    const last = this.items.at(-1)
    if (last === undefined || last.id < entry.id) this.items.push(entry)
    else this.items.splice(this.position(entry.id), 0, entry)
  }

  remove(entry: Entry): void {
    const at = this.position(entry.id)
    if (this.items[at] === entry) this.items.splice(at, 1)
  }

  /** Index of the first item whose id is not below `id`. */
  position(id: string): number {
    let low = 0
    let high = this.items.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.items[middle] as Entry).id < id) low = middle + 1
      else high = middle
    }
    return low
  }
}
