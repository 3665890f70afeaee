import { createVirtualClock } from 'local-clock/clock'
import { createDispatcher } from 'local-durable/dispatcher'
import type { DurableFunctions, Hub } from 'local-durable/hub'
import { openDurable } from 'local-durable/open-durable'
import { expect, onTestFinished, test } from 'vitest'
import { beginning } from './durable-harness.ts'

/** More than any of these needs. */
const TIMERS = 50

const turn = () => new Promise(resolve => setImmediate(resolve))
const asking = (...actions: object[]) => JSON.stringify({ isDone: false, schemaVersion: 2, actions: [actions] })
const done = JSON.stringify({ isDone: true, schemaVersion: 2, actions: [[]] })

/** A hub whose functions answer what the library never would. */
function hubWith(given: Partial<DurableFunctions>, concurrency = {}) {
  const clock = createVirtualClock(beginning)
  const calls: string[] = []
  const log: string[] = []
  const counted = (kind: keyof DurableFunctions) => (name: string, input: string) => {
    calls.push(`${kind} ${name}`)
    return given[kind]?.(name, input) ?? Promise.resolve(undefined)
  }
  const functions = { orchestrator: counted('orchestrator'), activity: counted('activity'), entity: counted('entity') }
  const said = (level: string, message: string) => void log.push(`${level} ${message}`)
  const durable = openDurable({
    taskHub: 'Hub',
    clock,
    concurrency,
    log: said,
    functions: functions as DurableFunctions,
  })
  onTestFinished(() => durable.abort())
  for (const name of ['one', 'other']) durable.register('orchestrator', name)
  durable.register('activity', 'work')
  durable.register('entity', 'counter')
  durable.start({ baseUrl: 'http://hub' })
  const request = async (method: string, path: string, body = '') => {
    const headers = { 'content-type': 'application/json' }
    const answer = await durable.handle({
      method,
      path,
      query: new URLSearchParams(),
      headers,
      body,
      url: 'http://hub',
    })
    return answer.body === '' ? {} : (JSON.parse(answer.body) as Record<string, unknown>)
  }
  const pass = async () => {
    for (let timer = 0; timer < TIMERS; timer++) {
      for (let turns = 0; turns < 5; turns++) await turn()
      clock.runNext()
    }
  }
  return { durable, calls, log, request, pass, status: (id: string) => request('GET', `instances/${id}`) }
}

test.each([
  ['a timer without a time', { actionType: 5, fireAt: null, isCanceled: false }, /no time at which it fires/],
  [
    'an entity’s id for an orchestration',
    { actionType: 2, functionName: 'other', instanceId: '@a@b' },
    /id of an entity/,
  ],
  ['itself for a sub-orchestration', { actionType: 2, functionName: 'other', instanceId: 'ID' }, /its own/],
])('who asks for %s has failed, once', async (_, action, reason) => {
  const { request, pass, status, calls } = hubWith({ orchestrator: async () => asking(action) })
  await request('POST', 'orchestrators/one/id')
  await pass()
  expect(await status('id')).toMatchObject({ runtimeStatus: 'Failed', output: expect.stringMatching(reason) })
  expect(calls).toEqual(['orchestrator one'])
})

test('a failure whose state nobody can read is a failure, once', async () => {
  const { request, pass, status, calls } = hubWith({
    orchestrator: async () => {
      throw new Error('no\n\n$OutOfProcData$:{"isDone":false} and more')
    },
  })
  await request('POST', 'orchestrators/one/id')
  await pass()
  expect((await status('id')).runtimeStatus).toBe('Failed')
  expect(calls).toHaveLength(1)
})

test('an entity function that answers nothing has failed its operations, and gets the next ones', async () => {
  const { request, pass, calls, log } = hubWith({})
  await request('POST', 'entities/counter/key')
  await pass()
  await request('POST', 'entities/counter/key')
  await pass()
  expect(calls).toEqual(['entity counter', 'entity counter'])
  expect(log).toEqual(Array(2).fill("error Entity function 'counter' failed: It did not answer as entities do."))
})

test('entities that take their time hold up no orchestration', async () => {
  const { request, pass, status } = hubWith(
    { orchestrator: async () => done, entity: () => new Promise(() => {}) },
    { entities: 2, orchestrators: 2 },
  )
  for (let key = 0; key < 20; key++) await request('POST', `entities/counter/${key}`)
  await request('POST', 'orchestrators/one/id')
  await pass()
  expect((await status('id')).runtimeStatus).toBe('Completed')
})

test('what cannot be stored is tried again after a while, but not once all has ended', async () => {
  const clock = createVirtualClock(beginning)
  let tries = 0
  const store = {
    inbox: { ready: (kind: string) => (kind === 'orchestrators' ? ['id'] : []), nextDue: () => undefined },
    activities: { after: () => [] },
    instances: {
      get: () => {
        tries++
        throw new Error('the disk is full')
      },
    },
  }
  const hub = { clock, store, isAborted: () => false, log: () => {} } as unknown as Hub
  const dispatcher = createDispatcher(hub, { orchestrators: 1, activities: 1, entities: 1 })
  dispatcher.wake()
  await turn()
  clock.runNext()
  await turn()
  expect(tries).toBe(2)
  await dispatcher.stop()
  clock.runNext()
  await turn()
  expect(tries).toBe(2)
})
