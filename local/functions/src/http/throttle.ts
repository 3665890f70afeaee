/** Lets requests through, holds some back, and turns others away. */
export interface Throttle {
  /** Runs `work` now or when its turn comes. Answers false at once when too many wait. */
  admit(work: () => Promise<void>): Promise<boolean>
}

/**
 * What `maxConcurrentRequests` and `maxOutstandingRequests` of `host.json` ask for.
 *
 * @param concurrent how many run at once; -1 for no limit
 * @param outstanding how many run or wait; -1 for no limit
 */
export function openThrottle(concurrent: number, outstanding: number): Throttle {
  const atOnce = concurrent < 0 ? Number.POSITIVE_INFINITY : concurrent
  const most = outstanding < 0 ? Number.POSITIVE_INFINITY : outstanding
  const waiting: (() => void)[] = []
  let running = 0
  return {
    async admit(work) {
      if (running + waiting.length >= most) return false
      if (running >= atOnce) await new Promise<void>(resolve => waiting.push(resolve))
      else running++
      try {
        await work()
      } finally {
        // The next one takes over this one's place.
        const next = waiting.shift()
        if (next) next()
        else running--
      }
      return true
    },
  }
}
