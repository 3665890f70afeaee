import { AzureKeyCredential, EventGridPublisherClient } from '@azure/eventgrid'
import { createVirtualClock, type VirtualClock } from 'local-clock/clock'
import type { Schema, SubscriptionConfig } from 'local-event-grid/configuration'
import type { TopicReport } from 'local-event-grid/delivery-report'
import { type EventGrid, type EventGridOptions, startEventGrid } from 'local-event-grid/server'
import { onTestFinished } from 'vitest'
import { type Answer, type Subscriber, startSubscriber } from './subscriber.ts'

export const key = Buffer.from('a key for tests').toString('base64')

/** A topic on a clock that only moves when the test says so. */
export interface TopicUnderTest {
  server: EventGrid
  clock: VirtualClock
  log: string[]
  address: string
  /** Lets all retries within some time happen. */
  pass(milliseconds: number): Promise<void>
  deliveries(): Promise<TopicReport>
}

interface Wanted extends Partial<EventGridOptions> {
  schema?: Schema
  subscriptions: SubscriptionConfig[]
  /** False for a topic whose endpoints do not even answer the handshake. */
  settle?: boolean
}

/** Starts a topic named `orders`, and closes it when the test is over. */
export async function startTopic({
  schema = 'cloud-event',
  subscriptions,
  settle = true,
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
  if (settle) await server.settled()
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
      return (await fetch(`${server.endpoint}/topics/orders/deliveries`)).json() as Promise<TopicReport>
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

/** Publishes what the client would not, or in its own way. The key is sent unless the headers say something else. */
export function publishRaw(
  { address }: Pick<TopicUnderTest, 'address'>,
  body: unknown,
  headers: Record<string, string> = { 'aeg-sas-key': key },
): Promise<Response> {
  return fetch(`${address}?api-version=2018-01-01`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents-batch+json; charset=utf-8', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

/** A webhook subscription to everything. */
export const to = (url: string, name = 'all') => ({ name, destination: { type: 'webhook' as const, url } })

/** A CloudEvent worth delivering. */
export function order(id: string, data: object = {}, type = 'order.placed') {
  return { id, type, source: '/shop', subject: `orders/${id}`, data }
}

/** The same as the client sends it. */
export const rawOrder = (id: string) => ({ specversion: '1.0', ...order(id) })

/** A webhook that is closed when the test is over. */
export async function subscriber(answer?: Answer): Promise<Subscriber> {
  const started = await startSubscriber(answer)
  onTestFinished(() => started.close())
  return started
}

/** The ids of the events a subscriber got, one request after the other. */
export function idsOf({ received }: Subscriber): string[] {
  return received.flatMap(({ body }) => (Array.isArray(body) ? body : [body]).map(event => String(event.id)))
}

/** What a refusal says. */
export async function errorOf(answer: Response): Promise<{ code: string; message: string }> {
  return ((await answer.json()) as { error: { code: string; message: string } }).error
}
