import type { Clock } from './clock.ts'
import type { SubscriptionConfig, TopicConfig } from './configuration.ts'
import { type ConsentSeeker, seekConsent } from './consent.ts'
import type { DeliveryLog } from './delivery-log.ts'
import { deliveryRequest, takeBatch } from './delivery-request.ts'
import { type Faults, inject } from './faults.ts'
import type { Pending, PendingStore } from './pending-store.ts'
import { failuresToProbation, isFinal, probationAfter, waitAfter } from './retry-schedule.ts'
import { attempt, type Outcome, openWebhook } from './webhook.ts'

/** What a subscription works with. */
export interface SubscriptionPlace {
  topic: TopicConfig
  /** The topic as events name it. */
  topicPath: string
  endpoint: string
  store: PendingStore
  history: DeliveryLog
  clock: Clock
  random: () => number
  faults: Faults
  report(message: string): void
}

/** Brings a topic's events to one endpoint. */
export interface Subscription {
  readonly config: SubscriptionConfig
  /** When a new event may be tried: later while the endpoint is on probation. */
  firstDue(): number
  /** Takes stored events in charge. */
  take(pending: Pending[]): void
  readonly consent: ConsentSeeker
  /** True when nothing is under way and nothing could be sent now. */
  idle(): boolean
  close(): void
}

/** Requests under way at once to one endpoint. */
const connections = 16
const defaultAttempts = 30
const defaultTimeToLive = 1_440

export function openSubscription(config: SubscriptionConfig, place: SubscriptionPlace): Subscription {
  const { topic, store, clock, random, history, faults, report } = place
  const webhook = openWebhook(config.destination.url, clock, connections)
  const counts = history.counts(config.name)
  const ready: Pending[] = []
  const timers = new Set<() => void>()
  let underWay = 0
  let failuresInARow = 0
  let probationEnds = 0
  let closed = false

  const consent = seekConsent({
    clock,
    handshake: {
      webhook,
      schema: topic.inputSchema,
      topic: place.topicPath,
      subscription: config.name,
      validationUrl: `${place.endpoint}/topics/${topic.name}/subscriptions/${config.name}/validate`,
    },
    onGiven: dispatch,
    report,
  })

  function dispatch(): void {
    while (consent.given && !closed && underWay < connections && ready.length > 0) {
      inject.order(faults, ready, random)
      const batch = takeBatch(ready, config.batching).filter(stillWanted)
      if (batch.length === 0) continue
      underWay++
      void deliver(batch).finally(() => {
        underWay--
        dispatch()
      })
    }
  }

  /** Looked at when the next attempt is due, not before. */
  function stillWanted(pending: Pending): boolean {
    const timeToLive = (config.eventTimeToLiveInMinutes ?? defaultTimeToLive) * 60_000
    const tooOften = pending.attempts >= (config.maxDeliveryAttempts ?? defaultAttempts)
    if (!tooOften && clock.now() <= pending.published + timeToLive) return true
    drop(pending, tooOften ? 'MaxDeliveryAttemptsExceeded' : 'TimeToLiveExceeded')
    return false
  }

  async function deliver(batch: Pending[]): Promise<void> {
    const request = deliveryRequest(config, topic.inputSchema, batch)
    const outcome = inject.failure(faults, random) ?? (await attempt(webhook, request))
    if (outcome.delivered && inject.duplicate(faults, random)) await attempt(webhook, request)
    // What the process did not see the end of is tried again after a restart.
    if (closed) return
    for (const pending of batch) {
      pending.attempts++
      pending.lastOutcome = outcome.reason
      record(pending, outcome)
    }
    if (outcome.delivered) succeed(batch)
    else fail(batch, outcome)
  }

  function succeed(batch: Pending[]): void {
    failuresInARow = 0
    probationEnds = 0
    counts.delivered += batch.length
    counts.pending -= batch.length
    store.remove(batch.map(one => one.id))
  }

  function fail(batch: Pending[], outcome: Outcome): void {
    counts.failedAttempts += batch.length
    failuresInARow++
    if (failuresInARow >= failuresToProbation) probationEnds = clock.now() + probationAfter(outcome)
    for (const pending of batch) {
      if (isFinal(outcome)) {
        drop(pending, outcome.reason)
        continue
      }
      pending.due = clock.now() + waitAfter(pending.attempts, outcome, random)
      store.update(pending)
      waitFor(pending)
    }
  }

  function waitFor(pending: Pending): void {
    const cancel = clock.setTimer(pending.due - clock.now(), () => {
      timers.delete(cancel)
      ready.push(pending)
      dispatch()
    })
    timers.add(cancel)
  }

  function drop(pending: Pending, reason: string): void {
    counts.dropped++
    counts.pending--
    store.remove([pending.id])
    record(pending, { delivered: false, reason }, true)
    report(
      `Topic "${topic.name}", subscription "${config.name}": event ${eventId(pending)} is dropped after ${pending.attempts} attempts (${reason}, last outcome ${pending.lastOutcome ?? 'none'}); there is no dead-letter place.`,
    )
  }

  function record(pending: Pending, { reason: outcome, status }: Outcome, dropped = false): void {
    history.add({
      at: new Date(clock.now()).toISOString(),
      subscription: config.name,
      eventId: eventId(pending),
      attempt: pending.attempts,
      outcome,
      ...(status === undefined ? {} : { status }),
      ...(dropped ? { dropped } : {}),
    })
  }

  return {
    config,
    consent,
    firstDue: () => Math.max(clock.now(), probationEnds),
    take(pending) {
      counts.pending += pending.length
      for (const one of pending) {
        if (one.due > clock.now()) waitFor(one)
        else ready.push(one)
      }
      dispatch()
    },
    idle: () => underWay === 0 && !consent.asking && (ready.length === 0 || !consent.given),
    close() {
      closed = true
      consent.close()
      for (const cancel of timers) cancel()
      webhook.close()
    },
  }
}

function eventId({ event }: Pending): string {
  return String((JSON.parse(event) as { id: unknown }).id)
}
