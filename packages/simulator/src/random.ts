/** Chance that can be repeated: the same seed gives the same numbers on every machine. */
export type Random = {
  /** A whole number from 0 to 2^32 - 1. */
  readonly next: () => number
  /** A whole number from `low` to `high`, both included. */
  readonly between: (low: number, high: number) => number
  /** True once in `times`. */
  readonly oneIn: (times: number) => boolean
  /** @throws RangeError when there is nothing to pick from. */
  readonly pick: <Item>(items: readonly Item[]) => Item
  /** A UUID of version 4. */
  readonly uuid: () => string
}

const RANGE = 2 ** 32

/** The generator sfc32, its state filled from the seed by splitmix32. */
export function randomFrom(seed: number): Random {
  const fill = splitmix(seed)
  let [a, b, c, counter] = [fill(), fill(), fill(), 1]
  const next = () => {
    const sum = (a + b + counter) >>> 0
    counter = (counter + 1) >>> 0
    a = (b ^ (b >>> 9)) >>> 0
    b = (c + (c << 3)) >>> 0
    c = (((c << 21) | (c >>> 11)) + sum) >>> 0
    return sum
  }
  for (let round = 0; round < 12; round++) next()
  const between = (low: number, high: number) => low + Math.floor((next() / RANGE) * (high - low + 1))
  const pick = <Item>(items: readonly Item[]): Item => {
    if (items.length === 0) throw new RangeError('there is nothing to pick from')
    return items[between(0, items.length - 1)] as Item
  }
  return { next, between, pick, oneIn: times => between(1, times) === 1, uuid: () => uuidFrom(next) }
}

function splitmix(seed: number): () => number {
  let state = (seed ^ Math.floor(seed / RANGE)) >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return (mixed ^ (mixed >>> 16)) >>> 0
  }
}

function uuidFrom(next: () => number): string {
  const hex = Array.from({ length: 4 }, () => next().toString(16).padStart(8, '0')).join('')
  const variant = '89ab'[next() % 4]
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}
