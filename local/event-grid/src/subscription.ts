import type { Clock } from 'local-clock/clock'
import { createAlarm } from './alarm.ts'
import { createAttempts } from './attempts.ts'
import { batchLimits, takeBatch } from './batching.ts'
import type { Faults, SubscriptionConfig, TopicConfig } from './configuration.ts'
import { type ConsentSeeker, seekConsent, withoutConsent } from './consent.ts'
import { deliverySchema } from './delivery-schema.ts'
import { connections, type Destination } from './destination.ts'
import { createDueEvents } from './due-events.ts'
import type { Fates } from './fates.ts'
import { inject } from './faults.ts'
import type { PendingStore } from './pending-store.ts'
import { createProbation } from './probation.ts'
import type { Random } from './randomness.ts'

/** What a subscription works with. */
export interface SubscriptionPlace extends Fates {
  topic: TopicConfig
  /** The topic as events name it. */
  topicPath: string
  endpoint: string
  destination: Destination
  store: PendingStore
  clock: Clock
  chance: (subject: string) => Random
  faults: Faults
  report(message: string): void
}

/** Brings a topic's events to one endpoint. */
export interface Subscription {
  readonly config: SubscriptionConfig
  readonly consent: ConsentSeeker
  /** When the probation of the endpoint ends, in milliseconds since 1970. */
  readonly probationEnds: number
  /** Says that there are new events in the store. */
  look(): void
  /** True when nothing is under way and nothing could be sent now. */
  idle(): boolean
  close(): void
}

export function openSubscription(config: SubscriptionConfig, place: SubscriptionPlace): Subscription {
  const { topic, store, clock, chance, destination, faults } = place
  const name = `${topic.name}/${config.name}`
  const owner = { topic: topic.name, subscription: config.name }
  const limits = batchLimits(config)
  const due = createDueEvents(store, owner, limits.events)
  const probation = createProbation(clock)
  const consent = openConsent(config, place, look)
  const alarm = createAlarm(clock, look)
  const attempts = createAttempts(config, { ...place, due, probation, alarm, isClosed: () => closed })
  let underWay = 0
  let closed = false

  function look(): void {
    // What becomes due from here on is not overlooked: the alarm asks from this moment, whatever dispatching takes.
    const now = clock.now()
    due.look()
    dispatch()
    alarm.at(store.nextDue(owner, now))
  }

  function dispatch(): void {
    while (consent.given && !closed && underWay < connections) {
      const now = clock.now()
      if (probation.ends > now) {
        alarm.at(probation.ends)
        return
      }
      const waiting = due.fill(now)
      inject.order(faults, waiting, chance(`order ${name} ${waiting[0]?.id}`))
      const taken = takeBatch(waiting, limits)
      if (taken.length === 0) return
      const batch = attempts.withoutExpired(taken, now)
      if (batch.length === 0) continue
      underWay++
      void attempts.deliver(batch).finally(() => {
        underWay--
        dispatch()
      })
    }
  }

  return {
    config,
    consent,
    get probationEnds() {
      return probation.ends
    },
    look,
    idle: () => underWay === 0 && !consent.asking,
    close() {
      closed = true
      consent.close()
      alarm.cancel()
      destination.close()
    },
  }
}

function openConsent(config: SubscriptionConfig, place: SubscriptionPlace, onGiven: () => void): ConsentSeeker {
  const { topic, clock, destination, endpoint, topicPath, report } = place
  if (!destination.webhook) return withoutConsent(onGiven)
  const handshake = {
    webhook: destination.webhook,
    schema: deliverySchema(topic, config),
    topic: topicPath,
    subscription: config.name,
    validationUrl: `${endpoint}/topics/${topic.name}/subscriptions/${config.name}/validate`,
  }
  return seekConsent({ clock, handshake, onGiven, report })
}
