import type { Documents } from '@remit/documents/documents'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { implementations, type Stores } from '../documents/stores.ts'
import { type CounterRule, command, counterRule, done, instance, outcomesOf, stored } from './counter.ts'
import { expectWhole } from './whole-stream.ts'
import { counted } from './wires.ts'

const nothing = { queries: 0, reads: 0, writeCalls: 0, writes: 0 }
const oneWrite = { ...nothing, writeCalls: 1, writes: 1 }

describe.each(Object.entries(implementations))('the same command again, %s', (_name, open) => {
  let stores: Stores
  let events: Documents
  let take: ReturnType<typeof counted>['take']
  beforeAll(async () => {
    stores = await open()
  })
  afterAll(() => stores.close())
  beforeEach(async () => {
    const counting = counted(await stores.newContainer('streamId'))
    events = counting.documents
    take = counting.take
  })

  test('twice in one batch: one outcome, two verdicts', async () => {
    const twice = command('a')
    expect(await instance(events)(twice, command('b'), twice, twice)).toEqual([done, done, done, done])
    expect(take()).toEqual({ ...oneWrite, queries: 1 })
    expect(outcomesOf(await stored(events))).toEqual(['a applied', 'b applied'])
  })

  test('twice in a row: known from memory, no question asked', async () => {
    const handle = instance(events)
    await handle(command('a'), command('b', { by: 0 }), command('c', { by: 5000 }))
    take()
    expect(await handle(command('a'), command('b', { by: 0 }), command('c', { by: 5000 }))).toEqual([done, done, done])
    expect(take()).toEqual(nothing)
    expect(outcomesOf(await stored(events))).toEqual(['a applied', 'b no_effect', 'c refused'])
  })

  test('after a cold start: the head is read, and that is all', async () => {
    await instance(events)(command('a'))
    take()
    expect(await instance(events)(command('a'))).toEqual([done])
    expect(take()).toEqual({ ...nothing, queries: 1 })
    expect(await stored(events)).toHaveLength(1)
  })

  test('after 300 others: one question warm, two cold, for any number of repeats', async () => {
    const handle = instance(events)
    const ids = Array.from({ length: 301 }, (_, n) => ({ id: `c${n}`, second: n }))
    for (let start = 0; start < ids.length; start += 43) {
      await handle(...ids.slice(start, start + 43).map(({ id, second }) => command(id, { second, by: 1 })))
    }
    const before = await stored(events)
    const old = ids.slice(0, 5).map(({ id, second }) => command(id, { second }))
    take()
    expect(await handle(...old)).toEqual(old.map(() => done))
    expect(take()).toEqual({ ...nothing, queries: 1 })
    expect(await instance(events)(...old)).toEqual(old.map(() => done))
    expect(take()).toEqual({ ...nothing, queries: 2 })
    expect(await stored(events)).toEqual(before)
    expectWhole(before)
  })

  test('a newer one asks no question, also one second newer', async () => {
    const handle = instance(events)
    await handle(command('a', { second: 5 }))
    take()
    expect(await handle(command('b', { second: 6 }))).toEqual([done])
    expect(take()).toEqual(oneWrite)
    expect(await instance(events)(command('c', { second: 7 }))).toEqual([done])
    expect(take()).toEqual({ ...oneWrite, queries: 1 })
  })

  test('another one of the same second asks no question', async () => {
    const handle = instance(events)
    await handle(command('a', { second: 5 }))
    take()
    expect(await handle(command('b', { second: 5 }))).toEqual([done])
    expect(take()).toEqual(oneWrite)
    expect(await handle(command('a', { second: 5 }), command('b', { second: 5 }))).toEqual([done, done])
    expect(take()).toEqual(nothing)
    expect((await stored(events)).at(-1)?.after).toMatchObject({ recent: ['a', 'b'] })
  })

  test('an older one that was never handled is asked for once, and decided', async () => {
    const handle = instance(events)
    await handle(command('a', { second: 5 }))
    take()
    expect(await handle(command('late', { second: 4 }))).toEqual([done])
    expect(take()).toEqual({ ...oneWrite, queries: 1 })
    expect(await handle(command('late', { second: 4 }))).toEqual([done])
    expect(take()).toEqual(nothing)
    const appends = await stored(events)
    expect(appends.map(({ after }) => after.lastTs)).toEqual([appends[0]?.after.lastTs, appends[0]?.after.lastTs])
  })

  test('known, unknown and doubtful ones in one batch cost one question together', async () => {
    const handle = instance(events)
    await handle(command('a', { second: 1 }))
    await handle(command('b', { second: 5 }))
    take()
    const batch = [
      command('a', { second: 1 }),
      command('b', { second: 5 }),
      command('late', { second: 2 }),
      command('same', { second: 5 }),
      command('new', { second: 6 }),
    ]
    expect(await handle(...batch)).toEqual(batch.map(() => done))
    expect(take()).toEqual({ ...oneWrite, queries: 1 })
    expect(outcomesOf(await stored(events))).toEqual([
      'a applied',
      'b applied',
      'late applied',
      'same applied',
      'new applied',
    ])
  })

  test.each([
    [60, 0],
    [-60, 0],
    [61, 1],
    [-61, 1],
    [86_400 * 400, 1],
  ])('stored %i s from its own time: %i question more', async (drift, queries) => {
    const handle = instance(events)
    await handle(command('a', { second: 0 }))
    take()
    expect(await handle(command('b', { second: 100, drift }))).toEqual([done])
    expect(take()).toEqual({ ...oneWrite, queries })
  })

  test('from a restored container, with new times: never a second outcome', async () => {
    const handle = instance(events)
    const ids = Array.from({ length: 40 }, (_, n) => `c${n}`)
    for (const [second, id] of ids.entries()) await handle(command(id, { second }))
    const before = await stored(events)
    const day = 86_400
    const restored = ids.map((id, n) => command(id, { second: day, drift: day - n }))
    expect(await handle(...restored)).toEqual(restored.map(() => done))
    expect(await instance(events)(...restored)).toEqual(restored.map(() => done))
    expect(await stored(events)).toEqual(before)
    expect(await handle(command('new', { second: day + 1 }), ...restored)).toEqual([done, ...restored.map(() => done)])
    expect(await handle(...restored)).toEqual(restored.map(() => done))
    expect(outcomesOf(await stored(events))).toEqual([...outcomesOf(before), 'new applied'])
  })

  test('more in one second than are remembered: flagged, and one question decides', async () => {
    const handle = instance(events)
    const ids = Array.from({ length: 260 }, (_, n) => `c${n}`)
    for (let start = 0; start < 260; start += 52) {
      await handle(...ids.slice(start, start + 52).map(id => command(id)))
    }
    const before = await stored(events)
    expect(before.map(({ after }) => after.recent.length)).toEqual([52, 104, 156, 200, 200])
    expect(before.map(({ after }) => after.overflow)).toEqual([undefined, undefined, undefined, true, true])
    expect(before.at(-1)?.after.recent).toEqual(ids.slice(-200))
    take()
    expect(await handle(command('c0'), command('c59'))).toEqual([done, done])
    expect(take()).toEqual({ ...nothing, queries: 1 })
    expect(await handle(command('c60'), command('c259'))).toEqual([done, done])
    expect(take()).toEqual(nothing)
    expect(await handle(command('another of this second'))).toEqual([done])
    expect(take()).toEqual({ ...oneWrite, queries: 1 })
    const all = ids.map(id => command(id))
    expect(await instance(events)(...all)).toEqual(all.map(() => done))
    expect(await handle(command('newer', { second: 1 }))).toEqual([done])
    const after = await stored(events)
    expect(after).toHaveLength(7)
    expect(after.at(-1)?.after).toMatchObject({ recent: ['newer'] })
    expect(after.at(-1)?.after).not.toHaveProperty('overflow')
    expectWhole(after)
  })

  test('a stream folded anew by another rule still knows what it has answered', async () => {
    for (let n = 0; n < 130; n++) await instance(events)(command(`c${n}`, { second: n }))
    const doubled: CounterRule = {
      ...counterRule,
      reducer: 'counter-2',
      evolve: ({ count }, { type, data }) => ({ count: type === 'Added' ? count + 2 * data.by : 0 }),
    }
    take()
    const handle = instance(events, doubled)
    expect(await handle(command('c129', { second: 129 }))).toEqual([done])
    expect(take()).toEqual({ ...nothing, queries: 3 })
    expect(await handle(command('c3', { second: 3 }), command('new', { second: 130 }))).toEqual([done, done])
    const appends = await stored(events)
    expect(appends.at(-1)?.after).toMatchObject({ reducer: 'counter-2', state: { count: 262 } })
    expect(appends).toHaveLength(131)
    expect(await instance(events)(command('newer', { second: 131 }))).toEqual([done])
    expect((await stored(events)).at(-1)?.after).toMatchObject({ reducer: 'counter-1', state: { count: 132 } })
  })
})
