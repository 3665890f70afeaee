import { describe, expect, test } from 'vitest'
import { cloudEvents, order, startTopic, subscriber, to } from './topic-under-test.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const waits = [
  10 * second,
  30 * second,
  minute,
  5 * minute,
  10 * minute,
  30 * minute,
  hour,
  3 * hour,
  6 * hour,
  12 * hour,
]

/** A subscriber that always fails, and the times at which it was tried. */
async function failing(status = 500) {
  const times: number[] = []
  let now = () => 0
  const listener = await subscriber(() => {
    times.push(now())
    return { status }
  })
  const tell = (clock: { now(): number }) => {
    now = clock.now
  }
  return { ...listener, times, tell }
}

describe('retries', () => {
  test('a day of retries follows the schedule and ends with the time to live', async () => {
    const { url, times, tell } = await failing()
    const topic = await startTopic({ subscriptions: [to(url)] })
    tell(topic.clock)
    const begin = topic.clock.now()
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    await topic.pass(48 * hour)
    const waited = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    // Chance decides whether the twelfth hour of the last wait still belongs to the day.
    expect(waited.length).toBeGreaterThanOrEqual(waits.length - 1)
    for (const [index, wait] of waited.entries()) {
      expect(wait).toBeGreaterThanOrEqual(waits[index] ?? 0)
      expect(wait).toBeLessThanOrEqual((waits[index] ?? 0) * 1.1)
    }
    expect(times.at(-1)).toBeLessThanOrEqual(begin + 24 * hour)
    expect(topic.log.at(-1)).toMatch(/event 1 is dropped .*TimeToLiveExceeded.*no dead-letter place/)
    expect((await topic.deliveries()).subscriptions[0]).toMatchObject({ pending: 0, delivered: 0, dropped: 1 })
  })

  test('chance adds a little to a wait, another little for another seed', async () => {
    const firstWait = async (seed: number) => {
      const { url } = await failing()
      const topic = await startTopic({ subscriptions: [to(url)], seed })
      const begin = topic.clock.now()
      await cloudEvents(topic).send([order('1')])
      await topic.server.settled()
      return Date.parse((await topic.deliveries()).subscriptions[0]?.nextDue ?? '') - begin
    }
    const [one, two] = [await firstWait(1), await firstWait(2)]
    expect(one).not.toBe(two)
    expect(await firstWait(1)).toBe(one)
    expect(Math.min(one, two)).toBeGreaterThanOrEqual(10 * second)
    expect(Math.max(one, two)).toBeLessThanOrEqual(11 * second)
  })

  test.each([1, 3, 30])('ends after %i attempts', async maxDeliveryAttempts => {
    const { url, received } = await failing()
    const topic = await startTopic({
      subscriptions: [{ ...to(url), maxDeliveryAttempts, eventTimeToLiveInMinutes: 1_440 }],
    })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    await topic.pass(24 * hour)
    const counts = Array.from({ length: Math.min(maxDeliveryAttempts, 11) }, (_, index) => `${index}`)
    expect(received.map(one => one.headers['aeg-delivery-count'])).toEqual(counts.slice(0, received.length))
    if (maxDeliveryAttempts < 11) expect(topic.log.at(-1)).toContain('MaxDeliveryAttemptsExceeded')
  })

  test('the number of attempts is looked at when the next one is due', async () => {
    const { url } = await failing()
    const topic = await startTopic({ subscriptions: [{ ...to(url), maxDeliveryAttempts: 1 }] })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    expect((await topic.deliveries()).subscriptions[0]).toMatchObject({ pending: 1, dropped: 0 })
    await topic.pass(11 * second)
    expect((await topic.deliveries()).subscriptions[0]).toMatchObject({ pending: 0, dropped: 1 })
  })

  test('the time to live is looked at when the next attempt is due', async () => {
    const { url, received } = await failing()
    const topic = await startTopic({ subscriptions: [{ ...to(url), eventTimeToLiveInMinutes: 2 }] })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    await topic.pass(5 * minute)
    expect(received).toHaveLength(4)
    expect((await topic.deliveries()).subscriptions[0]).toMatchObject({ pending: 1, dropped: 0 })
    await topic.pass(3 * minute)
    expect(received).toHaveLength(4)
    expect(topic.log.at(-1)).toContain('TimeToLiveExceeded')
  })

  test.each([
    [404, 5 * minute],
    [408, 2 * minute],
    [503, 30 * second],
    [429, 10 * second],
    [500, 10 * second],
    [302, 10 * second],
  ])('status %i waits at least %i ms, and not much longer', async (status, least) => {
    const statuses = [status]
    const { url, received } = await subscriber(() => ({ status: statuses.shift() ?? 200 }))
    const topic = await startTopic({ subscriptions: [to(url)] })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    await topic.pass(least - 1)
    expect(received).toHaveLength(1)
    await topic.pass(least * 0.1 + 1)
    expect(received).toHaveLength(2)
  })

  test.each([400, 401, 403, 413])('status %i of a webhook is never retried', async status => {
    const { url, received } = await failing(status)
    const topic = await startTopic({ subscriptions: [to(url)] })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    await topic.pass(24 * hour)
    expect(received).toHaveLength(1)
    expect(topic.log.at(-1)).toMatch(/event 1 is dropped .*UndeliverableDueToClientError/)
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
    expect(topic.clock.runNext(29_999)).toBe(false)
    silent = false
    topic.clock.runNext(1)
    await topic.server.settled()
    await topic.pass(minute)
    expect(received).toHaveLength(2)
    expect((await topic.deliveries()).recent.at(-1)).toMatchObject({ outcome: 'TimedOut' })
  })

  test.each([
    [400, 'BadRequest'],
    [401, 'Unauthorized'],
    [403, 'Forbidden'],
    [404, 'NotFound'],
    [408, 'TimedOut'],
    [413, 'PayloadTooLarge'],
    [429, 'Busy'],
    [503, 'Busy'],
    [500, 'GenericError'],
  ])('status %i is called %s', async (status, outcome) => {
    const { url } = await failing(status)
    const topic = await startTopic({ subscriptions: [to(url)] })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    expect((await topic.deliveries()).recent.at(-1)).toMatchObject({ attempt: 1, status, outcome })
  })

  test('an endpoint that is gone is a SocketError', async () => {
    const { url, close } = await subscriber()
    const topic = await startTopic({ subscriptions: [to(url)] })
    await close()
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    expect((await topic.deliveries()).recent[0]).toMatchObject({ outcome: 'SocketError' })
    expect((await topic.deliveries()).recent[0]).not.toHaveProperty('status')
  })

  test('a name that nobody knows is a ResolutionError', async () => {
    const destination = { type: 'azure-function' as const, url: 'http://nobody.invalid', functionName: 'receive' }
    const topic = await startTopic({ subscriptions: [{ name: 'all', destination }] })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    expect((await topic.deliveries()).recent[0]).toMatchObject({ outcome: 'ResolutionError' })
  })
})
