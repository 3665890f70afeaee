/** What the page asks of the browser for time, chance, network and memory. */
export type Machine = {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Calls back after so many milliseconds, unless the answer is called before. */
  readonly later: (milliseconds: number, call: () => void) => () => void
  readonly randomId: () => string
  readonly send: (address: string, init?: RequestInit) => Promise<Response>
  readonly isVisible: () => boolean
  /** Calls back when the page is looked at again or the network is back; the answer ends that. */
  readonly onWake: (call: () => void) => () => void
}

/** Resolves after so many milliseconds. */
export const pause = (machine: Pick<Machine, 'later'>, milliseconds: number) =>
  new Promise<void>(resolve => machine.later(milliseconds, resolve))
