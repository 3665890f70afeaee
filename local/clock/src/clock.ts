/** The only source of time and of waiting, so that a test can let days pass at once. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls `run` once after `milliseconds`; the answer cancels it. */
  setTimer(milliseconds: number, run: () => void): () => void
}

/** Node cannot wait longer at once. */
const longestWait = 2 ** 31 - 1

/** The machine's clock. A wait longer than Node can wait ends early; whoever waits looks at the time again. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer(milliseconds, run) {
    const timer = setTimeout(run, Math.min(Math.max(milliseconds, 0), longestWait))
    return () => clearTimeout(timer)
  },
}

/** A clock that stands still until it is told to go on. */
export interface VirtualClock extends Clock {
  /** Goes to the next timer and runs it. When there is none within `limit` milliseconds, lets them pass: false. */
  runNext(limit?: number): boolean
}

/** @param start milliseconds since 1970 */
export function createVirtualClock(start: number): VirtualClock {
  let now = start
  const timers = new Set<{ at: number; run: () => void }>()
  return {
    now: () => now,
    setTimer(milliseconds, run) {
      const timer = { at: now + milliseconds, run }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    runNext(limit = Number.POSITIVE_INFINITY) {
      const [next] = [...timers].filter(timer => timer.at <= now + limit).sort((a, b) => a.at - b.at)
      if (!next) {
        if (limit !== Number.POSITIVE_INFINITY) now += limit
        return false
      }
      timers.delete(next)
      now = Math.max(now, next.at)
      next.run()
      return true
    },
  }
}
