import type { Clock } from 'local-clock/clock'
import type { SubscriptionConfig, TopicConfig } from './configuration.ts'
import type { DeadLetterStore } from './dead-letter-store.ts'
import { blobDue, type DeadLetters } from './dead-letters.ts'
import type { DeliveryLog } from './delivery-log.ts'
import type { Outcome } from './outcome.ts'
import type { Pending } from './pending-store.ts'

/** Writes down what becomes of a subscription's events. */
export interface Fates {
  /** Each attempt. */
  tried(batch: Pending[], outcome: Outcome): void
  /** The end of what will not be tried again. */
  bury(batch: Pending[], reason: string): void
}

export interface FatesPlace {
  topic: TopicConfig
  history: DeliveryLog
  dead: DeadLetterStore
  deadLetters: DeadLetters
  clock: Clock
  report(message: string): void
}

export function createFates({ name, deadLetterDestination }: SubscriptionConfig, place: FatesPlace): Fates {
  const { topic, history, dead, deadLetters, clock, report } = place
  const counts = history.counts(name)
  const end = deadLetterDestination ? 'dead-lettered' : 'dropped'
  const lost = deadLetterDestination ? null : 'there is no dead-letter place'

  function tell({ eventId, attempts, lastOutcome }: Pending, reason: string): void {
    const how = `${reason}, last outcome ${lastOutcome ?? 'none'}`
    const what = `event ${eventId} is ${end} after ${attempts} attempts (${how})${lost ? `; ${lost}` : ''}.`
    report(`Topic "${topic.name}", subscription "${name}": ${what}`)
  }

  return {
    tried(batch, { delivered, reason, status }) {
      counts[delivered ? 'delivered' : 'failedAttempts'] += batch.length
      const at = new Date(clock.now()).toISOString()
      for (const { eventId, attempts: attempt } of batch) {
        const known = { at, subscription: name, eventId, attempt, outcome: reason }
        history.add(status === undefined ? known : { ...known, status })
      }
    },
    bury(batch, reason) {
      const died = clock.now()
      const at = new Date(died).toISOString()
      for (const one of batch) {
        dead.bury([one], { reason, died, due: deadLetterDestination ? blobDue(one, died) : null, lost })
        counts[deadLetterDestination ? 'deadLettered' : 'dropped']++
        history.add({ at, subscription: name, eventId: one.eventId, attempt: one.attempts, outcome: reason, end })
        tell(one, reason)
      }
      if (deadLetterDestination) deadLetters.look()
    },
  }
}
