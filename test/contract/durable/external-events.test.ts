import { beforeAll, describe, expect, test } from 'vitest'
import { loadSample, openTestHub, type Sample } from './durable-harness.ts'

let sample: Sample
beforeAll(async () => {
  sample = await loadSample('steps')
})

describe('events', () => {
  test.each([[{ ok: true }], ['text'], [5], [null], [[1]]])('hand over %j', async value => {
    const hub = openTestHub(sample)
    const id = await hub.start('waitFor', ['a'])
    await hub.raise(id, 'a', value)
    expect((await hub.status(id)).output).toEqual([value])
  })

  test('that come before anybody waits are kept, the oldest first', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('waitFor', ['b', 'a', 'a'])
    for (const value of [1, 2]) await hub.raise(id, 'a', value)
    await hub.raise(id, 'b', 'go')
    expect((await hub.status(id)).output).toEqual(['go', 1, 2])
  })

  test('nobody waits for do not end anything', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('waitFor', ['a'])
    await hub.raise(id, 'b', 1)
    expect((await hub.status(id)).runtimeStatus).toBe('Running')
  })

  test('go to the youngest of several waits', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('waitForAll', ['a', 'a', 'a'])
    for (const value of [1, 2, 3]) await hub.raise(id, 'a', value)
    expect((await hub.status(id)).output).toEqual([3, 2, 1])
  })

  test('in another letter case are not seen by the library, so the orchestration waits on', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('waitFor', ['Approval'])
    await hub.raise(id, 'approval', 'lower')
    expect((await hub.status(id)).runtimeStatus).toBe('Running')
    await hub.raise(id, 'Approval', 'exact')
    expect((await hub.status(id)).output).toEqual(['exact'])
  })

  test('for an orchestration that has not run yet wait for it', async () => {
    const hub = openTestHub(sample)
    await hub.request('POST', 'orchestrators/workThenWait/early', JSON.stringify('go'))
    await hub.request('POST', 'instances/early/raiseEvent/go', '"soon"')
    await hub.durable.idle()
    expect((await hub.status('early')).output).toBe('soon')
  })
})

describe('an approval with a time limit', () => {
  test('that comes in time is taken, and the cancelled limit holds nothing up', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('approval')
    await hub.raise(id, 'Approval', 'yes')
    expect(await hub.status(id)).toMatchObject({
      runtimeStatus: 'Completed',
      output: { before: 2, approved: 'yes', after: 6 },
    })
  })

  test('that does not come ends with the limit', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('approval')
    await hub.pass(60_000)
    expect((await hub.status(id)).output).toEqual({ before: 2, late: 4 })
  })

  test('that came before anybody waited keeps the numbers right', async () => {
    const hub = openTestHub(sample)
    await hub.request('POST', 'orchestrators/approval/early', '{}')
    await hub.request('POST', 'instances/early/raiseEvent/Approval', '"early"')
    await hub.durable.idle()
    expect((await hub.status('early')).output).toEqual({ before: 2, approved: 'early', after: 6 })
    const numbered = hub.turns.at(-1)?.history.filter(({ EventId }) => EventId >= 0)
    expect(numbered?.map(({ EventId, EventType }) => [EventId, EventType])).toEqual([
      [0, 4],
      [1, 10],
      [2, 4],
    ])
  })

  test('that comes after the limit is ignored', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('approval')
    await hub.pass(60_000)
    expect((await hub.request('POST', `instances/${id}/raiseEvent/Approval`, '1')).status).toBe(410)
  })

  test('asked for again and again reads each event once', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('waitAgain', 4)
    await hub.raise(id, 'tick', 'a')
    await hub.pass(10_000)
    await hub.raise(id, 'tick', 'b')
    await hub.raise(id, 'tick', 'c')
    // The abandoned wait of the second round is older than those after it, so it gets nothing.
    expect((await hub.status(id)).output).toEqual(['a', 'late', 'b', 'c'])
  })
})
