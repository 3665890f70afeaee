import type { StoredItem } from '@remit/documents/documents'
import { Bell, type Scheduler } from './scheduler.ts'

/** The changes of one range of a container, in order. */
export class FeedRange {
  readonly items: StoredItem[] = []
  readonly bell = new Bell()
  /** The ranges that go on from here. */
  children: readonly [FeedRange, FeedRange] | undefined
  readonly #hashes: number[] = []
  readonly #scheduler: Scheduler
  readonly #modulus: number
  readonly #remainder: number

  constructor(scheduler: Scheduler, modulus: number, remainder: number) {
    this.#scheduler = scheduler
    this.#modulus = modulus
    this.#remainder = remainder
  }

  /** Takes the change if it belongs here. */
  offer(hash: number, item: StoredItem): void {
    if (hash % this.#modulus !== this.#remainder) return
    this.items.push(item)
    this.#hashes.push(hash)
    this.bell.ring(this.#scheduler.now)
  }

  split(): readonly [FeedRange, FeedRange] {
    const half = (remainder: number) => {
      const child = new FeedRange(this.#scheduler, this.#modulus * 2, remainder)
      for (const [index, item] of this.items.entries()) child.offer(this.#hashes[index] ?? 0, item)
      return child
    }
    this.children = [half(this.#remainder), half(this.#remainder + this.#modulus)]
    this.bell.ring(this.#scheduler.now)
    return this.children
  }

  /** How many of the first `position` changes of its parent belong to a child. */
  positionIn(child: FeedRange, position: number): number {
    return this.#hashes.slice(0, position).filter(hash => hash % child.#modulus === child.#remainder).length
  }
}
