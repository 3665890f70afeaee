import { describe, expect, test } from 'vitest'
import { cloudEvents, idsOf, order, startTopic, subscriber, to } from './topic-under-test.ts'

const second = 1_000
const minute = 60 * second
const orders = (count: number) => Array.from({ length: count }, (_, index) => order(`${index + 1}`))

describe('probation', () => {
  test.each([
    [503, 10 * second],
    [408, 10 * second],
    [500, 30 * second],
    [404, 5 * minute],
  ])('five failures in a row with status %i hold everything back for %i ms', async (status, length) => {
    let up = false
    const listener = await subscriber(() => ({ status: up ? 200 : status }))
    const topic = await startTopic({ subscriptions: [to(listener.url)] })
    await cloudEvents(topic).send(orders(5))
    await topic.server.settled()
    up = true
    await cloudEvents(topic).send([order('6')])
    await topic.server.settled()
    expect(listener.received).toHaveLength(5)
    const ends = new Date(topic.clock.now() + length).toISOString()
    expect((await topic.deliveries()).subscriptions[0]).toMatchObject({ probationEnds: ends, pending: 6 })
    await topic.pass(length - 1)
    expect(listener.received).toHaveLength(5)
    await topic.pass(1)
    expect(idsOf(listener)).toContain('6')
  })

  test('four failures in a row do not', async () => {
    const statuses = [500, 500, 500, 500]
    const listener = await subscriber(() => ({ status: statuses.shift() ?? 200 }))
    const topic = await startTopic({ subscriptions: [to(listener.url)] })
    await cloudEvents(topic).send(orders(4))
    await topic.server.settled()
    await cloudEvents(topic).send([order('5')])
    await topic.server.settled()
    expect(listener.received).toHaveLength(5)
  })

  test('a success in between begins the count again, and ends a probation', async () => {
    const statuses = [500, 500, 500, 500, 200, 500, 500, 500, 500]
    const listener = await subscriber(() => ({ status: statuses.shift() ?? 200 }))
    const topic = await startTopic({ subscriptions: [to(listener.url)] })
    for (const one of orders(10)) {
      await cloudEvents(topic).send([one])
      await topic.server.settled()
    }
    expect(listener.received).toHaveLength(10)
  })

  test.each([400, 413])('status %i is the fault of the event, not of the endpoint', async status => {
    const listener = await subscriber(() => ({ status }))
    const topic = await startTopic({ subscriptions: [to(listener.url)] })
    await cloudEvents(topic).send(orders(20))
    await topic.server.settled()
    expect(listener.received).toHaveLength(20)
  })

  test('what waited without an attempt until its time was over says so', async () => {
    const listener = await subscriber(() => ({ status: 404 }))
    const patient = { ...to(listener.url), eventTimeToLiveInMinutes: 1 }
    const topic = await startTopic({ subscriptions: [patient] })
    await cloudEvents(topic).send(orders(5))
    await topic.server.settled()
    await cloudEvents(topic).send([order('6')])
    await topic.server.settled()
    const waiting = (await topic.deliveries()).pending.find(one => one.eventId === '6')
    expect(waiting).toMatchObject({ attempts: 0, lastOutcome: 'Probation' })
    await topic.pass(6 * minute)
    expect(topic.log).toContainEqual(
      expect.stringMatching(/event 6 is dropped after 0 attempts \(TimeToLiveExceeded, last outcome Probation\)/),
    )
  })

  test('belongs to one subscription', async () => {
    const [ill, well] = [await subscriber(() => ({ status: 500 })), await subscriber()]
    const topic = await startTopic({ subscriptions: [to(ill.url, 'ill'), to(well.url, 'well')] })
    await cloudEvents(topic).send(orders(6))
    await topic.server.settled()
    await cloudEvents(topic).send([order('7')])
    await topic.server.settled()
    expect(well.received).toHaveLength(7)
  })
})
