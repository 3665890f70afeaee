import { type QueueClient, QueueServiceClient } from '@azure/storage-queue'
import type { SubscriptionConfig } from 'local-event-grid/configuration'
import { type LocalStorage, startStorage } from 'local-storage/storage'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type HostProcess, sample, startHost } from '../functions/host-process.ts'
import { cloudEvents, gridEvents, order, startTopic, subscriber } from './topic-under-test.ts'

const minute = 60_000
const gridEvent = { id: '1', subject: 's', eventType: 't', dataVersion: '1', data: { a: 1 } }

describe('a function of the local host', () => {
  let host: HostProcess
  beforeAll(async () => {
    host = await startHost({ apps: [{ folder: sample('event-grid') }], keys: { eventGrid: 's&cret' } })
  })
  afterAll(() => host.stop())

  const receive = (changes: object = {}): SubscriptionConfig => ({
    name: 'all',
    destination: { type: 'azure-function', url: host.endpoint, functionName: 'receive', key: 's&cret', ...changes },
  })
  const got = (id: string) =>
    host.logged(lines => lines.some(line => line.startsWith('event ') && line.includes(`"id":"${id}"`)))

  test.each(['cloud-event', 'event-grid'] as const)('receives events of a %s topic', async schema => {
    const topic = await startTopic({ schema, subscriptions: [receive()] })
    if (schema === 'cloud-event') await cloudEvents(topic).send([order(schema)])
    else await gridEvents(topic).send([{ ...gridEvent, id: schema }])
    await got(schema)
    await topic.server.settled()
    expect((await topic.deliveries()).subscriptions[0]).toMatchObject({ delivered: 1, failedAttempts: 0 })
  })

  test('receives CloudEvents of an Event Grid topic when asked to', async () => {
    const subscriptions = [{ ...receive(), eventDeliverySchema: 'cloud-event' as const }]
    const topic = await startTopic({ schema: 'event-grid', subscriptions })
    await gridEvents(topic).send([{ ...gridEvent, id: 'turned' }])
    expect(await got('turned')).toContainEqual(
      expect.stringMatching(/"specversion":"1\.0".*"turned"|"turned".*"specversion":"1\.0"/),
    )
  })

  test('receives batches', async () => {
    const topic = await startTopic({ subscriptions: [{ ...receive(), batching: { maxEventsPerBatch: 10 } }] })
    await cloudEvents(topic).send([order('b1'), order('b2')])
    await got('b1')
    await got('b2')
  })

  test('as a webhook consents in the handshake', async () => {
    const url = `${host.endpoint}/runtime/webhooks/EventGrid?functionName=receive&code=${encodeURIComponent('s&cret')}`
    const topic = await startTopic({ subscriptions: [{ name: 'all', destination: { type: 'webhook', url } }] })
    await cloudEvents(topic).send([order('hooked')])
    await got('hooked')
  })

  test('gets an event again when it throws', async () => {
    const topic = await startTopic({ subscriptions: [receive()] })
    await cloudEvents(topic).send([{ ...order('1'), subject: 'fails' }])
    await topic.server.settled()
    await topic.pass(minute)
    expect((await topic.deliveries()).subscriptions[0]).toMatchObject({ pending: 1, failedAttempts: 3 })
  })

  test.each([
    ['another key', { key: 'wrong' }, 401, 'Unauthorized'],
    ['another function', { functionName: 'nobody' }, 404, 'NotFound'],
  ])('is tried again after 5 minutes with %s', async (_, changes, status, outcome) => {
    const topic = await startTopic({ subscriptions: [receive(changes)] })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    expect((await topic.deliveries()).recent[0]).toMatchObject({ status, outcome })
    await topic.pass(5 * minute - 1)
    expect((await topic.deliveries()).recent).toHaveLength(1)
    await topic.pass(minute)
    expect((await topic.deliveries()).recent).toHaveLength(2)
  })

  test.each([400, 403, 413])('is never tried again after status %i', async status => {
    const { url, received, handshakes } = await subscriber(() => ({ status }))
    const topic = await startTopic({ subscriptions: [receive({ url: url.replace('/hook', '') })] })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    await topic.pass(24 * 60 * minute)
    expect(received).toHaveLength(1)
    expect(handshakes).toHaveLength(0)
  })
})

describe('a storage queue', () => {
  let storage: LocalStorage
  let queues = 0
  beforeAll(async () => {
    storage = await startStorage()
  })
  afterAll(() => storage.stop())

  const queueNamed = (name: string, connectionString = storage.connectionString) =>
    QueueServiceClient.fromConnectionString(connectionString).getQueueClient(name)

  async function queue(): Promise<QueueClient> {
    const client = queueNamed(`work-${++queues}`)
    await client.create()
    return client
  }

  const into = (queueName: string, changes: object = {}): SubscriptionConfig => ({
    name: 'all',
    destination: { type: 'storage-queue', connectionString: storage.connectionString, queueName, ...changes },
  })

  async function messagesIn(client: QueueClient) {
    const { receivedMessageItems: items } = await client.receiveMessages({ numberOfMessages: 32 })
    return items.map(item => ({ ...item, event: JSON.parse(Buffer.from(item.messageText, 'base64').toString()) }))
  }

  test('gets each CloudEvent as a message of its own, in base64', async () => {
    const client = await queue()
    const topic = await startTopic({ subscriptions: [into(client.name)] })
    await cloudEvents(topic).send([order('1', { text: 'ä' }), order('2')])
    await topic.server.settled()
    const messages = await messagesIn(client)
    expect(messages.map(one => one.event.id).sort()).toEqual(['1', '2'])
    expect(messages.find(one => one.event.id === '1')?.event).toMatchObject({ specversion: '1.0', data: { text: 'ä' } })
    expect((await topic.deliveries()).subscriptions[0]).toMatchObject({ delivered: 2, pending: 0, validated: true })
  })

  test('gets an Event Grid event bare, without an array', async () => {
    const client = await queue()
    const topic = await startTopic({ schema: 'event-grid', subscriptions: [into(client.name)] })
    await gridEvents(topic).send([gridEvent])
    await topic.server.settled()
    expect((await messagesIn(client)).map(one => one.event)).toMatchObject([{ ...gridEvent, metadataVersion: '1' }])
  })

  test.each([
    ['7 days when nothing is said', undefined, 7 * 24 * 3_600],
    ['as long as is said', 60, 60],
  ])('messages live %s', async (_, queueMessageTimeToLiveInSeconds, seconds) => {
    const client = await queue()
    const changes = queueMessageTimeToLiveInSeconds === undefined ? {} : { queueMessageTimeToLiveInSeconds }
    const topic = await startTopic({ subscriptions: [into(client.name, changes)] })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    const [message] = await messagesIn(client)
    expect((Number(message?.expiresOn) - Number(message?.insertedOn)) / 1_000).toBe(seconds)
  })

  test('messages live for ever with -1', async () => {
    const client = await queue()
    const topic = await startTopic({ subscriptions: [into(client.name, { queueMessageTimeToLiveInSeconds: -1 })] })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    expect((await messagesIn(client))[0]?.expiresOn.getUTCFullYear()).toBe(9999)
  })

  test('that does not exist is NotFound, and gets the event when it is there', async () => {
    const topic = await startTopic({ subscriptions: [into('later')] })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    expect((await topic.deliveries()).recent[0]).toMatchObject({ outcome: 'NotFound', status: 404 })
    const client = queueNamed('later')
    await client.create()
    await topic.pass(6 * minute)
    expect(await messagesIn(client)).toHaveLength(1)
  })

  test('that takes no more than 64 KB refuses a larger event for good', async () => {
    const client = await queue()
    const topic = await startTopic({ subscriptions: [into(client.name)] })
    await cloudEvents(topic).send([order('1', { text: 'x'.repeat(70_000) })])
    await topic.server.settled()
    expect((await topic.deliveries()).dead).toMatchObject([{ lastOutcome: 'PayloadTooLarge', attempts: 1 }])
  })

  test('that cannot be reached is a SocketError', async () => {
    const connectionString =
      'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;QueueEndpoint=http://127.0.0.1:1/a;'
    const topic = await startTopic({ subscriptions: [into('work', { connectionString })] })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    expect((await topic.deliveries()).recent[0]).toMatchObject({ outcome: 'SocketError' })
  })

  test('may be named by a setting of the environment', async () => {
    const client = await queue()
    const environment = { STORAGE: storage.connectionString }
    const topic = await startTopic({
      subscriptions: [into(client.name, { connectionString: '%STORAGE%' })],
      environment,
    })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    expect(await messagesIn(client)).toHaveLength(1)
  })

  test('of its own is started when asked for, said in the log, and has its queue', async () => {
    const topic = await startTopic({
      subscriptions: [into('own-work', { connectionString: 'UseDevelopmentStorage=true' })],
    })
    onTestFinished(() => topic.server.close())
    const connectionString = topic.log[0]?.replace('Storage of its own: ', '') ?? ''
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    expect(await messagesIn(queueNamed('own-work', connectionString))).toHaveLength(1)
  })
})
