import type { SubscriptionConfig } from './configuration.ts'
import type { Pending } from './pending-store.ts'

/** How large a batch may be. */
export interface BatchLimits {
  events: number
  /** Of all events together; one event that is larger goes alone. */
  bytes: number
}

const defaultEvents = 1
const defaultKilobytes = 64

/** Without batching every event is a request of its own. */
export function batchLimits({ batching }: SubscriptionConfig): BatchLimits {
  return {
    events: batching?.maxEventsPerBatch ?? defaultEvents,
    bytes: (batching?.preferredBatchSizeInKilobytes ?? defaultKilobytes) * 1_024,
  }
}

/** Takes the next batch from the front of a queue; it never waits for more to come. */
export function takeBatch(waiting: Pending[], limits: BatchLimits): Pending[] {
  let bytes = 0
  let count = 0
  for (const { event } of waiting) {
    bytes += Buffer.byteLength(event)
    if (count === limits.events || (count > 0 && bytes > limits.bytes)) break
    count++
  }
  return waiting.splice(0, count)
}
