import { setTimeout as sleep } from 'node:timers/promises'

/** The passing of time, which a test takes into its own hands. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Rejects when the signal comes first. */
  sleep(milliseconds: number, stop: AbortSignal): Promise<void>
}

/** Node's timers cannot wait longer at once. */
const longestWait = 2 ** 31 - 1

/** The clock of the machine. */
export const machineClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) => sleep(Math.min(milliseconds, longestWait), undefined, { signal }),
}

/** False when the signal comes first. */
export async function waitUntil(clock: Clock, due: number, stop: AbortSignal): Promise<boolean> {
  try {
    while (!stop.aborted) {
      const left = due - clock.now()
      if (left <= 0) return true
      await clock.sleep(left, stop)
    }
  } catch {
    // Stopped while waiting.
  }
  return false
}
