import { setTimeout as sleep } from 'node:timers/promises'

/** A wait that somebody else may cut short. */
export interface Nap {
  /** Ends early when it is woken or the signal comes; at once when it was woken before. */
  sleep(milliseconds: number, stop: AbortSignal): Promise<void>
  wake(): void
}

export function createNap(): Nap {
  let waking = new AbortController()
  return {
    async sleep(milliseconds, stop) {
      await sleep(milliseconds, undefined, { signal: AbortSignal.any([stop, waking.signal]) }).catch(() => {})
      if (waking.signal.aborted) waking = new AbortController()
    },
    wake: () => waking.abort(),
  }
}
