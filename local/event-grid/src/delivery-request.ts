import { randomUUID } from 'node:crypto'
import type { Schema, SubscriptionConfig } from './configuration.ts'
import type { Pending } from './pending-store.ts'
import type { WebhookRequest } from './webhook.ts'

/** The request that delivers some events: a bare CloudEvent, an array of one, or an array when batching is on. */
export function deliveryRequest(subscription: SubscriptionConfig, schema: Schema, batch: Pending[]): WebhookRequest {
  const [first] = batch
  const bare = schema === 'cloud-event' && !subscription.batching
  const events = batch.map(one => one.event).join(',')
  return {
    method: 'POST',
    headers: {
      ...subscription.headers,
      'content-type': contentType(schema, bare),
      'aeg-event-type': 'Notification',
      'aeg-subscription-name': subscription.name.toUpperCase(),
      'aeg-delivery-count': String(first?.attempts ?? 0),
      'aeg-data-version': schema === 'event-grid' && first ? String(JSON.parse(first.event).dataVersion) : '',
      'aeg-metadata-version': schema === 'event-grid' ? '1' : '0',
      'aeg-output-event-id': randomUUID(),
    },
    body: bare ? events : `[${events}]`,
  }
}

function contentType(schema: Schema, bare: boolean): string {
  if (schema === 'event-grid') return 'application/json; charset=utf-8'
  return bare ? 'application/cloudevents+json; charset=utf-8' : 'application/cloudevents-batch+json; charset=utf-8'
}

/** Takes the next batch from the front of a queue; it never waits for more to come. */
export function takeBatch(ready: Pending[], batching: SubscriptionConfig['batching']): Pending[] {
  if (!batching) return ready.splice(0, 1)
  let bytes = 0
  let count = 0
  for (const { event } of ready) {
    bytes += Buffer.byteLength(event)
    // One event that is larger than the preferred size goes alone.
    if (count === batching.maxEventsPerBatch || (count > 0 && bytes > batching.preferredBatchSizeInKilobytes * 1024))
      break
    count++
  }
  return ready.splice(0, count)
}
