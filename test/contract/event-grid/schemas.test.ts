import { describe, expect, test } from 'vitest'
import {
  cloudEvents,
  gridEvents,
  key,
  order,
  publishRaw,
  rawOrder,
  startTopic,
  subscriber,
  to,
} from './topic-under-test.ts'

const gridEvent = { id: '1', subject: 's', eventType: 't', dataVersion: '2', data: { a: 1 } }
const rawGridEvent = { ...gridEvent, eventTime: '2025-01-01T00:00:00.0000000Z' }
const topicPath = '/subscriptions/local/resourceGroups/local/providers/Microsoft.EventGrid/topics/orders'

describe('a topic for CloudEvents', () => {
  test('takes a batch from the official client and one event alone', async () => {
    const listener = await subscriber()
    const topic = await startTopic({ subscriptions: [to(listener.url)] })
    await cloudEvents(topic).send([order('1'), order('2')])
    const headers = { 'aeg-sas-key': key, 'content-type': 'application/cloudevents+json' }
    expect((await publishRaw(topic, rawOrder('3'), headers)).status).toBe(200)
    await topic.server.settled()
    expect(listener.received.map(one => (one.body as { id: string }).id).sort()).toEqual(['1', '2', '3'])
  })

  test('delivers extensions and binary data unchanged', async () => {
    const listener = await subscriber()
    const topic = await startTopic({ subscriptions: [to(listener.url)] })
    const data = new Uint8Array([1, 2, 255])
    await cloudEvents(topic).send([
      { ...order('1'), data, datacontenttype: 'image/png', extensionAttributes: { traceid: 'x' } },
    ])
    await topic.server.settled()
    expect(listener.received[0]?.body).toMatchObject({
      data_base64: 'AQL/',
      datacontenttype: 'image/png',
      traceid: 'x',
    })
  })

  test.each<[string, unknown]>([
    ['no array', {}],
    ['no JSON', '['],
    ['an array of a text', ['x']],
    ['an array of an array', [[]]],
    ['a missing id', [{ ...rawOrder('1'), id: undefined }]],
    ['an empty id', [{ ...rawOrder('1'), id: '' }]],
    ['a missing source', [{ ...rawOrder('1'), source: undefined }]],
    ['a missing type', [{ ...rawOrder('1'), type: undefined }]],
    ['a missing version', [{ ...rawOrder('1'), specversion: undefined }]],
    ['version 0.3', [{ ...rawOrder('1'), specversion: '0.3' }]],
    ['both kinds of data', [{ ...rawOrder('1'), data_base64: 'AQ==' }]],
    ['a time that is none', [{ ...rawOrder('1'), time: 'yesterday' }]],
    ['a capital letter in an attribute', [{ ...rawOrder('1'), traceId: 'x' }]],
    ['a hyphen in an attribute', [{ ...rawOrder('1'), 'trace-id': 'x' }]],
    ['an Event Grid event', [rawGridEvent]],
  ])('refuses %s with 400', async (_, body) => {
    const topic = await startTopic({ subscriptions: [] })
    expect((await publishRaw(topic, body)).status).toBe(400)
  })

  test("refuses the official client's Event Grid events with 400", async () => {
    const topic = await startTopic({ subscriptions: [] })
    await expect(gridEvents(topic).send([gridEvent])).rejects.toMatchObject({ statusCode: 400 })
  })
})

describe('a topic for the Event Grid schema', () => {
  const raw = (topic: { address: string }, event: unknown) =>
    publishRaw(topic, [event], { 'aeg-sas-key': key, 'content-type': 'application/json' })

  test('stamps its own path and the version of the metadata on an event', async () => {
    const listener = await subscriber()
    const topic = await startTopic({ schema: 'event-grid', subscriptions: [to(listener.url)] })
    await gridEvents(topic).send([gridEvent])
    await topic.server.settled()
    expect(listener.received[0]?.body).toMatchObject([{ ...gridEvent, topic: topicPath, metadataVersion: '1' }])
  })

  test.each<[string, unknown]>([
    ['a missing id', { ...rawGridEvent, id: undefined }],
    ['a missing subject', { ...rawGridEvent, subject: undefined }],
    ['a missing type', { ...rawGridEvent, eventType: undefined }],
    ['a missing time', { ...rawGridEvent, eventTime: undefined }],
    ['a time that is none', { ...rawGridEvent, eventTime: 'yesterday' }],
    ['a missing data version', { ...rawGridEvent, dataVersion: undefined }],
    ['data that is no object', { ...rawGridEvent, data: 'x' }],
    ['another topic', { ...rawGridEvent, topic: '/subscriptions/x' }],
    ['another version of the metadata', { ...rawGridEvent, metadataVersion: '2' }],
    ['a CloudEvent', rawOrder('1')],
  ])('refuses %s with 400', async (_, event) => {
    const topic = await startTopic({ schema: 'event-grid', subscriptions: [] })
    expect((await raw(topic, event)).status).toBe(400)
  })

  test("refuses the official client's CloudEvents with 400", async () => {
    const topic = await startTopic({ schema: 'event-grid', subscriptions: [] })
    await expect(cloudEvents(topic).send([order('1')])).rejects.toMatchObject({ statusCode: 400 })
  })

  test('delivers CloudEvents to a subscription that asks for them, after the handshake of CloudEvents', async () => {
    const listener = await subscriber()
    const subscription = { ...to(listener.url), eventDeliverySchema: 'cloud-event' as const }
    const topic = await startTopic({ schema: 'event-grid', subscriptions: [subscription] })
    await gridEvents(topic).send([{ ...gridEvent, eventTime: new Date('2025-01-01T00:00:00Z') }])
    await topic.server.settled()
    expect(listener.handshakes[0]?.method).toBe('OPTIONS')
    expect(listener.received[0]?.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8')
    expect(listener.received[0]?.body).toEqual({
      specversion: '1.0',
      id: '1',
      source: topicPath,
      type: 't',
      time: '2025-01-01T00:00:00.000Z',
      subject: 's',
      dataschema: '#2',
      data: { a: 1 },
    })
  })

  test('filters what was published, whatever is delivered', async () => {
    const listener = await subscriber()
    const advancedFilters = [{ operatorType: 'StringIn', key: 'eventtype', values: ['t'] }]
    const subscription = {
      ...to(listener.url),
      eventDeliverySchema: 'cloud-event' as const,
      filter: { advancedFilters },
    }
    const topic = await startTopic({ schema: 'event-grid', subscriptions: [subscription] })
    await gridEvents(topic).send([gridEvent, { ...gridEvent, id: '2', eventType: 'u' }])
    await topic.server.settled()
    expect(listener.received.map(one => (one.body as { id: string }).id)).toEqual(['1'])
  })
})
