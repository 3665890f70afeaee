import { expect, test } from 'vitest'
import { implementations } from '../documents/stores.ts'
import { type CounterRule, command, counterRule, done, instance, parked, stored } from './counter.ts'

const open = async (name = 'in memory') => {
  const stores = await implementations[name]?.()
  if (stores === undefined) throw new Error(`there is no ${name}`)
  return { events: await stores.newContainer('streamId'), close: stores.close }
}

test('a stored event that nobody can read, met after a conflict, parks and does not come again for ever', async () => {
  const { events } = await open()
  const warm = instance(events)
  await warm(command('a'))
  const newer: CounterRule = {
    ...counterRule,
    decide: () => ({ result: 'applied', events: [{ type: 'Doubled', data: {} } as never] }),
    evolve: state => state,
  }
  await instance(events, newer)(command('n', { second: 1 }))
  expect(await warm(command('b', { second: 2 }))).toEqual([parked])
})

test('an append carries the trace of the first command it answers, not of one that waits', async () => {
  const { events } = await open()
  const broken = command('x', { type: 'Break', traceparent: 'A' })
  await instance(events)(command('b', { traceparent: 'B' }), command('c'), broken)
  const [item] = await stored(events)
  expect(item?.traceparent).toBe('B')
  expect(item?.outcomes.map(({ traceparent }) => traceparent)).toEqual(['B', undefined])
})

test('an append that is too large for the store parks, and others of that moment are done', async () => {
  const { events, close } = await open('Cosmos DB, three ranges')
  const huge = { ...command('huge', { by: 5000 }), data: { by: 5000, x: 'x'.repeat(2_200_000) } }
  expect(await instance(events)(command('o', { stream: 'other' }), huge)).toEqual([done, parked])
  await close()
})
