import type { Machine } from './machine.ts'

/** Longest silence of the server, in milliseconds: more than an answer that waits for an outcome takes. */
const SILENCE = 20_000

/** The browser itself: the only place that asks it for time, chance and network. */
export const browser: Machine = {
  now: () => Date.now(),
  later: (milliseconds, call) => {
    const timer = setTimeout(call, milliseconds)
    return () => clearTimeout(timer)
  },
  randomId: () => crypto.randomUUID(),
  send: (address, init) => fetch(address, { ...init, signal: AbortSignal.timeout(SILENCE) }),
  isVisible: () => document.visibilityState === 'visible',
  onWake: call => {
    const wake = () => {
      if (document.visibilityState === 'visible') call()
    }
    document.addEventListener('visibilitychange', wake)
    window.addEventListener('online', wake)
    return () => {
      document.removeEventListener('visibilitychange', wake)
      window.removeEventListener('online', wake)
    }
  },
}
