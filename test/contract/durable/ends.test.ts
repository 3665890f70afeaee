import { beforeAll, describe, expect, test, vi } from 'vitest'
import { loadSample, openTestHub, type Sample } from './durable-harness.ts'

let sample: Sample
beforeAll(async () => {
  sample = await loadSample('steps')
})

const hour = 3_600_000

describe('nothing ends while a task is open', () => {
  test('neither a success', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('endWithOpenTimer', { how: 'return' })
    expect(await hub.status(id)).toMatchObject({ runtimeStatus: 'Running', output: null })
    await hub.pass(hour)
    expect(await hub.status(id)).toMatchObject({ runtimeStatus: 'Completed', output: 'ended' })
  })

  test('nor a failure', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('endWithOpenTimer', { how: 'fail' })
    expect((await hub.status(id)).runtimeStatus).toBe('Running')
    await hub.pass(hour)
    expect(await hub.status(id)).toMatchObject({
      runtimeStatus: 'Failed',
      output: "Orchestrator function 'endWithOpenTimer' failed: failed with an open timer",
    })
  })

  test('nor an execution that continues as new', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('continueWithOpenTimer', { round: 1 })
    await hub.raise(id, 'go')
    expect((await hub.status(id)).runtimeStatus).toBe('Running')
    await hub.pass(5 * hour - 1)
    expect((await hub.status(id)).runtimeStatus).toBe('Running')
    await hub.pass(1)
    expect(await hub.status(id)).toMatchObject({ runtimeStatus: 'Completed', output: 'second round' })
  })

  test('but a cancelled timer is not open, and fires for nobody', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('endWithOpenTimer', { how: 'cancel' })
    expect((await hub.status(id)).runtimeStatus).toBe('Completed')
    const turns = hub.turns.length
    await hub.finish()
    expect(hub.turns).toHaveLength(turns)
  })

  test('and Task.all fails in the library at once, in the host only when all have ended', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('allWithFailure')
    expect((await hub.status(id)).runtimeStatus).toBe('Running')
    await hub.raise(id, 'never')
    expect(await hub.status(id)).toMatchObject({ output: "Activity function 'fail' failed: no one" })
  })
})

describe('continue as new', () => {
  test('begins with the new input and an empty history', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('countDown', { left: 3 })
    expect(await hub.status(id)).toMatchObject({ runtimeStatus: 'Completed', output: [6, 4, 2] })
    expect(hub.turns.filter(({ isReplaying }) => !isReplaying).map(({ history }) => history.length)).toEqual([
      2, 2, 2, 2,
    ])
  })

  test('is a new execution of the same instance', async () => {
    const hub = openTestHub(sample)
    await hub.start('countDown', { left: 1 })
    const executions = hub.turns.map(({ history }) => history[1]?.OrchestrationInstance?.ExecutionId)
    expect(new Set(executions).size).toBe(2)
  })

  test('encodes a text twice, as the library does', async () => {
    const hub = openTestHub(sample)
    expect((await hub.status(await hub.start('continueWithText', 'first'))).output).toBe('"next"')
  })

  test('keeps the custom status', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('status', { again: true })
    await hub.raise(id, 'go')
    expect(await hub.status(id)).toMatchObject({ runtimeStatus: 'Running', customStatus: { step: 2 } })
  })

  test('sends events nobody has read to the new execution, in order', async () => {
    const hub = openTestHub(sample)
    await hub.request('POST', 'orchestrators/collect/c', JSON.stringify({ wanted: 4 }))
    for (const value of [1, 2, 3, 4]) await hub.request('POST', 'instances/c/raiseEvent/item', String(value))
    await hub.durable.idle()
    expect((await hub.status('c')).output).toEqual([1, 2, 3, 4])
  })

  test('keeps what came while the old execution waited for its open tasks', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('continueBesideWait', { round: 1 })
    await hub.raise(id, 'go')
    await hub.raise(id, 'other', 'for the second round')
    expect((await hub.status(id)).runtimeStatus).toBe('Running')
    await hub.pass(10_000)
    expect(await hub.status(id)).toMatchObject({ output: 'for the second round' })
  })

  test('is still told to its parent when it ends', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('parent', { child: 'countDown', input: { left: 2 } })
    expect((await hub.status(id)).output).toEqual({ child: [4, 2] })
  })
})

describe('a change of the code of an instance in flight', () => {
  test.each([
    [2, /sequence ID 0 and name 'echo'.*instead scheduled an activity task named 'double'/],
    [3, /sequence ID 0 and name 'echo'.*instead scheduled a timer task/],
    [4, /sequence ID 0 and name 'echo'.*hasn't \(yet\?\) scheduled this task/],
  ])('to version %i fails it', async (version, reason) => {
    vi.stubEnv('CODE_VERSION', '1')
    const hub = openTestHub(sample)
    const id = await hub.start('changing')
    vi.stubEnv('CODE_VERSION', String(version))
    await hub.raise(id, 'go', 1)
    const { runtimeStatus, output } = await hub.status(id)
    expect(runtimeStatus).toBe('Failed')
    expect(output).toMatch(/^Non-Deterministic workflow detected/)
    expect(output).toMatch(reason)
  })
})
