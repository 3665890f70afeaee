import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { cloudEvents, idsOf, order, startTopic, subscriber, to } from './topic-under-test.ts'

const hour = 3_600_000

describe('redelivery', () => {
  const redeliver = (address: string, id: number) =>
    fetch(`${address}/topics/orders/dead-letters/${id}/redeliver`, { method: 'POST', redirect: 'manual' })

  test('tries an event again as if it were new', async () => {
    const statuses = [400]
    const listener = await subscriber(() => ({ status: statuses.shift() ?? 200 }))
    const topic = await startTopic({ subscriptions: [{ ...to(listener.url), eventTimeToLiveInMinutes: 1 }] })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    await topic.pass(hour)
    const [letter] = (await topic.deliveries()).dead
    const answer = await redeliver(topic.server.endpoint, letter?.id ?? 0)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/topics/orders'])
    await topic.server.settled()
    expect(idsOf(listener)).toEqual(['1', '1'])
    expect(listener.received[1]?.headers['aeg-delivery-count']).toBe('0')
    expect((await topic.deliveries()).dead).toEqual([])
  })

  test('of what is not there, or of a subscription that is gone, is refused', async () => {
    const data = await mkdtemp(join(tmpdir(), 'event-grid-'))
    onTestFinished(() => rm(data, { recursive: true }))
    const listener = await subscriber(() => ({ status: 400 }))
    const first = await startTopic({ subscriptions: [to(listener.url)], data })
    expect((await redeliver(first.server.endpoint, 1)).status).toBe(404)
    await cloudEvents(first).send([order('1')])
    await first.server.settled()
    await first.server.close()
    const second = await startTopic({ subscriptions: [to(listener.url, 'other')], data })
    const [letter] = (await second.deliveries()).dead
    expect((await redeliver(second.server.endpoint, letter?.id ?? 0)).status).toBe(404)
    expect((await second.deliveries()).dead).toHaveLength(1)
  })
})
