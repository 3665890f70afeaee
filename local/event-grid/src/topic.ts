import type { Clock } from './clock.ts'
import type { TopicConfig } from './configuration.ts'
import { createDeliveryLog } from './delivery-log.ts'
import type { Faults } from './faults.ts'
import { type EventObject, matches } from './filter.ts'
import type { Pending, PendingStore } from './pending-store.ts'
import { openSubscription, type Subscription } from './subscription.ts'

/** What topics share. */
export interface TopicPlace {
  endpoint: string
  store: PendingStore
  clock: Clock
  random: () => number
  faults: Faults
  report(message: string): void
}

/** A topic that takes events in. */
export interface Topic {
  readonly config: TopicConfig
  readonly subscriptions: Subscription[]
  /** Stores what subscriptions want, then begins to deliver it. */
  publish(events: EventObject[]): void
  /** Takes over what an earlier process left. */
  resume(pending: Pending[]): void
  /** Counts and recent attempts, for people to look at. */
  deliveries(): object
}

export function openTopic(config: TopicConfig, place: TopicPlace): Topic {
  const { store, clock, report } = place
  const history = createDeliveryLog()
  const topicPath = `/subscriptions/local/resourceGroups/local/providers/Microsoft.EventGrid/topics/${config.name}`
  const subscriptions = config.subscriptions.map(one =>
    openSubscription(one, { ...place, topic: config, topicPath, history }),
  )

  function rows(events: EventObject[]): Omit<Pending, 'id'>[] {
    const stamped = config.inputSchema === 'event-grid' ? events.map(one => stamp(one, topicPath)) : events
    const now = clock.now()
    return stamped.flatMap(event => {
      const wanting = subscriptions.filter(one => matches(one.config.filter, event))
      if (wanting.length === 0) return []
      const text = JSON.stringify(event)
      return wanting.map(one => ({
        topic: config.name,
        subscription: one.config.name,
        event: text,
        published: now,
        attempts: 0,
        due: one.firstDue(),
        lastOutcome: one.firstDue() > now ? 'Probation' : null,
      }))
    })
  }

  function handOut(pending: Pending[]): void {
    for (const subscription of subscriptions) {
      const own = pending.filter(one => one.subscription === subscription.config.name)
      if (own.length > 0) subscription.take(own)
    }
  }

  return {
    config,
    subscriptions,
    publish(events) {
      const wanted = rows(events)
      if (wanted.length > 0) handOut(store.add(wanted))
    },
    resume(pending) {
      const names = new Set(subscriptions.map(one => one.config.name))
      const orphans = pending.filter(one => !names.has(one.subscription))
      if (orphans.length > 0)
        report(`Topic "${config.name}": ${orphans.length} events of removed subscriptions are dropped.`)
      store.remove(orphans.map(one => one.id))
      handOut(pending)
    },
    deliveries: () => ({
      topic: config.name,
      subscriptions: subscriptions.map(one => ({
        name: one.config.name,
        validated: one.consent.given,
        ...history.counts(one.config.name),
      })),
      recent: history.recent(),
    }),
  }
}

/** Event Grid adds these to what was published. */
function stamp(event: EventObject, topicPath: string): EventObject {
  return { ...event, topic: event.topic ?? topicPath, metadataVersion: '1' }
}
