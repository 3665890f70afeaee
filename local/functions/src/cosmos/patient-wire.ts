import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../start-error.ts'
import type { PlainAnswer } from './read-answer.ts'
import type { Wire } from './wire.ts'

/** How long a server that cannot be reached is left alone, in milliseconds: doubled after each failure. */
const leastWait = 50
const mostWait = 5_000
/** When a busy server does not say how long to wait, in milliseconds. */
const busyWait = 100

const busy = new Set([408, 429, 449, 500, 502, 503, 504])

/**
 * A wire that asks again, for ever, while the server is down or busy. It reports an outage once, and its end.
 * After `stop` a failure is thrown at once.
 */
export function patientWire(send: Wire, stop: AbortSignal, report: (message: string) => void): Wire {
  let failures = 0
  const failed = (what: string) => {
    if (failures++ === 0) report(`Cosmos DB does not answer, asking again until it does: ${what}`)
    return Math.min(leastWait * 2 ** Math.min(failures, 10), mostWait)
  }
  const answered = () => {
    if (failures > 0) report('Cosmos DB answers again.')
    failures = 0
  }
  return async request => {
    for (;;) {
      let wait: number
      try {
        const answer = await send(request)
        if (!busy.has(answer.status)) {
          answered()
          return answer
        }
        if (stop.aborted) return answer
        wait = answer.status === 429 ? retryAfter(answer) : failed(`status ${answer.status}`)
      } catch (error) {
        if (stop.aborted) throw error
        wait = failed(messageOf(error))
      }
      await sleep(wait, undefined, { signal: stop }).catch(() => {})
    }
  }
}

function retryAfter(answer: PlainAnswer): number {
  const wait = Number(answer.headers['x-ms-retry-after-ms'])
  return wait > 0 ? wait : busyWait
}
