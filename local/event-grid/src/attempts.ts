import type { Alarm } from './alarm.ts'
import type { SubscriptionConfig } from './configuration.ts'
import type { DueEvents } from './due-events.ts'
import { inject } from './faults.ts'
import type { Outcome } from './outcome.ts'
import type { Pending } from './pending-store.ts'
import type { Probation } from './probation.ts'
import type { Random } from './randomness.ts'
import { expiry, isFinal, waitAfter } from './retry-schedule.ts'
import type { SubscriptionPlace } from './subscription.ts'

/** Tries events, and decides what becomes of them. */
export interface Attempts {
  /** Gives up what is not worth another attempt. Looked at when it is due, not before. */
  withoutExpired(taken: Pending[], now: number): Pending[]
  /** Never rejects. */
  deliver(batch: Pending[]): Promise<void>
}

/** What attempts share with the rest of their subscription. */
export interface AttemptsPlace extends SubscriptionPlace {
  due: DueEvents
  probation: Probation
  alarm: Alarm
  isClosed(): boolean
}

export function createAttempts(config: SubscriptionConfig, place: AttemptsPlace): Attempts {
  const { topic, store, clock, chance, destination, faults, due, probation } = place

  function settle(batch: Pending[], outcome: Outcome, random: Random): void {
    const now = clock.now()
    for (const pending of batch) {
      pending.attempts++
      pending.lastOutcome = outcome.reason
      pending.lastAttempt = now
      pending.due = now + waitAfter(pending.attempts, outcome, random)
    }
    place.tried(batch, outcome)
    if (outcome.delivered) {
      probation.succeeded()
      store.remove(batch.map(one => one.id))
    } else {
      probation.failed(outcome)
      if (isFinal(outcome, config)) place.bury(batch, 'UndeliverableDueToClientError')
      else postpone(batch)
    }
    due.release(batch)
  }

  function postpone(batch: Pending[]): void {
    store.update(batch)
    for (const pending of batch) place.alarm.at(pending.due)
  }

  return {
    withoutExpired: (taken, now) =>
      taken.filter(pending => {
        const reason = expiry(pending, config, now)
        if (reason === undefined) return true
        place.bury([pending], reason)
        due.release([pending])
        return false
      }),
    async deliver(batch) {
      const [first] = batch
      const random = chance(`attempt ${topic.name}/${config.name} ${first?.id} ${first?.attempts}`)
      const outcome = inject.failure(faults, random) ?? (await destination.deliver(batch))
      if (outcome.delivered && inject.duplicate(faults, random)) await destination.deliver(batch)
      // What the process did not see the end of is tried again after a restart.
      if (!place.isClosed()) settle(batch, outcome, random)
    },
  }
}
