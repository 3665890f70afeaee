import type { SimpleValue, Span } from './path-index.ts'

/** Values of one block; a block twice as large is cut in two. */
const BLOCK = 512

/** Different values in the order of the service: null, false, true, numbers, texts. In blocks, so that adding one is cheap. */
export class SortedValues {
  private readonly blocks: SimpleValue[][] = []

  constructor(values: Iterable<SimpleValue>) {
    const all = [...values].sort(compareSimple)
    for (let start = 0; start < all.length; start += BLOCK) this.blocks.push(all.slice(start, start + BLOCK))
    if (this.blocks.length === 0) this.blocks.push([])
  }

  add(value: SimpleValue): void {
    const number = this.blockOf(value)
    const block = this.blocks[number] as SimpleValue[]
    block.splice(firstNotBelow(block, value), 0, value)
    if (block.length >= 2 * BLOCK) this.blocks.splice(number + 1, 0, block.splice(BLOCK))
  }

  remove(value: SimpleValue): void {
    const number = this.blockOf(value)
    const block = this.blocks[number] as SimpleValue[]
    const at = firstNotBelow(block, value)
    if (block[at] !== value) return
    block.splice(at, 1)
    if (block.length === 0 && this.blocks.length > 1) this.blocks.splice(number, 1)
  }

  *between({ low, high }: Span): Generator<SimpleValue> {
    const type = rankOf((low === undefined ? high : low) as SimpleValue)
    const first = low === undefined ? lowest(type) : low
    const start = this.blockOf(first)
    for (let number = start; number < this.blocks.length; number++) {
      const block = this.blocks[number] as SimpleValue[]
      for (let at = number === start ? firstNotBelow(block, first) : 0; at < block.length; at++) {
        const value = block[at] as SimpleValue
        if (rankOf(value) !== type || (high !== undefined && compareSimple(value, high) > 0)) return
        yield value
      }
    }
  }

  /** All values from one on, or from the first or last, in either direction. */
  *walk(from: SimpleValue | undefined, descending: boolean): Generator<SimpleValue> {
    const step = descending ? -1 : 1
    const start = from === undefined ? (descending ? this.blocks.length - 1 : 0) : this.blockOf(from)
    for (let number = start; number >= 0 && number < this.blocks.length; number += step) {
      const block = this.blocks[number] as SimpleValue[]
      for (let at = descending ? block.length - 1 : 0; at >= 0 && at < block.length; at += step) {
        const value = block[at] as SimpleValue
        if (from === undefined || step * compareSimple(value, from) >= 0) yield value
      }
    }
  }

  /** The last block that begins with this value or a lower one. */
  private blockOf(value: SimpleValue): number {
    let low = 0
    let high = this.blocks.length
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      const [first] = this.blocks[middle] as SimpleValue[]
      if (first !== undefined && compareSimple(first, value) <= 0) low = middle
      else high = middle
    }
    return low
  }
}

function firstNotBelow(block: readonly SimpleValue[], value: SimpleValue): number {
  let low = 0
  let high = block.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareSimple(block[middle] as SimpleValue, value) < 0) low = middle + 1
    else high = middle
  }
  return low
}

function compareSimple(a: SimpleValue, b: SimpleValue): number {
  const byType = rankOf(a) - rankOf(b)
  if (byType !== 0) return byType
  if (a === b) return 0
  return (a as string) < (b as string) ? -1 : 1
}

/** Null below booleans below numbers below texts. */
function rankOf(value: SimpleValue): number {
  if (value === null) return 0
  if (typeof value === 'boolean') return 1
  return typeof value === 'number' ? 2 : 3
}

/** The lowest value of a type. */
function lowest(rank: number): SimpleValue {
  return [null, false, Number.NEGATIVE_INFINITY, ''][rank] as SimpleValue
}
