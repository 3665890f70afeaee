import type { Clock } from 'local-clock/clock'

/** One timer that rings at the earliest time it was asked for. */
export interface Alarm {
  /** @param time milliseconds since 1970; later than what it is set for changes nothing. */
  at(time: number | undefined): void
  cancel(): void
}

export function createAlarm(clock: Clock, ring: () => void): Alarm {
  let set: { time: number; cancel: () => void } | undefined
  const cancel = () => {
    set?.cancel()
    set = undefined
  }
  return {
    at(time) {
      if (time === undefined || (set && set.time <= time)) return
      cancel()
      const stop = clock.setTimer(Math.max(0, time - clock.now()), () => {
        set = undefined
        ring()
      })
      set = { time, cancel: stop }
    },
    cancel,
  }
}
