import { describe, expect, test } from 'vitest'
import { cloudEvents, gridEvents, idsOf, order, startTopic, subscriber, to } from './topic-under-test.ts'

const gridEvent = { id: '1', subject: 's', eventType: 't', dataVersion: '2', data: { a: 1 } }

describe('delivery', () => {
  test("a CloudEvent arrives bare, with Event Grid's headers", async () => {
    const { url, received } = await subscriber()
    const topic = await startTopic({ subscriptions: [{ ...to(url), headers: { 'x-own': 'mine' } }] })
    await cloudEvents(topic).send([order('1', { amount: '5' })])
    await topic.server.settled()
    expect(received).toHaveLength(1)
    expect(received[0]?.method).toBe('POST')
    expect(received[0]?.body).toMatchObject({ id: '1', source: '/shop', specversion: '1.0', data: { amount: '5' } })
    expect(received[0]?.headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'aeg-event-type': 'Notification',
      'aeg-subscription-name': 'ALL',
      'aeg-delivery-count': '0',
      'aeg-data-version': '',
      'aeg-metadata-version': '0',
      'x-own': 'mine',
    })
  })

  test('an Event Grid event arrives as an array of one', async () => {
    const { url, received } = await subscriber()
    const topic = await startTopic({ schema: 'event-grid', subscriptions: [to(url)] })
    await gridEvents(topic).send([gridEvent])
    await topic.server.settled()
    expect(received[0]?.body).toMatchObject([{ id: '1', data: { a: 1 }, metadataVersion: '1', dataVersion: '2' }])
    expect(received[0]?.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'aeg-data-version': '2',
      'aeg-metadata-version': '1',
    })
  })

  test('every attempt has an id of its own', async () => {
    const { url, received } = await subscriber()
    const topic = await startTopic({ subscriptions: [to(url)] })
    await cloudEvents(topic).send([order('1'), order('2')])
    await topic.server.settled()
    expect(new Set(received.map(one => one.headers['aeg-output-event-id'])).size).toBe(2)
  })

  test('ten headers of one\u2019s own are sent along', async () => {
    const { url, received } = await subscriber()
    const names = Array.from({ length: 10 }, (_, index) => `x-own-${index}`)
    const headers = Object.fromEntries(names.map(name => [name, `value of ${name}`]))
    const topic = await startTopic({ subscriptions: [{ ...to(url), headers }] })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    expect(received[0]?.headers).toMatchObject(headers)
  })

  test.each([200, 201, 202, 203, 204])('status %i is success', async status => {
    const { url, received } = await subscriber(() => ({ status }))
    const topic = await startTopic({ subscriptions: [to(url)] })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    await topic.pass(60_000)
    expect(received).toHaveLength(1)
    expect((await topic.deliveries()).subscriptions[0]).toMatchObject({ pending: 0, delivered: 1, failedAttempts: 0 })
  })

  test.each([205, 206, 301, 302, 304])('status %i is no success', async status => {
    const { url } = await subscriber(() => ({ status }))
    const topic = await startTopic({ subscriptions: [to(url)] })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    expect((await topic.deliveries()).subscriptions[0]).toMatchObject({ pending: 1, delivered: 0, failedAttempts: 1 })
  })

  test('each subscription gets each event, and its failure is nobody else\u2019s', async () => {
    const [well, ill] = [await subscriber(), await subscriber(() => ({ status: 500 }))]
    const topic = await startTopic({ subscriptions: [to(well.url, 'well'), to(ill.url, 'ill')] })
    await cloudEvents(topic).send([order('1'), order('2')])
    await topic.server.settled()
    expect(idsOf(well).sort()).toEqual(['1', '2'])
    expect((await topic.deliveries()).subscriptions).toMatchObject([
      { name: 'well', delivered: 2, pending: 0 },
      { name: 'ill', delivered: 0, pending: 2, failing: 2 },
    ])
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
})

describe('faults on purpose', () => {
  async function run(seed: number) {
    const listener = await subscriber()
    const faults = { duplicates: 0.3, failures: 0.3, shuffle: true }
    const topic = await startTopic({ subscriptions: [to(listener.url)], faults, seed })
    // One after the other, so that nothing but the seed decides.
    for (let id = 0; id < 20; id++) {
      await cloudEvents(topic).send([order(`${id}`)])
      await topic.server.settled()
    }
    await topic.pass(24 * 3_600_000)
    const { delivered, pending, failedAttempts } = (await topic.deliveries()).subscriptions[0] ?? {}
    return { ids: idsOf(listener).sort(), delivered, pending, failedAttempts }
  }

  test('fail and repeat, but lose nothing', async () => {
    const { ids, ...counts } = await run(7)
    expect(counts).toMatchObject({ delivered: 20, pending: 0 })
    expect(counts.failedAttempts).toBeGreaterThan(0)
    expect(ids.length).toBeGreaterThan(20)
    expect(new Set(ids).size).toBe(20)
  })

  test('the same seed does the same, another does not', async () => {
    const [first, second, third] = [await run(7), await run(7), await run(8)]
    expect(second).toEqual(first)
    expect(third.ids).not.toEqual(first.ids)
  })

  test('shuffling sends what is ready in another order', async () => {
    const listener = await subscriber()
    const subscription = { ...to(listener.url), batching: { maxEventsPerBatch: 2 } }
    const pairs = async (faults: object) => {
      listener.received.length = 0
      const topic = await startTopic({ subscriptions: [subscription], faults, seed: 3 })
      await cloudEvents(topic).send(Array.from({ length: 50 }, (_, index) => order(`${index}`)))
      await topic.server.settled()
      const batches = listener.received.map(({ body }) => (body as { id: string }[]).map(({ id }) => Number(id)))
      return batches.filter(([first = 0, second]) => second === first + 1).length
    }
    // Requests at the same time may overtake each other, but what is in one of them tells the order it was taken in.
    expect(await pairs({})).toBe(25)
    expect(await pairs({ shuffle: true })).toBeLessThan(5)
    expect(new Set(idsOf(listener)).size).toBe(50)
  })
})
