import { randomUUID } from 'node:crypto'
import type { Clock } from './clock.ts'
import { askConsent, type Handshake } from './handshake.ts'

/** Keeps asking an endpoint until it consents. */
export interface ConsentSeeker {
  readonly given: boolean
  /** True while a question is under way. */
  readonly asking: boolean
  ask(): void
  /** The endpoint's answer at the validation URL. False for a wrong code. */
  confirm(code: string): boolean
  close(): void
}

/** Milliseconds between two questions to an endpoint that is not up, and to one that may still confirm. */
const firstWait = 250
const longestWait = 5_000
const confirmationTime = 10 * 60_000

export interface ConsentOptions {
  clock: Clock
  handshake: Omit<Handshake, 'code'>
  onGiven(): void
  /** Told once when the endpoint does not consent at first. */
  report(message: string): void
}

export function seekConsent({ clock, handshake, onGiven, report }: ConsentOptions): ConsentSeeker {
  const code = randomUUID()
  let given = false
  let asking = false
  let closed = false
  let questions = 0
  let cancel = () => {}

  function give(): void {
    if (given || closed) return
    given = true
    cancel()
    onGiven()
  }

  async function askOnce(): Promise<void> {
    asking = true
    // An endpoint that is not up is asked again, as one that refuses is.
    const consent = await askConsent({
      ...handshake,
      validationUrl: `${handshake.validationUrl}?id=${code}`,
      code,
    }).catch(() => 'refused' as const)
    asking = false
    if (closed || given) return
    if (consent === 'given') return give()
    if (questions++ === 0) report(`Subscription "${handshake.subscription}": the endpoint has not consented yet.`)
    const wait = consent === 'later' ? confirmationTime : Math.min(firstWait * 2 ** (questions - 1), longestWait)
    cancel = clock.setTimer(wait, () => void askOnce())
  }

  return {
    get given() {
      return given
    },
    get asking() {
      return asking
    },
    ask: () => void askOnce(),
    confirm(answer) {
      if (answer !== code) return false
      give()
      return true
    },
    close() {
      closed = true
      cancel()
    },
  }
}
