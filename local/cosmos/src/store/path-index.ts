import type { Json, JsonObject } from '../json.ts'
import { propertyOf } from '../json.ts'
import type { Entry } from './entry.ts'
import { SortedValues } from './sorted-values.ts'

/** What can be compared with `<` and the like: no object, no array. */
export type SimpleValue = string | number | boolean | null

export function isSimple(value: Json | undefined): value is SimpleValue {
  return value !== undefined && (value === null || typeof value !== 'object')
}

/** From and to, both included, of one type. Without a bound: all of the type of the other one. */
export type Span = { readonly low?: SimpleValue; readonly high?: SimpleValue }

/** The items of one range by the value at one path, as far as that is a simple one. */
export class PathIndex {
  private readonly path: readonly string[]
  private readonly sorted: SortedValues
  private readonly entries = new Map<SimpleValue, Set<Entry>>()
  private readonly values = new Map<Entry, SimpleValue>()
  /** Items with an object or an array there. */
  private readonly others = new Set<Entry>()

  constructor(path: readonly string[], items: Iterable<Entry>) {
    this.path = path
    for (const entry of items) this.add(entry)
    this.sorted = new SortedValues(this.entries.keys())
  }

  /** Takes in a new version of an item, or that it is gone. */
  update(entry: Entry): void {
    const before = this.values.get(entry)
    const same = before === undefined ? undefined : this.entries.get(before)
    if (same?.delete(entry) && same.size === 0) {
      this.entries.delete(before as SimpleValue)
      this.sorted.remove(before as SimpleValue)
    }
    this.values.delete(entry)
    this.others.delete(entry)
    if (!entry.alive) return
    const added = this.add(entry)
    if (added !== undefined) this.sorted.add(added)
  }

  /** The items in a span, in the order of their creation; undefined if there are more than so many. */
  find(span: Span, most: number): Entry[] | undefined {
    const found: Entry[] = []
    for (const value of this.sorted.between(span)) {
      const some = this.entries.get(value) as Set<Entry>
      if (found.length + some.size > most) return undefined
      for (const entry of some) found.push(entry)
    }
    return found.sort((a, b) => a.sequence - b.sequence)
  }

  /** How many items have a simple value there; undefined when some have another kind of value. */
  get size(): number | undefined {
    return this.others.size > 0 ? undefined : this.values.size
  }

  /** Items from a value on, in either order; those with the same value in the order of creation, or its reverse. */
  *inOrder(from: SimpleValue | undefined, descending: boolean): Generator<Entry> {
    for (const value of this.sorted.walk(from, descending)) {
      const same = [...(this.entries.get(value) as Set<Entry>)].sort((a, b) => a.sequence - b.sequence)
      yield* descending ? same.reverse() : same
    }
  }

  /** @returns the value, when it is a new one. */
  private add(entry: Entry): SimpleValue | undefined {
    let value: Json | undefined = JSON.parse(entry.text) as JsonObject
    for (const name of this.path) value = propertyOf(value, name)
    if (!isSimple(value)) {
      if (value !== undefined) this.others.add(entry)
      return undefined
    }
    this.values.set(entry, value)
    const known = this.entries.get(value)
    known?.add(entry)
    if (known === undefined) this.entries.set(value, new Set([entry]))
    return known === undefined ? value : undefined
  }
}
