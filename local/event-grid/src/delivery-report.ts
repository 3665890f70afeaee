import type { Clock } from 'local-clock/clock'
import type { DeadLetterStore } from './dead-letter-store.ts'
import type { DeliveryRecord } from './delivery-log.ts'
import { describeDestination } from './destination.ts'
import type { PendingStore } from './pending-store.ts'
import type { Topic } from './topic.ts'

/** What a topic does at the moment, for people and tests. Holds no keys and no data of events. */
export interface TopicReport {
  topic: string
  inputSchema: string
  subscriptions: SubscriptionReport[]
  /** Those that are due first. */
  pending: EventReport[]
  /** The latest attempts, newest first. */
  recent: DeliveryRecord[]
  /** The newest that were given up. */
  dead: DeadReport[]
}

interface SubscriptionReport {
  name: string
  destination: string
  validated: boolean
  pending: number
  /** Of the pending ones, those that failed before. */
  failing: number
  delivered: number
  failedAttempts: number
  deadLettered: number
  dropped: number
  nextDue: string | null
  probationEnds: string | null
}

interface EventReport {
  subscription: string
  eventId: string
  attempts: number
  due: string
  lastOutcome: string | null
}

interface DeadReport {
  id: number
  subscription: string
  eventId: string
  type: string
  subject: string
  reason: string
  attempts: number
  lastOutcome: string | null
  died: string
  /** When its blob is written. */
  blobDue: string | null
  blob: string | null
  lost: string | null
}

/** How many events of a kind a report lists. */
const listed = 100

export interface ReportSources {
  clock: Clock
  store: PendingStore
  dead: DeadLetterStore
}

export function topicReport(topic: Topic, { clock, store, dead }: ReportSources): TopicReport {
  const { name, inputSchema } = topic.config
  const heldUntil = new Map(topic.subscriptions.map(one => [one.config.name, one.probationEnds]))
  return {
    topic: name,
    inputSchema,
    subscriptions: topic.subscriptions.map(({ config, consent, probationEnds }) => {
      const owner = { topic: name, subscription: config.name }
      const first = store.nextDue(owner, 0)
      return {
        name: config.name,
        destination: describeDestination(config),
        validated: consent.given,
        ...store.count(owner),
        ...topic.history.counts(config.name),
        nextDue: first === undefined ? null : isoTime(Math.max(first, probationEnds)),
        probationEnds: probationEnds > clock.now() ? isoTime(probationEnds) : null,
      }
    }),
    pending: store.first(name, listed).map(({ subscription, eventId, attempts, due, lastOutcome }) => {
      const heldDue = Math.max(due, heldUntil.get(subscription) ?? 0)
      return { subscription, eventId, attempts, due: isoTime(heldDue), lastOutcome }
    }),
    recent: topic.history.recent(),
    dead: dead.list(name, listed).map(letter => {
      const { id, subscription, eventId, reason, attempts, lastOutcome, blob, lost } = letter
      const event = JSON.parse(letter.event)
      return {
        ...{ id, subscription, eventId, reason, attempts, lastOutcome, blob, lost },
        type: String(event.type ?? event.eventType),
        subject: String(event.subject ?? ''),
        died: isoTime(letter.died),
        blobDue: letter.due === null ? null : isoTime(letter.due),
      }
    }),
  }
}

function isoTime(time: number): string {
  return new Date(time).toISOString()
}
