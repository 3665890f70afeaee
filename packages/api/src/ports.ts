import type { Documents } from '@remit/documents/documents'
import type { Settings } from '@remit/domain/settings'

/** Time and chance, as everything in this system gets them. */
export type World = {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Resolves after so many milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>
  /** A fresh random UUID. */
  readonly randomId: () => string
}

/** The containers reads are answered from. */
export type ReadStores = {
  readonly accounts: Documents
  readonly transfers: Documents
  readonly operations: Documents
  readonly details: Documents
  readonly commands: Documents
  readonly events: Documents
  readonly parked: Documents
}

/** What it takes to say how something stands. */
export type Reading = { readonly stores: ReadStores; readonly world: World; readonly settings: Settings }

/** The present time as it is written everywhere: ISO 8601, UTC, with milliseconds. */
export function timeOf(world: Pick<World, 'now'>): string {
  return new Date(world.now()).toISOString()
}
