import { readFileSync } from 'node:fs'
import { feedNames, feeds, health } from '@remit/api/resources/health'
import { StoreUnavailable } from '@remit/documents/documents'
import { memoryDocuments } from '@remit/documents/memory'
import { memoryChangeFeed } from '@remit/documents/memory-change-feed'
import { type Checkup, readHealth } from '@remit/functions-projections/endpoints/health'
import { expect, test } from 'vitest'
import { NOON } from './whole-app.ts'

/** How long an answer serves, in milliseconds. */
const FRESH = 5_000

/** Everything health is asked of, in memory, on a clock that stands still until it is moved. */
function hospital(changes: Partial<Checkup> = {}) {
  let now = NOON
  const waiting: { until: number; wake: () => void }[] = []
  const world = {
    now: () => now,
    sleep: (milliseconds: number) => new Promise<void>(wake => waiting.push({ until: now + milliseconds, wake })),
    randomId: () => 'id',
  }
  const fed = { commands: memoryChangeFeed(), events: memoryChangeFeed(), parked: memoryChangeFeed() }
  const container = (partitionKey: string, feed?: ReturnType<typeof memoryChangeFeed>) =>
    memoryDocuments({ partitionKey, now: world.now, ...(feed && { onWrite: feed.onWrite }) })
  const stores = {
    commands: container('streamId', fed.commands),
    events: container('streamId', fed.events),
    leases: container('id'),
    transfers: container('transferId'),
    parked: container('streamId', fed.parked),
  }
  let looks = 0
  const leases: Checkup['leases'] = {
    ...stores.leases,
    scan: query => {
      looks++
      return stores.leases.scan(query)
    },
  }
  const { transfers, parked } = stores
  const read = readHealth({ leases, feeds: fed, transfers, parked, world, stuckAfter: 60, ...changes })
  return {
    looks: () => looks,
    ask: async () => {
      const { status, body = '', headers } = await read()
      return { status, headers, body: health.parse(JSON.parse(body)) }
    },
    pass: (milliseconds: number) => {
      now += milliseconds
      for (const { until, wake } of waiting) if (until <= now) wake()
    },
    write: (name: keyof typeof stores, item: { id: string; [member: string]: unknown }) =>
      stores[name].write({ kind: 'upsert', item }),
    /** What the host stores when this function has read everything so far. */
    checkpoint: (name: (typeof feedNames)[number]) =>
      stores.leases.write({
        kind: 'upsert',
        item: {
          id: `${name}127.0.0.1_a_b..0`,
          version: 0,
          LeaseToken: '0',
          FeedRange: { Range: { min: '', max: 'FF' } },
          Owner: 'somebody',
          ContinuationToken: fed[feeds[name]].etag(),
          timestamp: new Date(now).toISOString(),
          properties: {},
        },
      }),
  }
}

test('every change feed function is asked about', () => {
  const declared = ['functions-commands', 'functions-projections', 'functions-reviews'].flatMap(app => {
    const source = readFileSync(new URL(`../../packages/${app}/src/main.ts`, import.meta.url), 'utf8')
    return [...source.matchAll(/app\.cosmosDB\('(\w+)'/g)].map(([, name]) => name)
  })
  expect(declared.length).toBeGreaterThan(3)
  expect(declared.toSorted()).toEqual(feedNames.toSorted())
})

const NOTHING = { items: 0, seconds: 0 }

test('an empty system is healthy', async () => {
  const { ask } = hospital()
  const { status, body, headers } = await ask()
  expect(status).toBe(200)
  expect(body).toEqual({
    status: 'healthy',
    feeds: Object.fromEntries(feedNames.map(name => [name, NOTHING])),
    overdueTransfers: 0,
    parkedItems: 0,
  })
  expect(headers['cache-control']).toBe('public, max-age=5')
})

test('says how far each feed is behind, and is unhealthy when one is stuck, until it is not', async () => {
  const { ask, pass, write, checkpoint } = hospital()
  await write('events', { id: '1', streamId: 's' })
  for (const name of feedNames) await checkpoint(name)
  await write('events', { id: '2', streamId: 's' })
  pass(20_000)
  await write('events', { id: '3', streamId: 's' })
  await checkpoint('moveTransfers')
  await checkpoint('projectEvents')
  const behind = await ask()
  expect(behind.status).toBe(200)
  expect(behind.body.feeds).toEqual({
    decideCommands: NOTHING,
    moveTransfers: NOTHING,
    projectEvents: NOTHING,
    publishEvents: { items: 2, seconds: 20 },
    lookAfterCommands: NOTHING,
    lookAfterViews: NOTHING,
  })
  pass(40_000)
  expect((await ask()).status).toBe(200)
  pass(FRESH)
  const stuck = await ask()
  expect(stuck.status).toBe(503)
  expect(stuck.headers['retry-after']).toBe('5')
  expect(stuck.body).toMatchObject({ status: 'unhealthy', feeds: { publishEvents: { items: 2, seconds: 65 } } })
  await checkpoint('publishEvents')
  pass(FRESH)
  expect((await ask()).body.status).toBe('healthy')
})

test('a function that never ran is behind by everything', async () => {
  const { ask, pass, write } = hospital()
  await write('commands', { id: '1', streamId: 's' })
  pass(61_000)
  const { status, body } = await ask()
  expect(status).toBe(503)
  expect(body.feeds?.decideCommands).toEqual({ items: 1, seconds: 61 })
})

test('passes by what the host keeps next to the leases', async () => {
  const { ask, write } = hospital()
  await write('leases', { id: 'decideCommands127.0.0.1_a_b.info' })
  await write('leases', { id: 'anotherFunction127.0.0.1_a_b..0', LeaseToken: '0' })
  expect((await ask()).status).toBe(200)
})

test('counts open transfers that should have gone on, and parked items, and stops counting at some point', async () => {
  const { ask, pass, write } = hospital()
  const transfer = (id: string, attentionAt?: number) => {
    const due = attentionAt === undefined ? {} : { attentionAt: new Date(attentionAt).toISOString() }
    return write('transfers', { id, transferId: id, ...due })
  }
  await transfer('ended')
  await transfer('going on', NOON)
  await transfer('stuck', NOON - 60_000)
  await transfer('due tomorrow', NOON + 86_400_000)
  await write('parked', { id: 'decideCommands:1', streamId: 's', open: true })
  await write('parked', { id: 'decideCommands:2', streamId: 's', open: false })
  expect((await ask()).body).toMatchObject({ status: 'healthy', overdueTransfers: 1, parkedItems: 1 })
  for (let more = 0; more < 1_200; more++) await transfer(`stuck ${more}`, NOON - 60_000)
  pass(FRESH)
  expect((await ask()).body.overdueTransfers).toBe(1_000)
})

test('looks once for all who ask within five seconds', async () => {
  const { ask, looks, pass } = hospital()
  await Promise.all(Array.from({ length: 50 }, ask))
  pass(FRESH - 1)
  await ask()
  expect(looks()).toBe(1)
  pass(1)
  await ask()
  expect(looks()).toBe(2)
})

test('a store that refuses, or that says nothing for five seconds, is unhealthy, and its words are kept back', async () => {
  const refuses = hospital({ feeds: { ...feedsThat(() => Promise.reject(new StoreUnavailable('secret'))) } })
  expect(await refuses.ask()).toMatchObject({ status: 503, body: { status: 'unhealthy' } })
  const silent = hospital({ feeds: { ...feedsThat(() => new Promise(() => {})) } })
  const answer = silent.ask()
  silent.pass(5_000)
  expect(await answer).toMatchObject({ status: 503, body: { status: 'unhealthy' } })
  expect(JSON.stringify(await answer)).not.toContain('secret')
})

function feedsThat(pending: () => Promise<never>): Checkup['feeds'] {
  return { commands: { pending }, events: { pending }, parked: { pending } }
}
