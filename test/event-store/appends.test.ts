import type { Documents } from '@remit/documents/documents'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { implementations, type Stores } from '../documents/stores.ts'
import { answeredIn, command, done, instance, NOON, outcomesOf, stored } from './counter.ts'
import { expectWhole, hashOf } from './whole-stream.ts'
import { counted } from './wires.ts'

describe.each(Object.entries(implementations))('appends, %s', (_name, open) => {
  let stores: Stores
  let events: Documents
  beforeAll(async () => {
    stores = await open()
  })
  afterAll(() => stores.close())
  beforeEach(async () => {
    events = await stores.newContainer('streamId')
  })

  test('an append has these members and no others', async () => {
    const cause = { causationId: 'what caused it', traceparent: '00-1-2-01' }
    await instance(events)(command('c1', { by: 7, second: 3, ...cause }))
    const first = command('c1', { by: 7, second: 3 })
    const { actor, at, correlationId, hash } = first
    const [item] = await stored(events)
    expect(item).toEqual({
      id: '000000000001',
      streamId: 's',
      from: 1,
      to: 1,
      events: [{ version: 1, type: 'Added', data: { by: 7 }, commandId: 'c1' }],
      outcomes: [{ commandId: 'c1', type: 'Add', hash, result: 'applied', actor, at, correlationId, ...cause }],
      at: new Date(NOON + 5).toISOString(),
      actor,
      correlationId,
      ...cause,
      after: { reducer: 'counter-1', state: { count: 7 }, lastTs: first._ts, recent: ['c1'] },
      previousHash: '',
      hash: item && hashOf(item),
    })
  })

  test('what was not applied carries its data and its reason, and causes no event', async () => {
    const handle = instance(events)
    await handle(command('c1'))
    await handle(command('full', { by: 1001, second: 1 }), command('nothing', { by: 0, second: 1 }))
    const [first, second] = await stored(events)
    expect(second).toMatchObject({ id: '000000000002', from: 2, to: 1, events: [], previousHash: first?.hash })
    expect(second?.outcomes).toMatchObject([
      { commandId: 'full', type: 'Add', result: 'refused', reason: 'above_the_bound', data: { by: 1001 } },
      { commandId: 'nothing', type: 'Add', result: 'no_effect', data: { by: 0 } },
    ])
    expect(second?.outcomes[1]).not.toHaveProperty('reason')
    expect(first?.outcomes[0]).not.toHaveProperty('data')
  })

  test('several commands of a stream are decided one on the other, in one append', async () => {
    const { documents, take } = counted(events)
    const batch = [
      command('a', { by: 600 }),
      command('b', { by: 600 }),
      command('c', { type: 'Reset' }),
      command('d', { by: 600 }),
      command('e', { type: 'Burst', by: 3, second: 1 }),
    ]
    expect(await instance(documents)(...batch)).toEqual(batch.map(() => done))
    expect(take()).toEqual({ queries: 1, reads: 0, writeCalls: 1, writes: 1 })
    const appends = await stored(events)
    expect(outcomesOf(appends)).toEqual(['a applied', 'b refused', 'c applied', 'd applied', 'e applied'])
    expect(appends[0]?.events.map(({ version, commandId }) => `${version} ${commandId}`)).toEqual([
      '1 a',
      '2 c',
      '3 d',
      '4 e',
      '5 e',
      '6 e',
    ])
    expect(appends[0]?.after.recent).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(expectWhole(appends)).toEqual({ count: 603 })
  })

  test('several streams are written in one call, and know nothing of each other', async () => {
    const { documents, take } = counted(events)
    const streams = Array.from({ length: 150 }, (_, n) => `s${n}`)
    const batch = streams.flatMap(stream => [
      command(`${stream}-a`, { stream }),
      command(`${stream}-b`, { stream, by: 2 }),
    ])
    expect(new Set((await instance(documents)(...batch)).map(({ verdict }) => verdict))).toEqual(new Set(['done']))
    expect(take()).toEqual({ queries: 150, reads: 0, writeCalls: 1, writes: 150 })
    for (const stream of streams) {
      const appends = await stored(events, stream)
      expect(answeredIn(appends)).toEqual([[`${stream}-a`, `${stream}-b`]])
      expect(expectWhole(appends)).toEqual({ count: 3 })
    }
  })

  test('a chain of appends is whole, whoever wrote them, warm or cold', async () => {
    const [one, two] = [instance(events), instance(events)]
    for (let n = 0; n < 24; n++) {
      const handle = n % 3 === 0 ? one : n % 3 === 1 ? two : instance(events)
      expect(await handle(command(`c${n}`, { second: n, by: n % 4 }))).toEqual([done])
    }
    const appends = await stored(events)
    expect(appends).toHaveLength(24)
    expect(expectWhole(appends)).toEqual({ count: 36 })
  })

  test('where they came from is told for each, and for the append as for its first', async () => {
    const from = (id: string, trace: string, cause?: string) =>
      command(id, { traceparent: trace, ...(cause === undefined ? {} : { causationId: cause }) })
    await instance(events)(from('a', 't1', 'x'), from('b', 't1'), from('c', 't2', 'y'))
    const [item] = await stored(events)
    expect(item).toMatchObject({ traceparent: 't1', causationId: 'x', correlationId: 'request a' })
    expect(item?.outcomes.map(({ traceparent, causationId }) => [traceparent, causationId])).toEqual([
      ['t1', 'x'],
      ['t1', undefined],
      ['t2', 'y'],
    ])
    expect(item?.outcomes.map(({ correlationId }) => correlationId)).toEqual(['request a', 'request b', 'request c'])
  })

  test('a warm stream costs one write and no question, whatever is decided', async () => {
    const { documents, take } = counted(events)
    const handle = instance(documents)
    await handle(command('first'))
    take()
    for (const [n, by] of [1, 0, 5000, 3].entries()) {
      expect(await handle(command(`c${n}`, { by, second: n + 1 }))).toEqual([done])
      expect(take()).toEqual({ queries: 0, reads: 0, writeCalls: 1, writes: 1 })
    }
    expectWhole(await stored(events))
  })

  test('no commands cost nothing', async () => {
    const { documents, take } = counted(events)
    expect(await instance(documents)()).toEqual([])
    expect(take()).toEqual({ queries: 0, reads: 0, writeCalls: 0, writes: 0 })
  })
})
