import { randomUUID } from 'node:crypto'
import type { Schema, SubscriptionConfig } from './configuration.ts'
import { outgoing } from './delivery-schema.ts'
import type { Pending } from './pending-store.ts'
import type { WebhookRequest } from './webhook.ts'

/** The schemas of a subscription: what is stored, and what is sent. */
export interface Schemas {
  from: Schema
  to: Schema
}

/** The request that delivers some events: a bare CloudEvent, an array of one, or an array when batching is on. */
export function deliveryRequest(
  subscription: SubscriptionConfig,
  { from, to }: Schemas,
  batch: Pending[],
): WebhookRequest {
  const [first] = batch
  const bare = to === 'cloud-event' && !subscription.batching
  const events = batch.map(one => outgoing(one, from, to)).join(',')
  return {
    method: 'POST',
    headers: {
      ...subscription.headers,
      'content-type': contentType(to, bare),
      'aeg-event-type': 'Notification',
      'aeg-subscription-name': subscription.name.toUpperCase(),
      'aeg-delivery-count': String(first?.attempts ?? 0),
      'aeg-data-version': from === 'event-grid' && first ? String(JSON.parse(first.event).dataVersion) : '',
      'aeg-metadata-version': to === 'event-grid' ? '1' : '0',
      'aeg-output-event-id': randomUUID(),
    },
    body: bare ? events : `[${events}]`,
  }
}

function contentType(schema: Schema, bare: boolean): string {
  if (schema === 'event-grid') return 'application/json; charset=utf-8'
  return bare ? 'application/cloudevents+json; charset=utf-8' : 'application/cloudevents-batch+json; charset=utf-8'
}
