import type { Schema, SubscriptionConfig, TopicConfig } from './configuration.ts'
import type { EventObject } from './filter.ts'
import type { Pending } from './pending-store.ts'

/** The schema a subscription gets its events in. */
export function deliverySchema(topic: TopicConfig, subscription: SubscriptionConfig): Schema {
  return subscription.eventDeliverySchema ?? topic.inputSchema
}

/** An event as JSON in the schema it is delivered in. */
export function outgoing({ event }: Pick<Pending, 'event'>, from: Schema, to: Schema): string {
  return from === to ? event : JSON.stringify(asCloudEvent(JSON.parse(event) as EventObject))
}

function asCloudEvent({ id, topic, subject, eventType, eventTime, dataVersion, data }: EventObject): EventObject {
  return {
    specversion: '1.0',
    id,
    source: topic,
    type: eventType,
    time: eventTime,
    subject,
    dataschema: `#${dataVersion}`,
    data,
  }
}
