import { beforeAll, describe, expect, test } from 'vitest'
import { beginning, loadSample, openTestHub, type Sample, type TestHub } from './durable-harness.ts'

let sample: Sample
beforeAll(async () => {
  sample = await loadSample('steps')
})

let keys = 0
const fresh = (input: object) => ({ key: `retry ${++keys}`, ...input })

/** The timers of an instance, in seconds after the beginning. */
function timersOf(hub: TestHub): number[] {
  const created = hub.turns.at(-1)?.history.filter(({ EventType }) => EventType === 10) ?? []
  return created.map(({ FireAt }) => (Date.parse(String(FireAt)) - beginning) / 1000)
}

describe('a call with retries', () => {
  test('needs no timer when it succeeds at once', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('retry', fresh({ failures: 0, attempts: 3 }))
    expect((await hub.status(id)).output).toEqual({ attempt: 1, after: 2 })
    expect(timersOf(hub)).toEqual([])
  })

  test('waits before each further attempt', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('retry', fresh({ failures: 2, attempts: 3 }))
    await hub.pass(999)
    expect(hub.activities).toHaveLength(1)
    await hub.finish()
    expect((await hub.status(id)).output).toEqual({ attempt: 3, after: 6 })
    expect(timersOf(hub)).toEqual([1, 2])
  })

  test('creates a timer that is due at once after its last failure, as the library waits for it', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('retry', fresh({ failures: 9, attempts: 2 }))
    await hub.pass(1_000)
    expect((await hub.status(id)).output).toEqual({
      failed: "Activity function 'flaky' failed: attempt 2",
      after: 42,
    })
    expect(timersOf(hub)).toEqual([1, 1])
    const ids = hub.turns.at(-1)?.history.filter(({ EventId }) => EventId >= 0)
    expect(ids?.map(({ EventId, EventType }) => [EventId, EventType])).toEqual([
      [0, 4],
      [1, 10],
      [2, 4],
      [3, 10],
      [4, 4],
    ])
  })

  test('waits longer each time with a coefficient, up to the most it may wait', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('retry', fresh({ failures: 4, attempts: 5, coefficient: 3, max: 20_000 }))
    await hub.finish()
    expect((await hub.status(id)).output).toEqual({ attempt: 5, after: 10 })
    expect(timersOf(hub)).toEqual([1, 4, 13, 33])
  })

  test('hangs for ever once the time for retries has run out, as in Azure', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('retry', fresh({ failures: 9, attempts: 5, timeout: 1_500 }))
    await hub.finish()
    expect((await hub.status(id)).runtimeStatus).toBe('Running')
    expect(timersOf(hub)).toEqual([1, 2])
    expect(hub.activities.filter(({ name }) => name === 'flaky')).toHaveLength(3)
  })
})
