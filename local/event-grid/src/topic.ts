import type { Clock } from 'local-clock/clock'
import type { Faults, TopicConfig } from './configuration.ts'
import type { DeadLetterStore } from './dead-letter-store.ts'
import type { DeadLetters } from './dead-letters.ts'
import { createDeliveryLog, type DeliveryLog } from './delivery-log.ts'
import { openDestination } from './destination.ts'
import { createFates } from './fates.ts'
import { type EventObject, matches } from './filter.ts'
import type { Pending, PendingStore } from './pending-store.ts'
import type { Random } from './randomness.ts'
import type { StorageAccounts } from './storage-accounts.ts'
import { openSubscription, type Subscription } from './subscription.ts'

/** What topics share. */
export interface TopicPlace {
  endpoint: string
  store: PendingStore
  dead: DeadLetterStore
  deadLetters: DeadLetters
  storage: StorageAccounts
  clock: Clock
  chance: (subject: string) => Random
  faults: Faults
  report(message: string): void
}

/** A topic that takes events in. */
export interface Topic {
  readonly config: TopicConfig
  /** The topic as events name it. */
  readonly path: string
  readonly subscriptions: Subscription[]
  readonly history: DeliveryLog
  /** Stores what subscriptions want, then begins to deliver it. */
  publish(events: EventObject[]): void
  /** Takes over what an earlier process left. */
  resume(): void
  /** Tries a dead letter again as if it were new. False when there is no such letter, or nobody to send it to. */
  redeliver(id: number): boolean
}

export function openTopic(config: TopicConfig, place: TopicPlace): Topic {
  const { store, dead, clock, report } = place
  const history = createDeliveryLog()
  const path = `/subscriptions/local/resourceGroups/local/providers/Microsoft.EventGrid/topics/${config.name}`
  const subscriptions = config.subscriptions.map(one =>
    openSubscription(one, {
      ...place,
      topic: config,
      topicPath: path,
      destination: openDestination(one, { ...place, topic: config }),
      ...createFates(one, { ...place, topic: config, history }),
    }),
  )

  function rows(events: EventObject[]): Omit<Pending, 'id'>[] {
    const published = clock.now()
    return events.flatMap(event => {
      const stamped = config.inputSchema === 'event-grid' ? { ...event, topic: path, metadataVersion: '1' } : event
      const wanting = subscriptions.filter(one => matches(one.config.filter, stamped))
      if (wanting.length === 0) return []
      const known = { topic: config.name, event: JSON.stringify(stamped), eventId: String(event.id) }
      return wanting.map(({ config: { name: subscription }, probationEnds }) => {
        const lastOutcome = probationEnds > published ? 'Probation' : null
        return { ...known, subscription, published, attempts: 0, due: published, lastOutcome, lastAttempt: null }
      })
    })
  }

  return {
    config,
    path,
    subscriptions,
    history,
    publish(events) {
      const wanted = rows(events)
      if (wanted.length === 0) return
      store.add(wanted)
      const wanting = new Set(wanted.map(one => one.subscription))
      for (const one of subscriptions) if (wanting.has(one.config.name)) one.look()
    },
    resume() {
      for (const subscription of store.subscriptions(config.name)) {
        if (subscriptions.some(one => one.config.name === subscription)) continue
        const count = store.removeAll({ topic: config.name, subscription })
        report(`Topic "${config.name}": ${count} events of the removed subscription "${subscription}" are dropped.`)
      }
      for (const one of subscriptions) one.consent.ask()
    },
    redeliver(id) {
      const letter = dead.get(config.name, id)
      const subscription = subscriptions.find(one => one.config.name === letter?.subscription)
      if (!letter || !subscription) return false
      dead.revive(letter, clock.now())
      subscription.look()
      return true
    },
  }
}
