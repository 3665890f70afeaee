import type { HeldLease } from './held-lease.ts'

/** Whether anything happens in this host: while nothing does, feeds are asked less often. */
export interface Calm {
  /** A function begins or ends: what it wrote may be in a feed. Everybody who rests goes on. */
  end(): void
  /** Waits after an empty answer, never shorter than the function's own pause, in milliseconds, unless all ends. */
  pause(lease: HeldLease, pollDelay: number, stop: AbortSignal): Promise<void>
}

/** So long after the last function began or ended nothing happens any more, in milliseconds. */
const calmAfter = 250

/** @param idlePollDelay between two questions to a feed while it is calm, in milliseconds. */
export function createCalm(idlePollDelay: number, now: () => number = () => performance.now()): Calm {
  const resting = new Set<HeldLease>()
  let last = now()
  return {
    end() {
      last = now()
      for (const lease of resting) lease.wake()
    },
    async pause(lease, pollDelay, stop) {
      await lease.pause(pollDelay)
      if (stop.aborted || idlePollDelay <= pollDelay || now() - last < calmAfter) return
      resting.add(lease)
      await lease.pause(idlePollDelay - pollDelay)
      resting.delete(lease)
    },
  }
}
