import type { Clock } from 'local-clock/clock'
import { createAlarm } from './alarm.ts'
import type { SubscriptionConfig, TopicConfig } from './configuration.ts'
import { type DeadLetterBlobs, deadLetterContent, deadLetterPath, openDeadLetterBlobs } from './dead-letter-blobs.ts'
import type { DeadLetter, DeadLetterStore } from './dead-letter-store.ts'
import { deliverySchema } from './delivery-schema.ts'
import type { StorageAccounts } from './storage-accounts.ts'

/** Writes what cannot be delivered into blobs, a while after the last attempt. */
export interface DeadLetters {
  /** Says that there are new ones. */
  look(): void
  /** True when nothing is being written. */
  idle(): boolean
  close(): void
}

export interface DeadLettersPlace {
  topics: TopicConfig[]
  store: DeadLetterStore
  storage: StorageAccounts
  clock: Clock
  report(message: string): void
}

/** Milliseconds between the last attempt and the blob. */
const delay = 5 * 60_000
/** Milliseconds between two tries to write a blob. */
const retryWait = 60_000
/** Milliseconds after which an event is given up when its blob cannot be written. */
const longestWait = 4 * 60 * 60_000

/** When a blob is due for an event that is given up now. */
export function blobDue({ lastAttempt }: Pick<DeadLetter, 'lastAttempt'>, now: number): number {
  return lastAttempt === null ? now : Math.max(now, lastAttempt + delay)
}

interface Place {
  topic: TopicConfig
  subscription: SubscriptionConfig
  blobs: DeadLetterBlobs
}

export function openDeadLetters({ topics, store, storage, clock, report }: DeadLettersPlace): DeadLetters {
  const places = openPlaces(topics, storage)
  const alarm = createAlarm(clock, () => void writeDue())
  let writing = false
  let closed = false

  async function writeDue(): Promise<void> {
    if (writing || closed) return
    writing = true
    try {
      while (!closed) {
        const due = store.due(clock.now())
        if (due.length === 0) break
        const owners = Map.groupBy(due, ownerOf)
        await Promise.all([...owners].map(([owner, letters]) => write(places.get(owner), letters)))
      }
    } finally {
      writing = false
    }
    if (!closed) alarm.at(store.nextDue())
  }

  async function write(place: Place | undefined, letters: DeadLetter[]): Promise<void> {
    if (!place) return lose(letters, 'its dead-letter place is gone from the configuration')
    const { topic, subscription, blobs } = place
    const content = deadLetterContent(letters, topic.inputSchema, deliverySchema(topic, subscription))
    const written = await blobs
      .write(deadLetterPath(subscription.name, clock.now()), content)
      .catch((error: unknown) => ({ failure: error instanceof Error ? error.message : String(error) }))
    // What the process did not see the end of is written again after a restart.
    if (closed) return
    if (written === 'no-container') return lose(letters, 'the container of its dead letters does not exist')
    if ('blob' in written) return store.finish(letters, { blob: written.blob, lost: null })
    postpone(letters, written.failure)
  }

  function postpone(letters: DeadLetter[], failure: string): void {
    const now = clock.now()
    const isTooOld = (letter: DeadLetter) => now >= blobDue(letter, letter.died) + longestWait
    const { old = [], young = [] } = Object.groupBy(letters, letter => (isTooOld(letter) ? 'old' : 'young'))
    if (old.length > 0) lose(old, 'its dead letter could not be written for four hours')
    if (young.length === 0) return
    const [{ topic, subscription } = { topic: '', subscription: '' }] = young
    report(
      `Topic "${topic}", subscription "${subscription}": dead letters cannot be written (${failure}); tried again.`,
    )
    store.postpone(
      young.map(letter => letter.id),
      now + retryWait,
    )
  }

  function lose(letters: DeadLetter[], why: string): void {
    store.finish(letters, { blob: null, lost: why })
    for (const { topic, subscription, eventId } of letters) {
      report(`Topic "${topic}", subscription "${subscription}": event ${eventId} is dropped: ${why}.`)
    }
  }

  return {
    look: () => alarm.at(store.nextDue()),
    idle: () => !writing,
    close() {
      closed = true
      alarm.cancel()
    },
  }
}

function openPlaces(topics: TopicConfig[], storage: StorageAccounts): Map<string, Place> {
  const places = new Map<string, Place>()
  for (const topic of topics) {
    for (const subscription of topic.subscriptions) {
      const { deadLetterDestination: to } = subscription
      if (!to) continue
      const blobs = openDeadLetterBlobs(storage.get(to.connectionString), to.blobContainerName)
      places.set(ownerOf({ topic: topic.name, subscription: subscription.name }), { topic, subscription, blobs })
    }
  }
  return places
}

function ownerOf({ topic, subscription }: { topic: string; subscription: string }): string {
  return `${topic}/${subscription}`
}
