/** Smaller differences are the whole seconds of the header and the way of the answer, not a wrong clock; milliseconds. */
const TOLERATED = 2_000

/**
 * The server's time. Due times are the server's, so a reviewer whose clock is wrong must still see how long is left:
 * each answer says what time it is there.
 */
export function serverClock(now: () => number) {
  let ahead = 0
  return {
    now: () => now() + ahead,
    /** Takes the `Date` header of an answer. */
    heard: (date: string | null) => {
      const there = Date.parse(date ?? '')
      if (Number.isNaN(there)) return
      const difference = there - now()
      if (Math.abs(difference - ahead) > TOLERATED) ahead = Math.abs(difference) > TOLERATED ? difference : 0
    },
  }
}
export type ServerClock = ReturnType<typeof serverClock>
