import type { Random } from './random.ts'

/** Whoever does I/O: once dead, its answers never arrive. */
export type Process = { readonly name: string; dead: boolean }

type Parked = { due: number; readonly owner: Process; readonly go: () => void; readonly whenDead?: () => void }

/** Wakes who waits for something to happen, so that nobody needs to poll for it. */
export class Bell {
  #waiting: Parked[] = []

  add(parked: Parked): void {
    this.#waiting.push(parked)
  }

  ring(now: number): void {
    for (const parked of this.#waiting) parked.due = Math.min(parked.due, now)
    this.#waiting = []
  }
}

/**
 * Runs everything that waits, one thing at a time, in an order chance chooses. Every simulated I/O and every sleep
 * parks here; the clock moves only here.
 */
export class Scheduler {
  /** Milliseconds since 1970. */
  now = Date.UTC(2026, 0, 1)
  steps = 0
  readonly #random: Pick<Random, 'pick' | 'between'>
  #parked: Parked[] = []

  constructor(random: Pick<Random, 'pick' | 'between'>) {
    this.#random = random
  }

  /** Resolves when chance picks it, and not before so many milliseconds have passed. */
  park(owner: Process, delay = 0, whenDead?: () => void): Promise<void> {
    return new Promise(resolve => {
      const parked = { due: this.now + delay, owner, go: resolve }
      this.#parked.push(whenDead ? { ...parked, whenDead } : parked)
    })
  }

  /** Resolves once the bell has rung, or so many milliseconds have passed. */
  parkUntil(owner: Process, bell: Bell, delay: number): Promise<void> {
    return new Promise(resolve => {
      const parked = { due: this.now + delay, owner, go: resolve }
      this.#parked.push(parked)
      bell.add(parked)
    })
  }

  /** Whatever this process waits for comes so many milliseconds later, at least. */
  freeze(owner: Process, milliseconds: number): void {
    for (const parked of this.#parked) {
      if (parked.owner === owner) parked.due = Math.max(parked.due, this.now + milliseconds)
    }
  }

  /** Goes on until the condition holds. Throws when that takes more than so many steps. */
  async runUntil(done: () => boolean, most: number, beforeStep: () => void = () => {}): Promise<void> {
    const limit = this.steps + most
    // Lets those of the real world have their turn, once.
    await new Promise(resolve => setImmediate(resolve))
    while (!done()) {
      if (this.steps >= limit) throw new Error(`nothing settled within ${most} steps`)
      beforeStep()
      this.#step()
      await microtasks()
    }
  }

  #step(): void {
    this.steps += 1
    let ready = this.#parked.filter(({ due }) => due <= this.now)
    if (ready.length === 0) {
      if (this.#parked.length === 0) throw new Error('everything waits for something that never comes')
      this.now = this.#parked.reduce((first, { due }) => Math.min(first, due), Number.POSITIVE_INFINITY)
      ready = this.#parked.filter(({ due }) => due <= this.now)
    }
    const chosen = this.#random.pick(ready)
    this.#parked.splice(this.#parked.indexOf(chosen), 1)
    this.now += this.#random.between(0, 2)
    if (chosen.owner.dead) chosen.whenDead?.()
    else chosen.go()
  }
}

/** Resolves when everything that can go on without I/O has gone on: promises come before the next tick. */
function microtasks(): Promise<void> {
  return new Promise(resolve => process.nextTick(resolve))
}
