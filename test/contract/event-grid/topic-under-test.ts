import { AzureKeyCredential, EventGridPublisherClient } from '@azure/eventgrid'
import { createVirtualClock, type VirtualClock } from 'local-event-grid/clock'
import type { Schema, SubscriptionConfig } from 'local-event-grid/configuration'
import { type EventGrid, type EventGridOptions, startEventGrid } from 'local-event-grid/server'
import { onTestFinished } from 'vitest'

export const key = Buffer.from('a key for tests').toString('base64')

/** A topic on a clock that only moves when the test says so. */
export interface TopicUnderTest {
  server: EventGrid
  clock: VirtualClock
  log: string[]
  address: string
  /** Lets all retries within some time happen. */
  pass(milliseconds: number): Promise<void>
  deliveries(): Promise<{ subscriptions: Record<string, number>[]; recent: Record<string, unknown>[] }>
}

interface Wanted extends Partial<EventGridOptions> {
  schema?: Schema
  subscriptions: SubscriptionConfig[]
}

/** Starts a topic named `orders`, and closes it when the test is over. */
export async function startTopic({
  schema = 'cloud-event',
  subscriptions,
  ...options
}: Wanted): Promise<TopicUnderTest> {
  const clock = createVirtualClock(Date.UTC(2025, 0, 1))
  const log: string[] = []
  const server = await startEventGrid({
    topics: [{ name: 'orders', key, inputSchema: schema, subscriptions }],
    clock,
    log: line => log.push(line),
    ...options,
  })
  onTestFinished(() => server.close())
  await server.settled()
  return {
    server,
    clock,
    log,
    address: `${server.endpoint}/orders/api/events`,
    async pass(milliseconds) {
      const end = clock.now() + milliseconds
      while (clock.runNext(end - clock.now())) await server.settled()
    },
    async deliveries() {
      return (await fetch(`${server.endpoint}/topics/orders/deliveries`)).json() as ReturnType<
        TopicUnderTest['deliveries']
      >
    },
  }
}

/** The official client. It must not retry: the test counts what happens. */
export function cloudEvents(topic: TopicUnderTest, secret = key) {
  return new EventGridPublisherClient(topic.address, 'CloudEvent', new AzureKeyCredential(secret), {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  })
}

/** The official client for Event Grid's own schema. */
export function gridEvents(topic: TopicUnderTest) {
  return new EventGridPublisherClient(topic.address, 'EventGrid', new AzureKeyCredential(key), {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  })
}

/** A CloudEvent worth delivering. */
export function order(id: string, data: object = {}, type = 'order.placed') {
  return { id, type, source: '/shop', subject: `orders/${id}`, data }
}
