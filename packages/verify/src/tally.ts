import type { Fingerprint } from './fingerprint.ts'

const KEY = 4
/** Slots in use, of all. */
const FULLEST = 0.7
const SMALLEST = 1024

/**
 * A table from fingerprints to a few words each, outside the heap: open addressing in one typed array. A slot whose key
 * is all zero is free.
 */
export class Tally {
  size = 0
  words: Uint32Array
  readonly width: number
  #mask: number

  /** @param width words kept for each key. */
  constructor(width: number, content?: { readonly words: Uint32Array; readonly size: number }) {
    this.width = width
    this.words = content?.words ?? new Uint32Array(SMALLEST * (KEY + width))
    this.size = content?.size ?? 0
    this.#mask = this.words.length / (KEY + width) - 1
  }

  /** Where the words of this key begin; a new key begins with zeros. Holds until the next key is added. */
  at(key: Fingerprint): number {
    let slot = this.#slotOf(key)
    if (!this.#taken(slot)) {
      if (this.size + 1 > (this.#mask + 1) * FULLEST) {
        this.#grow()
        slot = this.#slotOf(key)
      }
      this.size += 1
      this.words.set(key, slot)
    }
    return slot + KEY
  }

  /** Where the words of this key begin; undefined for a key never added. */
  find(key: Fingerprint): number | undefined {
    const slot = this.#slotOf(key)
    return this.#taken(slot) ? slot + KEY : undefined
  }

  /** Where the words of each key begin, in no order. */
  *all(): Iterable<number> {
    for (let slot = 0; slot < this.words.length; slot += KEY + this.width) {
      if (this.#taken(slot)) yield slot + KEY
    }
  }

  /** The key whose words begin there. */
  keyAt(at: number): Fingerprint {
    return this.words.slice(at - KEY, at)
  }

  #slotOf(key: Fingerprint): number {
    const { words, width } = this
    const [a, b, c, d] = [key[0] ?? 0, key[1] ?? 0, key[2] ?? 0, key[3] ?? 0]
    const mask = this.#mask
    for (let index = (a ^ (d << 7)) & mask; ; index = (index + 1) & mask) {
      const slot = index * (KEY + width)
      if (words[slot] === a && words[slot + 1] === b && words[slot + 2] === c && words[slot + 3] === d) return slot
      if (!this.#taken(slot)) return slot
    }
  }

  #taken(slot: number): boolean {
    const { words } = this
    return ((words[slot] ?? 0) | (words[slot + 1] ?? 0) | (words[slot + 2] ?? 0) | (words[slot + 3] ?? 0)) !== 0
  }

  #grow(): void {
    const old = this.words
    const step = KEY + this.width
    this.words = new Uint32Array(old.length * 2)
    this.#mask = this.#mask * 2 + 1
    for (let slot = 0; slot < old.length; slot += step) {
      const entry = old.subarray(slot, slot + step)
      if (((entry[0] ?? 0) | (entry[1] ?? 0) | (entry[2] ?? 0) | (entry[3] ?? 0)) === 0) continue
      this.words.set(entry, this.#slotOf(entry))
    }
  }
}

/** Adds 64 bits, modulo 2^64: sums do not depend on the order, and what was added can be taken away again. */
export function add64(words: Uint32Array, at: number, value: Fingerprint): void {
  const sum = (words[at] ?? 0) + (value[0] ?? 0)
  words[at] = sum
  words[at + 1] = (words[at + 1] ?? 0) + (value[1] ?? 0) + (sum > 0xffff_ffff ? 1 : 0)
}

export function subtract64(words: Uint32Array, at: number, value: Fingerprint): void {
  const difference = (words[at] ?? 0) - (value[0] ?? 0)
  words[at] = difference
  words[at + 1] = (words[at + 1] ?? 0) - (value[1] ?? 0) - (difference < 0 ? 1 : 0)
}

const MOST = 3

/** A word holds sixteen counts from 0 to 3, where 3 means three or more. */
export function countIn(word: number, field: number): number {
  return (word >>> (field * 2)) & MOST
}

export function count(words: Uint32Array, at: number, field: number): void {
  const word = words[at] ?? 0
  if (countIn(word, field) < MOST) words[at] = word + (1 << (field * 2))
}

export function addCounts(words: Uint32Array, at: number, more: number): void {
  for (let field = 0; field < 16; field++) {
    for (let times = countIn(more, field); times > 0; times--) count(words, at, field)
  }
}
