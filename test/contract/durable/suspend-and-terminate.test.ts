import { beforeAll, describe, expect, test } from 'vitest'
import { loadSample, openTestHub, type Sample, type TestHub } from './durable-harness.ts'

let sample: Sample
beforeAll(async () => {
  sample = await loadSample('steps')
})

async function ask(hub: TestHub, id: string, operation: string): Promise<number> {
  const { status } = await hub.request('POST', `instances/${id}/${operation}?reason=because`)
  await hub.durable.idle()
  return status
}

describe('a suspended instance', () => {
  test('runs no turn, and reads in order what came meanwhile when it goes on', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('waitFor', ['a', 'a'])
    expect(await ask(hub, id, 'suspend')).toBe(202)
    const turns = hub.turns.length
    await hub.raise(id, 'a', 1)
    await hub.raise(id, 'a', 2)
    expect(await hub.status(id)).toMatchObject({ runtimeStatus: 'Suspended' })
    expect(hub.turns).toHaveLength(turns)
    expect(await ask(hub, id, 'resume')).toBe(202)
    expect(await hub.status(id)).toMatchObject({ runtimeStatus: 'Completed', output: [1, 2] })
  })

  test('is not told of a timer before it goes on', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('sleep', { seconds: 10 })
    await ask(hub, id, 'suspend')
    await hub.pass(60_000)
    expect((await hub.status(id)).runtimeStatus).toBe('Suspended')
    await ask(hub, id, 'resume')
    expect((await hub.status(id)).runtimeStatus).toBe('Completed')
  })

  test('lets its activities end, and hears of them later', async () => {
    const hub = openTestHub(sample)
    await hub.request('POST', 'orchestrators/sequence/s', '[1]')
    await hub.request('POST', 'instances/s/suspend')
    await hub.durable.idle()
    expect((await hub.status('s')).runtimeStatus).toBe('Suspended')
    expect(hub.activities).toHaveLength(1)
    await ask(hub, 's', 'resume')
    expect((await hub.status('s')).output).toEqual([2])
  })

  test('has both in its history', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('waitFor', ['a'])
    await ask(hub, id, 'suspend')
    await ask(hub, id, 'resume')
    await hub.raise(id, 'a', 1)
    const kinds = hub.turns.at(-1)?.history.map(({ EventType }) => EventType)
    expect(kinds).toEqual([12, 0, 13, 12, 19, 13, 12, 20, 13, 12, 15])
  })

  test('cannot be suspended again', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('waitFor', ['a'])
    await ask(hub, id, 'suspend')
    expect(await ask(hub, id, 'suspend')).toBe(500)
  })

  test('can be terminated', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('waitFor', ['a'])
    await ask(hub, id, 'suspend')
    expect(await ask(hub, id, 'terminate')).toBe(202)
    expect(await hub.status(id)).toMatchObject({ runtimeStatus: 'Terminated', output: 'because' })
  })
})

describe('resuming', () => {
  test('what is not suspended is refused', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('waitFor', ['a'])
    expect(await ask(hub, id, 'resume')).toBe(500)
  })
})

describe('terminating', () => {
  test('wins over everything that came before it and was not read', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('waitFor', ['a'])
    await ask(hub, id, 'suspend')
    await hub.raise(id, 'a', 1)
    await hub.request('POST', `instances/${id}/terminate`)
    await hub.durable.idle()
    expect(await hub.status(id)).toMatchObject({ runtimeStatus: 'Terminated', output: null })
  })

  test('does not wait for open tasks, and what they answer later is ignored', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('sleep', { seconds: 60 })
    await ask(hub, id, 'terminate')
    expect((await hub.status(id)).runtimeStatus).toBe('Terminated')
    await hub.finish()
    expect(await hub.status(id)).toMatchObject({ runtimeStatus: 'Terminated', output: 'because' })
  })

  test('does not stop an activity that was asked for', async () => {
    const hub = openTestHub(sample)
    await hub.request('POST', 'orchestrators/sequence/s', '[1, 2]')
    await hub.request('POST', 'instances/s/terminate')
    await hub.durable.idle()
    expect(await hub.status('s')).toMatchObject({ runtimeStatus: 'Terminated', output: null })
    expect(hub.activities).toEqual([{ name: 'double', input: 1 }])
  })
})
