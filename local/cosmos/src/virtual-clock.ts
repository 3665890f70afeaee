/** A clock that stands still until it is told to go on. Hand `now` and `sleep` to a server. */
export type VirtualClock = {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves when the clock has come this far. */
  sleep(ms: number): Promise<void>
  /** Goes on, and wakes those whose time has come, in order. */
  advance(ms: number): void
  /** How many sleep. */
  sleepers(): number
}

/** @param start milliseconds since 1970 */
export function virtualClock(start: number): VirtualClock {
  let now = start
  let sleeping: { until: number; wake: () => void }[] = []
  return {
    now: () => now,
    sleep: ms => new Promise(wake => sleeping.push({ until: now + ms, wake })),
    advance: ms => {
      now += ms
      const awake = sleeping.filter(({ until }) => until <= now).sort((a, b) => a.until - b.until)
      sleeping = sleeping.filter(({ until }) => until > now)
      for (const { wake } of awake) wake()
    },
    sleepers: () => sleeping.length,
  }
}
