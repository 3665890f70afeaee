import { randomUUID } from 'node:crypto'
import type { Clock } from 'local-clock/clock'
import { askConsent, type Handshake } from './handshake.ts'

/** Keeps asking an endpoint until it consents. */
export interface ConsentSeeker {
  readonly given: boolean
  /** True while a question is under way. */
  readonly asking: boolean
  ask(): void
  /** The endpoint's answer at the validation URL. False for a wrong code, or one that is too old. */
  confirm(code: string): boolean
  close(): void
}

/** Milliseconds between two questions to an endpoint that has not consented. */
const firstWait = 250
const longestWait = 5_000
/** Milliseconds in which the validation URL of a question may be used. */
const confirmationTime = 10 * 60_000

export interface ConsentOptions {
  clock: Clock
  handshake: Omit<Handshake, 'code' | 'now'>
  onGiven(): void
  /** Told once when the endpoint does not consent at first. */
  report(message: string): void
}

/** For an endpoint that nobody has to ask. */
export function withoutConsent(onGiven: () => void): ConsentSeeker {
  return { given: true, asking: false, ask: onGiven, confirm: () => false, close() {} }
}

export function seekConsent({ clock, handshake, onGiven, report }: ConsentOptions): ConsentSeeker {
  let question = { code: randomUUID() as string, since: clock.now() }
  let given = false
  let asking = false
  let closed = false
  let questions = 0
  let cancel = () => {}
  const isOld = () => clock.now() > question.since + confirmationTime

  function give(): void {
    if (given || closed) return
    given = true
    cancel()
    onGiven()
  }

  async function askOnce(): Promise<void> {
    asking = true
    if (isOld()) question = { code: randomUUID(), since: clock.now() }
    const { code } = question
    const validationUrl = `${handshake.validationUrl}?id=${code}`
    // An endpoint that is not up is asked again, as one that refuses is.
    const consent = await askConsent({ ...handshake, validationUrl, code, now: clock.now() }).catch(
      () => 'refused' as const,
    )
    asking = false
    if (closed || given) return
    if (consent === 'given') return give()
    if (questions++ === 0) report(`Subscription "${handshake.subscription}": the endpoint has not consented yet.`)
    cancel = clock.setTimer(Math.min(firstWait * 2 ** (questions - 1), longestWait), () => void askOnce())
  }

  return {
    get given() {
      return given
    },
    get asking() {
      return asking
    },
    ask: () => void askOnce(),
    confirm(code) {
      if (code !== question.code || isOld()) return false
      give()
      return true
    },
    close() {
      closed = true
      cancel()
    },
  }
}
