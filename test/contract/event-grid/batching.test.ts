import { describe, expect, test } from 'vitest'
import { cloudEvents, gridEvents, order, startTopic, subscriber, to } from './topic-under-test.ts'

const minute = 60_000
const orders = (ids: string, size = 0) => ids.split('').map(id => order(id, { text: 'x'.repeat(size) }))
const batching = (maxEventsPerBatch: number, preferredBatchSizeInKilobytes = 64) => ({
  batching: { maxEventsPerBatch, preferredBatchSizeInKilobytes },
})

/** The ids of each batch, joined. */
const batches = (listener: Awaited<ReturnType<typeof subscriber>>) =>
  listener.received.map(one => (one.body as { id: string }[]).map(event => event.id).join(''))

describe('batching', () => {
  test('takes at most so many events, and never waits to fill', async () => {
    const listener = await subscriber()
    const topic = await startTopic({ subscriptions: [{ ...to(listener.url), ...batching(3) }] })
    await cloudEvents(topic).send(orders('1234'))
    await topic.server.settled()
    expect(batches(listener).sort()).toEqual(['123', '4'])
    expect(listener.received[0]?.headers['content-type']).toBe('application/cloudevents-batch+json; charset=utf-8')
  })

  test('takes at most so many kilobytes', async () => {
    const listener = await subscriber()
    const topic = await startTopic({ subscriptions: [{ ...to(listener.url), ...batching(100, 2) }] })
    await cloudEvents(topic).send(orders('12345', 800))
    await topic.server.settled()
    expect(batches(listener).sort()).toEqual(['12', '34', '5'])
  })

  test('an event that is larger goes alone', async () => {
    const listener = await subscriber()
    const topic = await startTopic({ subscriptions: [{ ...to(listener.url), ...batching(100, 1) }] })
    await cloudEvents(topic).send([...orders('1', 5_000), ...orders('23')])
    await topic.server.settled()
    expect(batches(listener).sort()).toEqual(['1', '23'])
  })

  test('is all or none: a failed batch comes again as a whole', async () => {
    const statuses = [500]
    const listener = await subscriber(() => ({ status: statuses.shift() ?? 200 }))
    const topic = await startTopic({ subscriptions: [{ ...to(listener.url), ...batching(3) }] })
    await cloudEvents(topic).send(orders('123'))
    await topic.server.settled()
    expect((await topic.deliveries()).subscriptions[0]).toMatchObject({ pending: 3, failedAttempts: 3 })
    await topic.pass(minute)
    expect(batches(listener).slice(1).join('').split('').sort().join('')).toBe('123')
    expect((await topic.deliveries()).subscriptions[0]).toMatchObject({ pending: 0, delivered: 3 })
  })

  test('grows to 5,000 events in one request while the endpoint is busy', async () => {
    let letGo = () => {}
    const held = new Promise<void>(resolve => {
      letGo = resolve
    })
    const listener = await subscriber(() => held.then(() => ({ status: 200 })))
    const topic = await startTopic({ subscriptions: [{ ...to(listener.url), ...batching(5_000, 1_024) }] })
    const ids = Array.from({ length: 5_016 }, (_, index) => `${index}`)
    // As many requests as may be under way hold one event each; the others gather.
    for (const id of ids.slice(0, 16)) await cloudEvents(topic).send([order(id)])
    await expect.poll(() => listener.received.length).toBe(16)
    for (let begin = 16; begin < ids.length; begin += 2_500) {
      await cloudEvents(topic).send(ids.slice(begin, begin + 2_500).map(id => order(id)))
    }
    letGo()
    await topic.server.settled()
    expect(listener.received.map(one => (one.body as unknown[]).length)).toEqual([...Array(16).fill(1), 5_000])
  })

  test.each([
    ['events', { maxEventsPerBatch: 5 }, ['12345', '6']],
    ['kilobytes', { preferredBatchSizeInKilobytes: 2 }, ['1', '2', '3', '4', '5', '6']],
    ['nothing', {}, ['1', '2', '3', '4', '5', '6']],
  ])('with only %s set, the other limit has its default', async (_, limits, expected) => {
    const listener = await subscriber()
    const topic = await startTopic({ subscriptions: [{ ...to(listener.url), batching: limits }] })
    await cloudEvents(topic).send(orders('123456'))
    await topic.server.settled()
    expect(batches(listener).sort()).toEqual(expected)
  })

  test('works the same for the Event Grid schema', async () => {
    const listener = await subscriber()
    const topic = await startTopic({ schema: 'event-grid', subscriptions: [{ ...to(listener.url), ...batching(2) }] })
    const event = (id: string) => ({ id, subject: 's', eventType: 't', dataVersion: '1', data: {} })
    await gridEvents(topic).send(['1', '2', '3'].map(event))
    await topic.server.settled()
    expect(batches(listener).sort()).toEqual(['12', '3'])
  })

  test('belongs to one subscription', async () => {
    const [many, single] = [await subscriber(), await subscriber()]
    const topic = await startTopic({
      subscriptions: [{ ...to(many.url, 'many'), ...batching(9) }, to(single.url, 'single')],
    })
    await cloudEvents(topic).send(orders('123'))
    await topic.server.settled()
    expect(many.received).toHaveLength(1)
    expect(single.received).toHaveLength(3)
  })
})
