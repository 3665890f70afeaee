import { type Documents, StoreUnavailable } from '@remit/documents/documents'
import { decideWaiting, refuseWaiting } from '@remit/event-store/parked-streams'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { implementations, type Stores } from '../documents/stores.ts'
import {
  type CounterCommand,
  type CounterRule,
  command,
  counterRule,
  counterStore,
  done,
  instance,
  outcomesOf,
  parked,
  stored,
  waits,
} from './counter.ts'
import { expectWhole } from './whole-stream.ts'
import { fated } from './wires.ts'

const operator = { actor: { kind: 'person', id: 'olga' }, correlationId: 'a retry' }

/** The same rule without the defect: a later version of the code. */
const mended: CounterRule = {
  ...counterRule,
  decide: (one, state) => counterRule.decide(one.type === 'Break' ? { ...one, type: 'Add' } : one, state),
}

const broken = (id: string, told = {}) => command(id, { type: 'Break', ...told })

describe.each(Object.entries(implementations))('parked streams, %s', (_name, open) => {
  let stores: Stores
  let events: Documents
  let known: Map<string, CounterCommand>
  beforeAll(async () => {
    stores = await open()
  })
  afterAll(() => stores.close())
  beforeEach(async () => {
    events = await stores.newContainer('streamId')
    known = new Map()
  })

  const handle = (all: readonly CounterCommand[], over = events, rule = counterRule) => {
    for (const one of all) known.set(one.id, one)
    return instance(over, rule)(...all)
  }
  const load = async (_stream: string, ids: readonly string[]) =>
    ids.map(id => {
      const found = known.get(id)
      if (found === undefined) throw new StoreUnavailable(`${id} is not to be seen`)
      return found
    })
  const retry = (rule = mended, over = events) => decideWaiting(counterStore(over, rule), 's', load, operator)
  const discard = (id: string, rule = counterRule, over = events) =>
    refuseWaiting(counterStore(over, rule), known.get(id) as CounterCommand, 'discarded', operator)

  test('what comes later waits, in order; a retry decides it in that order', async () => {
    expect(await handle([command('a'), broken('x'), command('b')])).toEqual([done, parked, waits('x')])
    expect(await handle([command('c', { second: 1 }), command('e', { stream: 'other' })])).toEqual([waits('x'), done])
    expect(await retry()).toEqual({ answered: ['x', 'b', 'c'], stuck: undefined })
    const appends = await stored(events)
    expect(outcomesOf(appends)).toEqual(['a applied', 'x applied', 'b applied', 'c applied'])
    expect(appends.at(-1)).toMatchObject({ actor: operator.actor, correlationId: 'a retry' })
    expect(appends.at(-1)?.after).not.toHaveProperty('parked')
    expect(expectWhole(appends)).toEqual({ count: 4 })
    expect(await handle([command('d', { second: 2 })])).toEqual([done])
  })

  test('a retry that meets the defect again changes nothing and says why', async () => {
    await handle([broken('x'), command('b')])
    const before = await stored(events)
    expect(await retry(counterRule)).toMatchObject({ answered: [], stuck: { id: 'x', error: expect.any(Error) } })
    expect(await stored(events)).toEqual(before)
  })

  test('a retry goes as far as the next defect, and the stream stays parked behind that one', async () => {
    await handle([broken('x'), command('b'), broken('y'), command('c')])
    const half: CounterRule = {
      ...mended,
      decide: (one, state) => (one.id === 'y' ? counterRule : mended).decide(one, state),
    }
    expect(await retry(half)).toMatchObject({ answered: ['x', 'b'], stuck: { id: 'y' } })
    expect((await stored(events)).at(-1)?.after.parked).toEqual({ since: 1, first: 'y' })
    expect(await handle([command('d', { second: 1 })])).toEqual([waits('y')])
    expect(await retry()).toMatchObject({ answered: ['y', 'c', 'd'] })
    expectWhole(await stored(events))
  })

  test('a discard is a recorded refusal; those behind it go on at the next retry', async () => {
    await handle([broken('x'), command('b')])
    expect(await discard('x')).toBe(true)
    const refused = (await stored(events)).at(-1)
    expect(refused?.outcomes).toEqual([
      expect.objectContaining({ commandId: 'x', result: 'refused', reason: 'discarded', actor: known.get('x')?.actor }),
    ])
    expect(refused).toMatchObject({ actor: operator.actor, after: { parked: { first: 'b' } } })
    expect(await discard('x')).toBe(false)
    expect(await retry(counterRule)).toEqual({ answered: ['b'], stuck: undefined })
    expectWhole(await stored(events))
    expect(await handle([broken('x')])).toEqual([done])
  })

  test('what does not wait cannot be discarded', async () => {
    await handle([command('a')])
    expect(await discard('a')).toBe(false)
    expect(outcomesOf(await stored(events))).toEqual(['a applied'])
  })

  test('two who look after one stream at once, and a third who queues: each command one outcome, in order', async () => {
    await handle([broken('x'), command('b')])
    const results = await Promise.all([retry(), retry(), handle([command('c', { second: 1 })])])
    await retry()
    const answered = outcomesOf(await stored(events)).map(line => line.split(' ')[0])
    expect(answered).toEqual(['x', 'b', 'c'])
    expect(results[0]).toHaveProperty('answered')
    expectWhole(await stored(events))
  })

  test('whoever believed the stream parked hears of the end of it by the conflict, and decides', async () => {
    const late = instance(events)
    known.set('b', command('b'))
    await late(broken('x'))
    known.set('x', broken('x'))
    await retry()
    expect(await late(command('b', { second: 1 }))).toEqual([done])
    expectWhole(await stored(events))
  })

  test('whoever believed it not parked queues after the conflict', async () => {
    const early = instance(events)
    await early(command('a'))
    await handle([broken('x', { second: 1 })])
    expect(await early(command('b', { second: 2 }))).toEqual([waits('x')])
    expect(outcomesOf(await stored(events))).toEqual(['a applied'])
  })

  test.each(['unknown before', 'unknown after', 'echo'] as const)('every write meets %s once', async fate => {
    const hurt = () => fated(events, (_write, nth) => (nth === 1 ? fate : 'fine'))
    await handle([command('a'), broken('x'), command('b')], hurt())
    await handle([broken('x'), command('b'), command('c', { second: 1 })], hurt())
    known.delete('q')
    expect((await retry(mended, hurt())).stuck).toBeUndefined()
    expect(outcomesOf(await stored(events))).toEqual(['a applied', 'x applied', 'b applied', 'c applied'])
    expectWhole(await stored(events))
  })

  test('a stream that nobody can fold waits as a whole, can be discarded from, and goes on once it can be folded', async () => {
    await handle([command('a')])
    const blind: CounterRule = {
      ...counterRule,
      reducer: 'counter-2',
      parse: () => {
        throw new TypeError('unreadable')
      },
    }
    expect(await handle([command('b', { second: 1 }), command('c', { second: 1 })], events, blind)).toEqual([
      parked,
      waits('b'),
    ])
    expect(await discard('c', blind)).toBe(true)
    expect(await retry({ ...counterRule, reducer: 'counter-3' })).toMatchObject({ answered: ['b'] })
    expect(outcomesOf(await stored(events))).toEqual(['a applied', 'c refused', 'b applied'])
    expect(expectWhole(await stored(events))).toEqual({ count: 2 })
  })

  test('a stored command that is not to be seen yet is asked for again, not forgotten', async () => {
    await handle([broken('x'), command('b')])
    known.delete('b')
    await expect(retry()).rejects.toThrow(StoreUnavailable)
    known.set('b', command('b'))
    expect(await retry()).toMatchObject({ answered: ['x', 'b'] })
  })

  test('a queue longer than one append', async () => {
    const many = Array.from({ length: 230 }, (_, n) => command(`c${n}`))
    await handle([broken('x'), ...many])
    expect((await retry()).answered).toEqual(['x', ...many.map(({ id }) => id)])
    expect(expectWhole(await stored(events))).toEqual({ count: 231 })
  })
})
