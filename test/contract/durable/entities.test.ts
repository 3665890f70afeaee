import { beforeAll, describe, expect, test } from 'vitest'
import { loadSample, openTestHub, type Sample, type TestHub } from './durable-harness.ts'

let sample: Sample
beforeAll(async () => {
  sample = await loadSample('counters')
})

async function signal(hub: TestHub, key: string, op: string, input?: unknown): Promise<void> {
  const body = input === undefined ? undefined : JSON.stringify(input)
  const { status } = await hub.request('POST', `entities/Counter/${key}?op=${op}`, body)
  expect(status).toBe(202)
  await hub.durable.idle()
}

async function stateOf(hub: TestHub, key: string): Promise<unknown> {
  const { status, body } = await hub.request('GET', `entities/counter/${key}`)
  return status === 404 ? undefined : body
}

describe('an entity', () => {
  test('is made by its first operation, and keeps its state', async () => {
    const hub = openTestHub(sample)
    expect(await stateOf(hub, 'a')).toBeUndefined()
    await signal(hub, 'a', 'add', 5)
    await signal(hub, 'a', 'add', 3)
    expect(await stateOf(hub, 'a')).toBe(8)
  })

  test('is apart from others of another key', async () => {
    const hub = openTestHub(sample)
    await signal(hub, 'a', 'add', 1)
    await signal(hub, 'b', 'add', 2)
    expect([await stateOf(hub, 'a'), await stateOf(hub, 'b')]).toEqual([1, 2])
  })

  test('works its operations off in order, several in one call', async () => {
    const hub = openTestHub(sample)
    for (const number of [1, 2, 3]) await hub.request('POST', 'entities/Counter/x?op=add', String(number))
    await hub.durable.idle()
    expect(await stateOf(hub, 'x')).toBe(6)
  })

  test('answers orchestrations that call it', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('count', { key: 'called' })
    expect((await hub.status(id)).output).toBe(8)
  })

  test('takes signals before a later call of the same orchestration', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('signalThenCall')
    expect((await hub.status(id)).output).toBe(42)
    const numbered = hub.turns.at(-1)?.history.filter(({ EventId }) => EventId >= 0)
    expect(numbered?.map(({ EventId, EventType }) => [EventId, EventType])).toEqual([
      [0, 14],
      [1, 14],
      [2, 14],
      [3, 4],
    ])
  })

  test('answers calls that were made at once', async () => {
    const hub = openTestHub(sample)
    expect((await hub.status(await hub.start('manyAtOnce'))).output).toBe(10)
  })

  test('that throws fails the call, and its message is lost as in Azure', async () => {
    const hub = openTestHub(sample)
    expect((await hub.status(await hub.start('callsThatFail'))).output).toBe('failed: [object Object]')
  })

  test('may signal others', async () => {
    const hub = openTestHub(sample)
    await signal(hub, 'from', 'add', 7)
    await signal(hub, 'from', 'forward', { to: 'to' })
    expect(await stateOf(hub, 'to')).toBe(7)
  })

  test('is gone after it was deleted', async () => {
    const hub = openTestHub(sample)
    await signal(hub, 'a', 'add', 1)
    await hub.request('DELETE', 'entities/Counter/a')
    await hub.durable.idle()
    expect(await stateOf(hub, 'a')).toBeUndefined()
  })

  test('of a kind nobody knows cannot be signalled from outside', async () => {
    const hub = openTestHub(sample)
    const { status, body } = await hub.request('POST', 'entities/Nobody/x?op=get')
    expect(status).toBe(400)
    expect(JSON.stringify(body)).toContain("The following are the known entity functions: 'Counter'")
  })

  test('of a kind nobody knows leaves its caller waiting for ever', async () => {
    const hub = openTestHub(sample)
    expect((await hub.status(await hub.start('unknownEntity'))).runtimeStatus).toBe('Running')
    expect(hub.warnings.join()).toContain("'nobody' doesn't exist")
  })

  test('of a kind nobody knows fails an orchestration that signals it', async () => {
    const hub = openTestHub(sample)
    expect((await hub.status(await hub.start('signalUnknown'))).runtimeStatus).toBe('Failed')
  })

  test('cannot be locked, and the library says why', async () => {
    const hub = openTestHub(sample)
    const { runtimeStatus, output } = await hub.status(await hub.start('locks'))
    expect(runtimeStatus).toBe('Failed')
    expect(output).toContain('lock requires a Durable Functions extension that supports OOProc schema V4')
  })

  test('stands in the list of its kind', async () => {
    const hub = openTestHub(sample)
    await signal(hub, 'a', 'add', 1)
    await signal(hub, 'b', 'add', 2)
    expect((await hub.request('GET', 'entities/Counter?fetchState=true')).body).toEqual([
      { entityId: { name: 'counter', key: 'a' }, state: 1 },
      { entityId: { name: 'counter', key: 'b' }, state: 2 },
    ])
  })
})
