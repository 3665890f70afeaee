import type { Documents } from '@remit/documents/documents'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { implementations, type Stores } from '../documents/stores.ts'
import { again, answeredIn, command, done, instance, outcomesOf, stored } from './counter.ts'
import { expectWhole } from './whole-stream.ts'
import { counted, type Fate, fated, outOfReach } from './wires.ts'

describe.each(Object.entries(implementations))('writers and the wire, %s', (_name, open) => {
  let stores: Stores
  let events: Documents
  beforeAll(async () => {
    stores = await open()
  })
  afterAll(() => stores.close())
  beforeEach(async () => {
    events = await stores.newContainer('streamId')
  })

  describe('two writers', () => twoWriters(() => events))
  describe('lost answers', () => lostAnswers(() => events))
  describe('a store that does not take it', () => notTaken(() => events))
})

function twoWriters(events: () => Documents): void {
  test('with stale heads: the second decides again on what the first has stored', async () => {
    const [one, two] = [instance(events()), instance(events())]
    await one(command('a', { by: 900 }))
    await two(command('a', { by: 900 }))
    await one(command('b', { by: 100, second: 1 }))
    expect(await two(command('c', { by: 100, second: 2 }))).toEqual([done])
    expect(outcomesOf(await stored(events()))).toEqual(['a applied', 'b applied', 'c refused'])
    expect(await one(command('d', { type: 'Reset', second: 3 }))).toEqual([done])
    expect(expectWhole(await stored(events()))).toEqual({ count: 0 })
  })

  test('at once on the same commands: each has one outcome, both are done', async () => {
    const batch = Array.from({ length: 30 }, (_, n) => command(`c${n}`, { stream: `s${n % 3}`, second: n }))
    const verdicts = await Promise.all([instance(events())(...batch), instance(events())(...batch)])
    for (const verdict of verdicts.flat()) expect(verdict).toEqual(done)
    for (const stream of ['s0', 's1', 's2']) expect(expectWhole(await stored(events(), stream))).toEqual({ count: 10 })
  })

  test('at once on other commands of one stream: nobody loses any', async () => {
    const writers = Array.from({ length: 5 }, () => instance(events()))
    const verdicts = await Promise.all(
      writers.map((handle, n) => handle(command(`${n}-a`, { second: n }), command(`${n}-b`, { second: n }))),
    )
    for (const verdict of verdicts.flat()) expect(verdict).toEqual(done)
    expect(expectWhole(await stored(events()))).toEqual({ count: 10 })
  })

  test('whoever falls behind by more than a page catches up', async () => {
    const [slow, quick] = [instance(events()), instance(events())]
    await slow(command('first'))
    for (let n = 0; n < 120; n++) await quick(command(`c${n}`, { second: n + 1 }))
    const { documents, take } = counted(events())
    const cold = instance(documents)
    expect(await slow(command('c119', { second: 120 }), command('mine', { second: 121 }))).toEqual([done, done])
    expect(await cold(command('yours', { second: 122 }))).toEqual([done])
    expect(take()).toMatchObject({ queries: 1, writes: 1 })
    expect(expectWhole(await stored(events()))).toEqual({ count: 123 })
  })

  test('one that is never first gives up, says why, and has written nothing', async () => {
    let number = 0
    const rival = instance(events())
    const { documents, take } = counted(events())
    const outrun: Documents = {
      ...documents,
      writeEach: async writes => {
        number += 1
        await rival(command(`rival ${number}`, { second: number }))
        return documents.writeEach(writes)
      },
    }
    expect(await instance(outrun)(command('mine'))).toEqual([again])
    expect(take().writes).toBeLessThanOrEqual(10)
    const appends = await stored(events())
    expect(outcomesOf(appends).every(one => one.startsWith('rival'))).toBe(true)
    expect(await instance(events())(command('mine'))).toEqual([done])
    expectWhole(await stored(events()))
  })

  test('a stale answer after a conflict is asked for again', async () => {
    await instance(events())(command('a'))
    let stale = 3
    const lagging: Documents = {
      ...events(),
      query: async (partition, query) => (stale-- > 0 ? [] : events().query(partition, query)),
    }
    expect(await instance(lagging)(command('a'), command('b', { second: 1 }))).toEqual([done, done])
    expect(outcomesOf(await stored(events()))).toEqual(['a applied', 'b applied'])
  })

  test('answers that stay stale end in another try, never in a second outcome and never parked', async () => {
    await instance(events())(command('a'))
    const blind: Documents = { ...events(), query: async () => [] }
    expect(await instance(blind)(command('a'), command('b'))).toEqual([again, again])
    expect(outcomesOf(await stored(events()))).toEqual(['a applied'])
  })
}

/** The fate of each write in turn; all later ones are fine. */
const inTurn =
  (...fates: Fate[]) =>
  (_write: unknown, nth: number) =>
    fates[nth - 1] ?? 'fine'

function lostAnswers(events: () => Documents): void {
  const fates: [Fate, Fate][] = [
    ['unknown after', 'fine'],
    ['unknown before', 'fine'],
    ['echo', 'fine'],
    ['unknown before', 'unknown after'],
    ['unknown before', 'echo'],
  ]

  test.each(fates)('%s, then %s, warm and cold', async (...both) => {
    const first = instance(fated(events(), inTurn(...both)))
    expect(await first(command('a'), command('b', { by: 0 }))).toEqual([done, done])
    const fateful = fated(events(), inTurn('fine', ...both))
    const warm = instance(fateful)
    await warm(command('c', { second: 1 }))
    expect(await warm(command('d', { second: 2 }), command('e', { second: 2 }))).toEqual([done, done])
    const appends = await stored(events())
    expect(answeredIn(appends)).toEqual([['a', 'b'], ['c'], ['d', 'e']])
    expectWhole(appends)
  })

  test('one stream loses its answer, the others are not asked again', async () => {
    const { documents, take } = counted(events())
    const handle = instance(fated(documents, ({ item }) => (item.streamId === 's1' ? 'unknown after' : 'fine')))
    const batch = ['s0', 's1', 's2'].map(stream => command(`a ${stream}`, { stream }))
    expect(await handle(...batch)).toEqual([done, done, done])
    expect(take()).toMatchObject({ queries: 4 })
    for (const stream of ['s0', 's1', 's2']) expect(await stored(events(), stream)).toHaveLength(1)
  })

  test('again and again: another try, and what was stored is found then', async () => {
    const handle = instance(fated(events(), () => 'unknown before'))
    expect(await handle(command('a'))).toEqual([again])
    expect(await stored(events())).toEqual([])
    expect(await instance(fated(events(), () => 'unknown after'))(command('a'))).toEqual([done])
    expect(await handle(command('a'))).toEqual([done])
    expect(await stored(events())).toHaveLength(1)
  })
}

function notTaken(events: () => Documents): void {
  test('busy: the commands of that stream come again, nothing of it is written, others are done', async () => {
    const handle = instance(fated(events(), ({ item }) => (item.streamId === 's' ? 'busy' : 'fine')))
    const batch = [command('a'), command('other', { stream: 'other' }), command('b')]
    expect(await handle(...batch)).toEqual([again, done, again])
    expect(await stored(events())).toEqual([])
    expect(await stored(events(), 'other')).toHaveLength(1)
    expect(await instance(events())(...batch)).toEqual([done, done, done])
    expect(answeredIn(await stored(events()))).toEqual([['a', 'b']])
  })

  test('busy in the second append of a batch: what the first answers is done', async () => {
    const handle = instance(fated(events(), inTurn('fine', 'busy')))
    const batch = Array.from({ length: 100 }, (_, n) => command(`c${n}`))
    const verdicts = await handle(...batch)
    expect(verdicts.slice(0, 90)).toEqual(batch.slice(0, 90).map(() => done))
    expect(verdicts.slice(90)).toEqual(batch.slice(90).map(() => again))
    expect(await handle(...batch)).toEqual(batch.map(() => done))
    expect(expectWhole(await stored(events()))).toEqual({ count: 100 })
  })

  test('out of reach: another try, nothing written; later all is well', async () => {
    let out = true
    const handle = instance(outOfReach(events(), () => out))
    expect(await handle(command('a'), command('b'))).toEqual([again, again])
    expect(await stored(events())).toEqual([])
    out = false
    expect(await handle(command('a'), command('b'))).toEqual([done, done])
    out = true
    expect(await handle(command('c', { second: 1 }))).toEqual([done])
    expect(await handle(command('late', { second: -1 }))).toEqual([again])
    expect(expectWhole(await stored(events()))).toEqual({ count: 3 })
  })

  test('out of reach after a conflict: another try, never parked', async () => {
    let out = false
    const handle = instance(outOfReach(events(), () => out))
    await handle(command('a'))
    await instance(events())(command('b', { second: 1 }))
    out = true
    expect(await handle(command('c', { second: 2 }))).toEqual([again])
    out = false
    expect(await handle(command('c', { second: 2 }))).toEqual([done])
    expect(answeredIn(await stored(events()))).toEqual([['a'], ['b'], ['c']])
  })
}
