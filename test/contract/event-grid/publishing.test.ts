import { describe, expect, test } from 'vitest'
import {
  cloudEvents,
  errorOf,
  gridEvents,
  idsOf,
  key,
  order,
  publishRaw,
  rawOrder,
  startTopic,
  subscriber,
  to,
} from './topic-under-test.ts'

const megabyte = 1_048_576

/** Events whose body as the client sends it has exactly this many bytes. */
function bodyOf(bytes: number): string {
  const empty = JSON.stringify([{ ...rawOrder('1'), data: '' }])
  return JSON.stringify([{ ...rawOrder('1'), data: 'x'.repeat(bytes - empty.length) }])
}

describe('publishing', () => {
  test('answers 200 with nothing, and only 200', async () => {
    const topic = await startTopic({ subscriptions: [] })
    const answer = await publishRaw(topic, [rawOrder('1')])
    expect([answer.status, await answer.text()]).toEqual([200, ''])
  })

  test('takes an empty array', async () => {
    const topic = await startTopic({ subscriptions: [] })
    expect((await publishRaw(topic, [])).status).toBe(200)
  })

  test('takes a topic name in any case, and answers 404 for a topic it does not have', async () => {
    const topic = await startTopic({ subscriptions: [] })
    const named = (name: string) => ({ address: topic.address.replace('orders', name) })
    expect((await publishRaw(named('ORDERS'), [rawOrder('1')])).status).toBe(200)
    expect((await publishRaw(named('others'), [rawOrder('1')])).status).toBe(404)
  })

  test('an array of exactly 1 MB is taken and delivered', async () => {
    const listener = await subscriber()
    const topic = await startTopic({ subscriptions: [to(listener.url)] })
    expect((await publishRaw(topic, bodyOf(megabyte))).status).toBe(200)
    await topic.server.settled()
    expect(idsOf(listener)).toEqual(['1'])
  })

  test('one byte more is refused with 413, with and without an announced length', async () => {
    const topic = await startTopic({ subscriptions: [] })
    expect((await publishRaw(topic, bodyOf(megabyte + 1))).status).toBe(413)
    const chunks = new Blob([bodyOf(megabyte + 1)]).stream()
    const answer = await fetch(`${topic.address}?api-version=2018-01-01`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents-batch+json', 'aeg-sas-key': key },
      body: chunks,
      duplex: 'half',
    })
    expect(answer.status).toBe(413)
  })

  test('many small events that are more than 1 MB together are refused with 413', async () => {
    const topic = await startTopic({ subscriptions: [] })
    const events = Array.from({ length: 200 }, (_, index) => order(`${index}`, { text: 'x'.repeat(6_000) }))
    await expect(cloudEvents(topic).send(events)).rejects.toMatchObject({ statusCode: 413 })
  })

  test('one wrong event refuses all: nothing is delivered', async () => {
    const listener = await subscriber()
    const topic = await startTopic({ subscriptions: [to(listener.url)] })
    const answer = await publishRaw(topic, [rawOrder('1'), { ...rawOrder('2'), source: undefined }])
    expect(answer.status).toBe(400)
    expect((await errorOf(answer)).message).toBe('Event 1: "source" must be a text that is not empty.')
    await topic.server.settled()
    expect(listener.received).toHaveLength(0)
  })

  test.each([
    ['no version', ''],
    ['another version', '?api-version=2099-01-01'],
    ['the version under another name', '?apiVersion=2018-01-01'],
  ])('refuses %s with 400', async (_, query) => {
    const topic = await startTopic({ subscriptions: [] })
    const answer = await fetch(`${topic.address}${query}`, { method: 'POST', headers: { 'aeg-sas-key': key } })
    expect(answer.status).toBe(400)
    expect((await errorOf(answer)).message).toContain('api-version must be 2018-01-01')
  })

  test.each([
    ['GET /orders/api/events', 'GET'],
    ['PUT /orders/api/events', 'PUT'],
  ])('%s is refused with a message that names it', async (called, method) => {
    const topic = await startTopic({ subscriptions: [] })
    const answer = await fetch(topic.address, { method })
    expect(await answer.json()).toEqual({ error: { code: 'NotFound', message: `${called} is not emulated.` } })
  })

  test('only what a subscription wants is stored', async () => {
    const listener = await subscriber(() => ({ status: 500 }))
    const filter = { includedEventTypes: ['order.lost'] }
    const topic = await startTopic({ subscriptions: [{ ...to(listener.url), filter }] })
    await cloudEvents(topic).send([order('1'), order('2', {}, 'order.lost')])
    await topic.server.settled()
    expect((await topic.deliveries()).pending.map(one => one.eventId)).toEqual(['2'])
  })

  test('the same id twice is two events: nobody takes duplicates out', async () => {
    const listener = await subscriber()
    const topic = await startTopic({ schema: 'event-grid', subscriptions: [to(listener.url)] })
    const event = { id: '1', subject: 's', eventType: 't', dataVersion: '1', data: {} }
    await gridEvents(topic).send([event])
    await gridEvents(topic).send([event])
    await topic.server.settled()
    expect(idsOf(listener)).toEqual(['1', '1'])
  })
})
