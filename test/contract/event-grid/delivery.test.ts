import { describe, expect, onTestFinished, test } from 'vitest'
import { type Answer, startSubscriber } from './subscriber.ts'
import { cloudEvents, gridEvents, order, startTopic } from './topic-under-test.ts'

const minute = 60_000
const hour = 60 * minute

async function subscriber(answer?: Answer) {
  const started = await startSubscriber(answer)
  onTestFinished(() => started.close())
  return started
}

const to = (url: string, name = 'all') => ({ name, destination: { type: 'webhook' as const, url } })

describe('delivery', () => {
  test("a CloudEvent arrives bare, with Event Grid's headers, after the handshake", async () => {
    const { url, received, handshakes } = await subscriber()
    const topic = await startTopic({ subscriptions: [{ ...to(url), headers: { 'x-own': 'mine' } }] })
    expect(handshakes[0]?.headers['webhook-request-origin']).toBe('eventgrid.azure.net')
    await cloudEvents(topic).send([order('1', { amount: '5' })])
    await topic.server.settled()
    expect(received).toHaveLength(1)
    expect(received[0]?.body).toMatchObject({ id: '1', source: '/shop', specversion: '1.0', data: { amount: '5' } })
    expect(received[0]?.headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'aeg-event-type': 'Notification',
      'aeg-subscription-name': 'ALL',
      'aeg-delivery-count': '0',
      'x-own': 'mine',
    })
  })

  test('an Event Grid event arrives as an array of one, after its validation event', async () => {
    const { url, received, handshakes } = await subscriber()
    const topic = await startTopic({ schema: 'event-grid', subscriptions: [to(url)] })
    expect(handshakes[0]?.body).toMatchObject([{ eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent' }])
    await gridEvents(topic).send([{ id: '1', subject: 's', eventType: 't', dataVersion: '2', data: { a: 1 } }])
    await topic.server.settled()
    expect(received[0]?.body).toMatchObject([{ id: '1', data: { a: 1 }, metadataVersion: '1', dataVersion: '2' }])
    expect(received[0]?.headers['aeg-data-version']).toBe('2')
  })

  test('a day of retries follows the schedule and ends with the time to live', async () => {
    const times: number[] = []
    const { url } = await subscriber(() => {
      times.push(topic.clock.now())
      return { status: 500 }
    })
    const topic = await startTopic({ subscriptions: [to(url)] })
    const begin = topic.clock.now()
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    await topic.pass(48 * hour)
    const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    const planned = [10_000, 30_000, minute, 5 * minute, 10 * minute, 30 * minute, hour, 3 * hour, 6 * hour, 12 * hour]
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(planned[index] ?? 0)
      expect(wait).toBeLessThanOrEqual((planned[index] ?? 0) * 1.1)
    }
    expect(times.at(-1)).toBeLessThanOrEqual(begin + 24 * hour)
    expect(topic.log.at(-1)).toMatch(/event 1 is dropped .*TimeToLiveExceeded.*no dead-letter place/)
    expect((await topic.deliveries()).subscriptions[0]).toMatchObject({ pending: 0, delivered: 0, dropped: 1 })
  })

  test('ends after the number of attempts', async () => {
    const { url, received } = await subscriber(() => ({ status: 500 }))
    const topic = await startTopic({ subscriptions: [{ ...to(url), maxDeliveryAttempts: 3 }] })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    await topic.pass(24 * hour)
    expect(received.map(one => one.headers['aeg-delivery-count'])).toEqual(['0', '1', '2'])
    expect(topic.log.at(-1)).toContain('MaxDeliveryAttemptsExceeded')
  })

  test.each([
    [404, 5 * minute],
    [408, 2 * minute],
    [503, 30_000],
    [500, 10_000],
  ])('status %i waits at least %i ms', async (status, least) => {
    const statuses = [status]
    const { url, received } = await subscriber(() => ({ status: statuses.shift() ?? 200 }))
    const topic = await startTopic({ subscriptions: [to(url)] })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    await topic.pass(least - 1)
    expect(received).toHaveLength(1)
    await topic.pass(least)
    expect(received).toHaveLength(2)
  })

  test.each([400, 401, 403, 413])('status %i is never retried', async status => {
    const { url, received } = await subscriber(() => ({ status }))
    const topic = await startTopic({ subscriptions: [to(url)] })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    await topic.pass(24 * hour)
    expect(received).toHaveLength(1)
    expect(topic.log.at(-1)).toContain('event 1 is dropped')
  })

  test('an endpoint that does not answer within 30 s is tried again', async () => {
    let silent = true
    const { url, received } = await subscriber(async () => {
      if (silent) await new Promise(() => {})
      return { status: 200 }
    })
    const topic = await startTopic({ subscriptions: [to(url)] })
    await cloudEvents(topic).send([order('1')])
    await expect.poll(() => received.length).toBe(1)
    silent = false
    topic.clock.runNext(30_000)
    await topic.server.settled()
    await topic.pass(minute)
    expect(received).toHaveLength(2)
    expect((await topic.deliveries()).recent.at(-1)).toMatchObject({ outcome: 'TimedOut' })
  })

  test('new events wait for an endpoint on probation', async () => {
    let up = false
    const { url, received } = await subscriber(() => ({ status: up ? 200 : 500 }))
    const topic = await startTopic({ subscriptions: [to(url)] })
    await cloudEvents(topic).send(['1', '2', '3', '4', '5'].map(id => order(id)))
    await topic.server.settled()
    up = true
    await cloudEvents(topic).send([order('6')])
    await topic.server.settled()
    expect(received).toHaveLength(5)
    await topic.pass(minute)
    expect((await topic.deliveries()).subscriptions[0]).toMatchObject({ pending: 0, delivered: 6 })
  })

  test('batches are all or none and never wait to fill', async () => {
    const statuses = [500]
    const { url, received } = await subscriber(() => ({ status: statuses.shift() ?? 200 }))
    const batching = { maxEventsPerBatch: 3, preferredBatchSizeInKilobytes: 64 }
    const topic = await startTopic({ subscriptions: [{ ...to(url), batching }] })
    await cloudEvents(topic).send(['1', '2', '3', '4'].map(id => order(id)))
    await topic.server.settled()
    await topic.pass(minute)
    const ids = received.map(one => (one.body as { id: string }[]).map(event => event.id).join(''))
    expect(ids.slice(0, 2)).toEqual(['123', '4'])
    expect(ids.slice(2).join('').split('').sort().join('')).toBe('123')
  })

  test('a slow subscriber slows nobody else', async () => {
    let letGo = () => {}
    const held = new Promise<void>(resolve => {
      letGo = resolve
    })
    const slow = await subscriber(() => held.then(() => ({ status: 200 })))
    const fast = await subscriber()
    const topic = await startTopic({ subscriptions: [to(slow.url, 'slow'), to(fast.url, 'fast')] })
    await cloudEvents(topic).send(Array.from({ length: 50 }, (_, index) => order(`${index}`)))
    await expect.poll(() => fast.received.length).toBe(50)
    expect(slow.received.length).toBeLessThanOrEqual(16)
    letGo()
    await expect.poll(() => slow.received.length).toBe(50)
  })

  test('seeded faults: the same seed does the same', async () => {
    const run = async () => {
      const { url, received } = await subscriber()
      const faults = { duplicates: 0.3, failures: 0.3, shuffle: true }
      const topic = await startTopic({ subscriptions: [to(url)], faults, seed: 7 })
      await cloudEvents(topic).send(Array.from({ length: 20 }, (_, index) => order(`${index}`)))
      await topic.server.settled()
      await topic.pass(24 * hour)
      const { delivered, failedAttempts } = (await topic.deliveries()).subscriptions[0] ?? {}
      expect(delivered).toBe(20)
      expect(failedAttempts).toBeGreaterThan(0)
      expect(received.length).toBeGreaterThan(20)
      expect(new Set(received.map(one => (one.body as { id: string }).id)).size).toBe(20)
    }
    await run()
    await run()
  })
})
