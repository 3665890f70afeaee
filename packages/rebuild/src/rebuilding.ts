import { isForNow } from '@remit/api/parking'
import type { World } from '@remit/api/ports'
import type { Documents } from '@remit/documents/documents'
import type { Settings } from '@remit/domain/settings'
import type { ViewStores } from '@remit/functions-projections/kept-views'

/** What it takes to rebuild a view. */
export type Rebuilding = {
  readonly stores: ViewStores & { readonly views: Documents }
  readonly world: World
  readonly settings: Settings
  /** Milliseconds after which every process acts on a change of the editions, and has finished what it had begun. */
  readonly seenByAll: number
  /** Told what is being done and how much of it is done. */
  readonly progress: (title: string, done: number) => void
}

/** Every process looks at the editions once a second; the rest is for a write that was throttled, and for replicas. */
export const SEEN_BY_ALL = 60_000

/** Items, or streams, found by one question, and how many of them are worked on at the same time. */
export const PAGE = 100
export const WIDTH = 16

const PAUSE = 1_000
const TRIES = 60

/** Does it again for as long as the store just cannot be asked, for a minute. */
export async function patiently<Done>(world: World, work: () => Promise<Done>): Promise<Done> {
  for (let round = 1; ; round++) {
    try {
      return await work()
    } catch (error) {
      if (!isForNow(error) || round === TRIES) throw error
      await world.sleep(PAUSE)
    }
  }
}
