import { describe, expect, test } from 'vitest'
import { blobsIn, letters, publishedTo, withStorage } from './letter-box.ts'
import { cloudEvents, gridEvents, order, startTopic, subscriber, to } from './topic-under-test.ts'

const second = 1_000
const minute = 60 * second

withStorage()

describe('a dead letter', () => {
  test('is a blob five minutes after the last attempt, not earlier', async () => {
    const { container, deadLetterDestination } = await letters()
    const { topic } = await publishedTo(400, { deadLetterDestination })
    await topic.pass(5 * minute - 1)
    expect(await blobsIn(container)).toEqual([])
    await topic.pass(1)
    expect(await blobsIn(container)).toHaveLength(1)
  })

  test('is called after the subscription and the hour, in UTC and without zeros in front', async () => {
    const { container, deadLetterDestination } = await letters()
    const { topic } = await publishedTo(400, { deadLetterDestination })
    await topic.pass(5 * minute)
    const [blob] = await blobsIn(container)
    expect(blob?.name).toMatch(/^MAIL-1\/2025\/1\/1\/0\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.json$/)
    const { blobType, contentType } = await container.getBlobClient(blob?.name ?? '').getProperties()
    expect([blobType, contentType]).toEqual(['BlockBlob', 'application/json'])
  })

  test('of a CloudEvent says why in lower case', async () => {
    const { container, deadLetterDestination } = await letters()
    const { topic } = await publishedTo(500, { deadLetterDestination, maxDeliveryAttempts: 2 })
    const published = topic.clock.now()
    await topic.pass(10 * minute)
    const [event] = (await blobsIn(container))[0]?.events ?? []
    expect(event).toMatchObject({
      ...order('1'),
      specversion: '1.0',
      deadletterreason: 'MaxDeliveryAttemptsExceeded',
      deliveryattempts: 2,
      lastdeliveryoutcome: 'GenericError',
      publishtime: new Date(published).toISOString(),
    })
    const last = Date.parse(String(event?.lastdeliveryattempttime)) - published
    expect(last).toBeGreaterThanOrEqual(10 * second)
    expect(last).toBeLessThanOrEqual(11 * second)
  })

  test('of an Event Grid event says why in its own case', async () => {
    const { container, deadLetterDestination } = await letters()
    const listener = await subscriber(() => ({ status: 413 }))
    const subscription = { ...to(listener.url), deadLetterDestination }
    const topic = await startTopic({ schema: 'event-grid', subscriptions: [subscription] })
    await gridEvents(topic).send([{ id: '1', subject: 's', eventType: 't', dataVersion: '1', data: { a: 1 } }])
    await topic.server.settled()
    await topic.pass(5 * minute)
    expect((await blobsIn(container))[0]?.events).toMatchObject([
      {
        id: '1',
        data: { a: 1 },
        metadataVersion: '1',
        deadLetterReason: 'UndeliverableDueToClientError',
        deliveryAttempts: 1,
        lastDeliveryOutcome: 'PayloadTooLarge',
        publishTime: '2025-01-01T00:00:00.000Z',
        lastDeliveryAttemptTime: '2025-01-01T00:00:00.000Z',
      },
    ])
  })

  test('is in the schema of the delivery', async () => {
    const { container, deadLetterDestination } = await letters()
    const listener = await subscriber(() => ({ status: 400 }))
    const subscription = { ...to(listener.url), deadLetterDestination, eventDeliverySchema: 'cloud-event' as const }
    const topic = await startTopic({ schema: 'event-grid', subscriptions: [subscription] })
    await gridEvents(topic).send([{ id: '1', subject: 's', eventType: 't', dataVersion: '1', data: {} }])
    await topic.server.settled()
    await topic.pass(5 * minute)
    expect((await blobsIn(container))[0]?.events).toMatchObject([
      { specversion: '1.0', type: 't', deliveryattempts: 1 },
    ])
  })

  test.each([
    [400, 'BadRequest'],
    [401, 'Unauthorized'],
    [403, 'Forbidden'],
    [404, 'NotFound'],
    [408, 'TimedOut'],
    [413, 'PayloadTooLarge'],
    [503, 'Busy'],
    [500, 'GenericError'],
  ])('after status %i says %s', async (status, outcome) => {
    const { container, deadLetterDestination } = await letters()
    const { topic } = await publishedTo(status, { deadLetterDestination, maxDeliveryAttempts: 1 })
    await topic.pass(20 * minute)
    expect((await blobsIn(container))[0]?.events).toMatchObject([{ lastdeliveryoutcome: outcome, deliveryattempts: 1 }])
  })

  test('of an endpoint that is gone says SocketError', async () => {
    const { container, deadLetterDestination } = await letters()
    const listener = await subscriber()
    const subscription = { ...to(listener.url), deadLetterDestination, maxDeliveryAttempts: 1 }
    const topic = await startTopic({ subscriptions: [subscription] })
    await listener.close()
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    await topic.pass(10 * minute)
    expect((await blobsIn(container))[0]?.events).toMatchObject([{ lastdeliveryoutcome: 'SocketError' }])
  })

  test('whose time is over says TimeToLiveExceeded', async () => {
    const { container, deadLetterDestination } = await letters()
    const { topic } = await publishedTo(500, { deadLetterDestination, eventTimeToLiveInMinutes: 1 })
    await topic.pass(20 * minute)
    const [event] = (await blobsIn(container))[0]?.events ?? []
    expect(event).toMatchObject({ deadletterreason: 'TimeToLiveExceeded', deliveryattempts: 3 })
  })

  test('that was only held back says Probation, and has no time of an attempt', async () => {
    const { container, deadLetterDestination } = await letters()
    const { topic } = await publishedTo(
      404,
      { deadLetterDestination, eventTimeToLiveInMinutes: 1 },
      ['1', '2', '3', '4', '5'].map(id => order(id)),
    )
    await cloudEvents(topic).send([order('6')])
    await topic.pass(6 * minute)
    const events = (await blobsIn(container)).flatMap(blob => blob.events)
    const sixth = events.find(event => event.id === '6')
    expect(sixth).toMatchObject({ deliveryattempts: 0, lastdeliveryoutcome: 'Probation' })
    expect(sixth).not.toHaveProperty('lastdeliveryattempttime')
  })

  test('shares a blob with those that are due at the same time', async () => {
    const { container, deadLetterDestination } = await letters()
    const { topic } = await publishedTo(400, { deadLetterDestination }, [order('1'), order('2'), order('3')])
    await topic.pass(5 * minute)
    const blobs = await blobsIn(container)
    expect(blobs).toHaveLength(1)
    expect(blobs[0]?.events.map(event => event.id).sort()).toEqual(['1', '2', '3'])
  })

  test('never shares a blob with another subscription', async () => {
    const { container, deadLetterDestination } = await letters()
    const { url } = await subscriber(() => ({ status: 400 }))
    const topic = await startTopic({
      subscriptions: [
        { ...to(url, 'one'), deadLetterDestination },
        { ...to(url, 'two'), deadLetterDestination },
      ],
    })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    await topic.pass(5 * minute)
    const folders = (await blobsIn(container)).map(({ name }) => name.split('/')[0])
    expect(folders.sort()).toEqual(['ONE', 'TWO'])
  })

  test('leads to its blob in the log and on the page', async () => {
    const { container, deadLetterDestination } = await letters()
    const { topic } = await publishedTo(400, { deadLetterDestination })
    expect((await topic.deliveries()).dead).toMatchObject([
      { eventId: '1', blob: null, blobDue: '2025-01-01T00:05:00.000Z' },
    ])
    await topic.pass(5 * minute)
    const [blob] = await blobsIn(container)
    expect((await topic.deliveries()).dead).toMatchObject([
      { eventId: '1', blob: container.getBlobClient(blob?.name ?? '').url, blobDue: null, lost: null },
    ])
    expect((await topic.deliveries()).subscriptions[0]).toMatchObject({ deadLettered: 1, dropped: 0 })
    const page = await (await fetch(`${topic.server.endpoint}/topics/orders`)).text()
    expect(page).toContain(`<a href="${container.getBlobClient(blob?.name ?? '').url}">${blob?.name}</a>`)
  })
})
