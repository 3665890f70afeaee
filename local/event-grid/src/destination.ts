import type { Clock } from 'local-clock/clock'
import type { SubscriptionConfig, TopicConfig } from './configuration.ts'
import { deliveryRequest } from './delivery-request.ts'
import { deliverySchema, outgoing } from './delivery-schema.ts'
import type { Outcome } from './outcome.ts'
import type { Pending } from './pending-store.ts'
import type { StorageAccounts } from './storage-accounts.ts'
import { openStorageQueue } from './storage-queue.ts'
import { attempt, openWebhook, type Webhook } from './webhook.ts'

/** Where a subscription's events go. */
export interface Destination {
  /** Sends some events and says how it went; never rejects. */
  deliver(batch: Pending[]): Promise<Outcome>
  /** Whom to ask for consent; what belongs to Azure itself is not asked. */
  webhook?: Webhook
  close(): void
}

export interface DestinationPlace {
  topic: TopicConfig
  clock: Clock
  storage: StorageAccounts
}

/** Requests under way at once to one endpoint. */
export const connections = 16

export function openDestination(config: SubscriptionConfig, { topic, clock, storage }: DestinationPlace): Destination {
  const { destination } = config
  const schemas = { from: topic.inputSchema, to: deliverySchema(topic, config) }
  if (destination.type === 'storage-queue') {
    const { connectionString, queueName: name, queueMessageTimeToLiveInSeconds: timeToLive } = destination
    const queue = openStorageQueue(storage.get(connectionString), { name, timeToLive, clock })
    // Without batching, which a queue does not know, there is one event at a time.
    const deliver = ([only]: Pending[]) => queue.put(only ? outgoing(only, schemas.from, schemas.to) : '')
    return { deliver, close() {} }
  }
  const url = destination.type === 'webhook' ? destination.url : functionAddress(destination)
  const webhook = openWebhook(url, clock, connections)
  return {
    deliver: batch => attempt(webhook, deliveryRequest(config, schemas, batch)),
    close: () => webhook.close(),
    ...(destination.type === 'webhook' ? { webhook } : {}),
  }
}

/** The door of a Functions host for functions with an Event Grid trigger. */
function functionAddress({ url, functionName, key }: { url: string; functionName: string; key?: string | undefined }) {
  const address = new URL(`${url.replace(/\/+$/, '')}/runtime/webhooks/EventGrid`)
  address.searchParams.set('functionName', functionName)
  if (key !== undefined) address.searchParams.set('code', key)
  return address.href
}

/** A destination for people to read: without keys, which may be in a URL's query, user or password. */
export function describeDestination({ destination }: SubscriptionConfig): string {
  if (destination.type === 'storage-queue') return `storage queue ${destination.queueName}`
  const { origin, pathname } = new URL(destination.url)
  const address = `${origin}${pathname === '/' ? '' : pathname}`
  return destination.type === 'webhook' ? `webhook ${address}` : `function ${destination.functionName} at ${address}`
}
