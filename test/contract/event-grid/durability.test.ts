import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TopicReport } from 'local-event-grid/delivery-report'
import { seededChance } from 'local-event-grid/randomness'
import { describe, expect, test } from 'vitest'
import { programArguments, publisherTo, startProgram, temporaryFolder } from './event-grid-process.ts'
import { cloudEvents, idsOf, order, startTopic, subscriber, to } from './topic-under-test.ts'

const placed = (url: string) => ({ ...to(url, 'placed'), filter: { includedEventTypes: ['order.placed'] } })

describe('a process that is killed', () => {
  test('delivers after a restart what it had accepted', async () => {
    const [listener, nobody, folder] = [await subscriber(), await subscriber(), await temporaryFolder()]
    await nobody.close()
    const first = await startProgram(await programArguments(folder, [to(nobody.url)]))
    await publisherTo(first.endpoint).send([order('1'), order('2')])
    await first.kill()
    await startProgram(await programArguments(folder, [to(listener.url)]))
    await expect.poll(() => idsOf(listener).sort(), { timeout: 5_000 }).toEqual(['1', '2'])
  })

  test.each([1, 2, 3])('in the middle of its work, four times over, loses nothing: seed %i', async seed => {
    const random = seededChance(seed)('kills')
    const [all, some, folder] = [await subscriber(), await subscriber(), await temporaryFolder()]
    const args = await programArguments(folder, [to(all.url), placed(some.url)])
    const acknowledged: string[] = []
    const doubtful: string[][] = []
    for (let round = 0; round < 4; round++) {
      const { endpoint, kill } = await startProgram(args)
      const enough = acknowledged.length + 20 + Math.floor(random() * 80)
      let stopped = false
      const publish = async (worker: number) => {
        for (let turn = 0; !stopped; turn++) {
          const ids = Array.from(
            { length: 1 + Math.floor(random() * 5) },
            (_, at) => `${round}-${worker}-${turn}-${at}`,
          )
          const type = (id: string) => (id.endsWith('1') ? 'order.lost' : 'order.placed')
          const sent = publisherTo(endpoint).send(ids.map(id => order(id, {}, type(id))))
          await sent.then(() => acknowledged.push(...ids)).catch(() => doubtful.push(ids))
          stopped ||= acknowledged.length >= enough
        }
      }
      const workers = [1, 2, 3, 4].map(publish)
      await Promise.race(workers)
      await kill()
      await Promise.all(workers)
    }
    const { endpoint } = await startProgram(args)
    await expect.poll(() => pendingAt(endpoint), { timeout: 20_000 }).toEqual([0, 0])
    const [got, gotPlaced] = [new Set(idsOf(all)), new Set(idsOf(some))]
    expect(acknowledged.filter(id => !got.has(id))).toEqual([])
    expect(acknowledged.filter(id => !id.endsWith('1') && !gotPlaced.has(id))).toEqual([])
    expect([...gotPlaced].filter(id => id.endsWith('1'))).toEqual([])
    const partly = doubtful.filter(ids => ids.some(id => got.has(id)) && !ids.every(id => got.has(id)))
    expect(partly).toEqual([])
  })

  async function pendingAt(endpoint: string): Promise<number[]> {
    const report = (await (await fetch(`${endpoint}/topics/orders/deliveries`)).json()) as TopicReport
    return report.subscriptions.map(one => one.pending)
  }
})

describe('a restart', () => {
  test('goes on with the schedule where it was', async () => {
    const statuses = [500, 500]
    const listener = await subscriber(() => ({ status: statuses.shift() ?? 200 }))
    const data = await temporaryFolder()
    const first = await startTopic({ subscriptions: [to(listener.url)], data })
    await cloudEvents(first).send([order('1')])
    await first.server.settled()
    await first.pass(15_000)
    const [before] = (await first.deliveries()).pending
    await first.server.close()
    const second = await startTopic({ subscriptions: [to(listener.url)], data })
    expect((await second.deliveries()).pending).toEqual([before])
    await second.pass(Date.parse(before?.due ?? '') - second.clock.now())
    expect(listener.received.map(one => one.headers['aeg-delivery-count'])).toEqual(['0', '1', '2'])
  })

  test('drops what waits for a subscription that is gone, and says so', async () => {
    const { url } = await subscriber(() => ({ status: 500 }))
    const data = await temporaryFolder()
    const first = await startTopic({ subscriptions: [to(url, 'old')], data })
    await cloudEvents(first).send([order('1'), order('2')])
    await first.server.settled()
    await first.server.close()
    const second = await startTopic({ subscriptions: [to(url, 'new')], data })
    expect(second.log).toEqual(['Topic "orders": 2 events of the removed subscription "old" are dropped.'])
    expect((await second.deliveries()).pending).toEqual([])
  })

  test('takes over the file of the version before', async () => {
    const [listener, data] = [await subscriber(), await temporaryFolder()]
    mkdirSync(data, { recursive: true })
    const old = new DatabaseSync(join(data, 'event-grid.db'))
    old.exec(`CREATE TABLE pending (
      id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, subscription TEXT NOT NULL, event TEXT NOT NULL,
      published INTEGER NOT NULL, attempts INTEGER NOT NULL, due INTEGER NOT NULL, lastOutcome TEXT)`)
    const event = JSON.stringify({ specversion: '1.0', ...order('1') })
    const now = Date.UTC(2025, 0, 1)
    old.prepare("INSERT INTO pending VALUES (1, 'orders', 'all', ?, ?, 0, ?, NULL)").run(event, now, now)
    old.close()
    const topic = await startTopic({ subscriptions: [to(listener.url)], data })
    expect(idsOf(listener)).toEqual(['1'])
    expect((await topic.deliveries()).recent).toMatchObject([{ eventId: '1', outcome: 'Delivered' }])
  })

  test('without a folder forgets', async () => {
    const { url } = await subscriber(() => ({ status: 500 }))
    const first = await startTopic({ subscriptions: [to(url)] })
    await cloudEvents(first).send([order('1')])
    await first.server.settled()
    await first.server.close()
    const second = await startTopic({ subscriptions: [to(url)] })
    expect((await second.deliveries()).pending).toEqual([])
  })
})
