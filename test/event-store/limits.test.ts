import type { Documents, Write } from '@remit/documents/documents'
import type { Append } from '@remit/event-store/append'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { implementations, type Stores } from '../documents/stores.ts'
import {
  answeredIn,
  type CounterRule,
  command,
  counterRule,
  done,
  instance,
  outcomesOf,
  parked,
  stored,
  waits,
} from './counter.ts'
import { expectWhole } from './whole-stream.ts'
import { counted, fated } from './wires.ts'

describe.each(Object.entries(implementations))('limits and defects, %s', (_name, open) => {
  let stores: Stores
  let events: Documents
  beforeAll(async () => {
    stores = await open()
  })
  afterAll(() => stores.close())
  beforeEach(async () => {
    events = await stores.newContainer('streamId')
  })

  describe('90 entries', () => entries(() => events))
  describe('too large', () => tooLarge(() => events))
  describe('a defect', () => defects(() => events))
})

function entries(events: () => Documents): void {
  const burst = (id: string, by: number) => command(id, { type: 'Burst', by })

  test('a batch of 200 commands is split, in order', async () => {
    const batch = Array.from({ length: 200 }, (_, n) => command(`c${n}`, { by: n % 3 }))
    const { documents, take } = counted(events())
    expect(await instance(documents)(...batch)).toEqual(batch.map(() => done))
    expect(take()).toEqual({ queries: 1, reads: 0, writeCalls: 3, writes: 3 })
    const appends = await stored(events())
    expect(appends.map(({ outcomes }) => outcomes.length)).toEqual([90, 90, 20])
    expect(answeredIn(appends).flat()).toEqual(batch.map(({ id }) => id))
    expectWhole(appends)
  })

  test.each([
    [
      [60, 60],
      [60, 60],
    ],
    [
      [45, 45, 1],
      [90, 1],
    ],
    [
      [89, 2],
      [89, 2],
    ],
    [[89, 1], [90]],
    [[120], [120]],
    [
      [1, 120, 1],
      [1, 120, 1],
    ],
    [
      [90, 90],
      [90, 90],
    ],
  ])('decisions of %j events go into appends of %j: none is cut', async (bursts, appended) => {
    const batch = bursts.map((by, n) => burst(`c${n}`, by))
    expect(await instance(events())(...batch)).toEqual(batch.map(() => done))
    const appends = await stored(events())
    expect(appends.map(item => item.events.length)).toEqual(appended)
    expectWhole(appends)
  })
}

function tooLarge(events: () => Documents): void {
  /** A store that takes appends with at most so many events and no larger. */
  const takes = (most: number) =>
    fated(events(), ({ item }: Write) => ((item as unknown as Append).events.length > most ? 'too_large' : 'fine'))

  test.each([1, 3, 10, 45])('an append of 80 is split until appends of %d fit', async most => {
    const batch = Array.from({ length: 80 }, (_, n) => command(`c${n}`))
    expect(await instance(takes(most))(...batch)).toEqual(batch.map(() => done))
    const appends = await stored(events())
    expect(answeredIn(appends).flat()).toEqual(batch.map(({ id }) => id))
    expect(Math.max(...appends.map(item => item.events.length))).toBeLessThanOrEqual(most)
    expect(expectWhole(appends)).toEqual({ count: 80 })
  })

  test('a single command that is too large is parked, and its stream with it', async () => {
    const batch = [
      command('a'),
      command('b'),
      command('huge', { type: 'Burst', by: 20 }),
      command('c'),
      command('elsewhere', { stream: 'other' }),
    ]
    expect(await instance(takes(10))(...batch)).toEqual([done, done, parked, waits('huge'), done])
    expect(outcomesOf(await stored(events()))).toEqual(['a applied', 'b applied'])
    expect(expectWhole(await stored(events()))).toEqual({ count: 2 })
  })
}

function defects(events: () => Documents): void {
  const broken = (id: string) => command(id, { type: 'Break' })

  test('a rule that throws parks the command it threw at, and keeps what it threw', async () => {
    const handle = instance(events())
    const batch = [command('a'), broken('x'), command('b', { by: 2 }), command('c', { stream: 'other' })]
    expect(await handle(...batch)).toEqual([
      done,
      { verdict: 'park', error: new Error('the rule has a defect') },
      waits('x'),
      done,
    ])
    expect(outcomesOf(await stored(events()))).toEqual(['a applied'])
    expect(expectWhole(await stored(events()))).toEqual({ count: 1 })
    expect(await handle(...batch)).toEqual([done, parked, waits('x'), done])
  })

  test('nothing but defects: one append says who waits', async () => {
    const { documents, take } = counted(events())
    expect(await instance(documents)(broken('x'), broken('y'))).toEqual([parked, waits('x')])
    expect(take()).toMatchObject({ writes: 1 })
    expect((await stored(events()))[0]).toMatchObject({ queued: ['x', 'y'], events: [], outcomes: [] })
  })

  test('a fold that throws on its own event parks the command and leaves no trace of it', async () => {
    const rule: CounterRule = {
      ...counterRule,
      evolve: (state, event) => {
        if (event.type === 'WasReset') throw new Error('this cannot be folded')
        return counterRule.evolve(state, event)
      },
    }
    const batch = [command('a', { by: 5 }), command('r', { type: 'Reset' }), command('b')]
    expect(await instance(events(), rule)(...batch)).toEqual([done, parked, waits('r')])
    expect(expectWhole(await stored(events()))).toEqual({ count: 5 })
  })

  test('a stored event that nobody can read parks the commands of its stream, and no others', async () => {
    await instance(events())(command('a'), command('b', { stream: 'other' }))
    const rule: CounterRule = {
      ...counterRule,
      reducer: 'counter-2',
      parse: stored => {
        if ((stored as { commandId?: string }).commandId === 'a') throw new TypeError('unreadable')
        return counterRule.parse(stored)
      },
    }
    const batch = [
      command('c', { second: 1 }),
      command('d', { stream: 'other', second: 1 }),
      command('e', { second: 1 }),
    ]
    expect(await instance(events(), rule)(...batch)).toEqual([parked, done, waits('c')])
    expect((await stored(events()))[1]).toMatchObject({
      queued: ['c', 'e'],
      after: { reducer: '', parked: { since: 2, first: 'c' } },
    })
    expectWhole(await stored(events(), 'other'))
  })

  test('an item that is no append parks the commands of its stream', async () => {
    await events().write({ kind: 'create', item: { id: '000000000001', streamId: 's', events: 'none' } })
    const batch = [command('a'), command('b', { stream: 'other' })]
    expect(await instance(events())(...batch)).toEqual([parked, done])
  })

  test('a command with a defect comes with others through a conflict: still parked', async () => {
    const [one, two] = [instance(events()), instance(events())]
    await one(command('a'))
    await two(command('b', { second: 1 }))
    expect(await one(broken('x'), command('c', { second: 2 }))).toEqual([parked, waits('x')])
    expect(outcomesOf(await stored(events()))).toEqual(['a applied', 'b applied'])
    expectWhole(await stored(events()))
  })
}
