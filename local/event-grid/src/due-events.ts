import type { Owner, Pending, PendingStore } from './pending-store.ts'

/** The events of a subscription that may be sent now: a bounded window on what is stored. */
export interface DueEvents {
  /** The front of the queue, filled from the store as far as the limits allow. Whoever removes one sends it. */
  fill(now: number): Pending[]
  /** Says that there may be more to find than at the last look. */
  look(): void
  /** Says that the store knows the fate of these. */
  release(pending: Pending[]): void
}

/** Events that wait in memory, unless a batch is larger. */
const mostEvents = 256
/** Characters of all that wait in memory. */
const mostCharacters = 2 * 1_048_576

export function createDueEvents(store: PendingStore, owner: Owner, batchSize: number): DueEvents {
  const limit = Math.max(mostEvents, batchSize)
  const low = Math.max(mostEvents / 2, batchSize)
  const waiting: Pending[] = []
  /** What waits here or is under way. */
  const taken = new Set<number>()
  let exhausted = false

  return {
    fill(now) {
      if (exhausted || waiting.length >= low) return waiting
      const held = waiting.reduce((sum, { event }) => sum + event.length, 0)
      if (held >= mostCharacters) return waiting
      const events = limit - waiting.length
      const found = store.due(owner, { now, except: taken, events, characters: mostCharacters - held })
      exhausted = found.length === 0
      for (const one of found) {
        taken.add(one.id)
        waiting.push(one)
      }
      return waiting
    },
    look() {
      exhausted = false
    },
    release(pending) {
      for (const { id } of pending) taken.delete(id)
    },
  }
}
