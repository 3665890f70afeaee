import type { Machine } from './machine.ts'

/** The browser itself: the only place that asks it for time, chance and network. */
export const browser: Machine = {
  now: () => Date.now(),
  later: (milliseconds, call) => {
    const timer = setTimeout(call, milliseconds)
    return () => clearTimeout(timer)
  },
  randomId: () => crypto.randomUUID(),
  send: (address, init) => fetch(address, init),
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
