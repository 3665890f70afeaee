import { beforeAll, describe, expect, test } from 'vitest'
import { beginning, loadSample, openTestHub, type Sample } from './durable-harness.ts'

let sample: Sample
beforeAll(async () => {
  sample = await loadSample('steps')
})

const hour = 3_600_000

describe('activities', () => {
  test('run one after another', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('sequence', [1, 2, 3])
    expect(await hub.status(id)).toMatchObject({ runtimeStatus: 'Completed', output: [2, 4, 6] })
    expect(hub.activities.map(({ input }) => input)).toEqual([1, 2, 3])
  })

  test('run side by side, and their results stand in the order of the calls', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('fanOut', [5, 6, 7, 8])
    expect(await hub.status(id)).toMatchObject({ runtimeStatus: 'Completed', output: [10, 12, 14, 16] })
    expect(hub.turns[0]?.answer.actions?.[0]).toHaveLength(1)
  })

  test.each([
    ['text', 'text'],
    ['5', '5'],
    ['"quoted"', '"quoted"'],
    [5, 5],
    [true, true],
    [null, null],
    [
      [1, 'a'],
      [1, 'a'],
    ],
    [{ amount: 1 }, { amount: 1 }],
  ])('are handed %j as it was given, and their results come back', async (input, result) => {
    const hub = openTestHub(sample)
    const id = await hub.start('activityResult', { name: 'echo', input })
    expect((await hub.status(id)).output).toEqual({ result })
  })

  test('without a result give null', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('activityResult', { name: 'nothing' })
    expect((await hub.status(id)).output).toEqual({ result: null })
    expect(hub.turns[1]?.history).toContainEqual(expect.objectContaining({ EventType: 5, Result: 'null' }))
  })

  test('without an input get null', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('activityResult', { name: 'kindOf' })
    expect((await hub.status(id)).output).toEqual({ result: 'null' })
  })

  test('that fail throw where they are awaited, with their name and message', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('catchFailure')
    const { output } = await hub.status(id)
    expect(output).toMatch(/^Activity function 'fail' failed: no luck \n \{/)
  })

  test('are found in any letter case', async () => {
    const hub = openTestHub(sample)
    expect(await hub.status(await hub.start('letterCase'))).toMatchObject({ output: 8 })
  })

  test('nobody knows leave the orchestration waiting for ever, and the log says so', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('misspelled')
    await hub.finish()
    expect((await hub.status(id)).runtimeStatus).toBe('Running')
    expect(hub.warnings.join()).toContain("the function 'doubel' doesn't exist")
  })
})

describe('an orchestration', () => {
  test.each([[{ a: 1 }], [[1]], ['text'], [0], [null]])('returns its input %j', async input => {
    const hub = openTestHub(sample)
    expect((await hub.status(await hub.start('returnInput', input))).output).toEqual(input)
  })

  test('that was started without an input finds an empty text, as the library posts one', async () => {
    const hub = openTestHub(sample)
    await hub.request('POST', 'orchestrators/returnInput/a', '""')
    await hub.durable.idle()
    expect((await hub.status('a')).output).toBe('')
  })

  test('that throws fails with its name and message', async () => {
    const hub = openTestHub(sample)
    const status = await hub.status(await hub.start('failing'))
    expect(status).toMatchObject({
      runtimeStatus: 'Failed',
      output: "Orchestrator function 'failing' failed: not today",
    })
  })

  test('fails with the failure of an activity it did not catch', async () => {
    const hub = openTestHub(sample)
    const { runtimeStatus, output } = await hub.status(await hub.start('failWithActivity'))
    expect(runtimeStatus).toBe('Failed')
    expect(output).toMatch(/^Orchestrator function 'failWithActivity' failed: Activity function 'fail' failed: no luck/)
  })

  test('fails when it yields what is no task', async () => {
    const hub = openTestHub(sample)
    const { runtimeStatus, output } = await hub.status(await hub.start('yieldsNothing'))
    expect(runtimeStatus).toBe('Failed')
    expect(output).toContain('programming constraint violation')
  })

  test('that calls HTTP fails with the reason, and asks for nothing', async () => {
    const hub = openTestHub(sample)
    const { runtimeStatus, output } = await hub.status(await hub.start('callsHttp'))
    expect(runtimeStatus).toBe('Failed')
    expect(output).toContain('callHttp is not emulated')
  })

  test('gets the same guids in every replay', async () => {
    const hub = openTestHub(sample)
    const { output } = await hub.status(await hub.start('guids', {}, 'same'))
    const again = openTestHub(sample)
    expect((await again.status(await again.start('guids', {}, 'same'))).output).toEqual(output)
  })

  test('is called with a history that begins with its first turn, new events not yet played', async () => {
    const hub = openTestHub(sample)
    await hub.start('sequence', [1])
    const [first, second] = hub.turns
    expect(first?.history.map(({ EventType }) => EventType)).toEqual([12, 0])
    expect(first?.isReplaying).toBe(false)
    expect(second?.history.map(({ EventType }) => EventType)).toEqual([12, 0, 4, 13, 12, 5])
    expect(second?.history.map(({ IsPlayed }) => IsPlayed)).toEqual([true, true, true, true, false, false])
    expect(second?.isReplaying).toBe(true)
  })
})

describe('timers', () => {
  test('fire when they are due and not before', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('sleep', { seconds: 3600 })
    await hub.pass(hour - 1)
    expect((await hub.status(id)).runtimeStatus).toBe('Running')
    await hub.pass(1)
    const { runtimeStatus, output } = await hub.status(id)
    expect(runtimeStatus).toBe('Completed')
    expect(output).toBe(new Date(beginning + hour).toISOString())
  })

  test('of seven days take no time on a clock that is told to go on, and are one timer', async () => {
    const hub = openTestHub(sample)
    const started = performance.now()
    const id = await hub.start('sleep', { seconds: 7 * 24 * 3600 })
    await hub.finish()
    expect(await hub.status(id)).toMatchObject({ output: new Date(beginning + 168 * hour).toISOString() })
    expect(hub.turns.at(-1)?.history.filter(({ EventType }) => EventType === 10)).toHaveLength(1)
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  test('of a hundred years are not split either', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('sleep', { seconds: 100 * 365 * 24 * 3600 })
    await hub.finish()
    expect((await hub.status(id)).runtimeStatus).toBe('Completed')
    expect(hub.turns).toHaveLength(2)
  })

  test('in the past fire at once', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('sleep', { seconds: -5 })
    expect((await hub.status(id)).runtimeStatus).toBe('Completed')
  })
})

describe('sub-orchestrations', () => {
  test('give their output to their parent', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('parent', { child: 'sequence', input: [4], id: 'child' })
    expect((await hub.status(id)).output).toEqual({ child: [8] })
    expect(await hub.status('child')).toMatchObject({ name: 'sequence', runtimeStatus: 'Completed', output: [8] })
  })

  test('know their parent, and get an id made of its execution when none is given', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('parent', { child: 'whoIsParent' }, 'boss')
    const { output } = await hub.status(id)
    expect(output).toEqual({ child: { parent: 'boss', id: expect.stringMatching(/^id\d+:0$/) } })
  })

  test('that fail throw where they are awaited', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('parent', { child: 'failing', input: {} })
    expect((await hub.status(id)).output).toEqual({ failed: "Orchestrator function 'failing' failed: not today" })
  })

  test('are tried again, each time as a new instance', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('childRetry')
    await hub.finish()
    expect((await hub.status(id)).output).toEqual({
      failed: "Orchestrator function 'failing' failed: not today",
      after: 8,
    })
    expect(hub.turns.filter(({ name, isReplaying }) => name === 'failing' && !isReplaying)).toHaveLength(2)
  })

  test('whose id is in use are not started, and the log says so', async () => {
    const hub = openTestHub(sample)
    await hub.start('waitFor', ['go'], 'busy')
    const id = await hub.start('parent', { child: 'returnInput', input: 1, id: 'busy' })
    expect((await hub.status(id)).runtimeStatus).toBe('Running')
    expect(hub.warnings.join()).toContain("waits for 'busy'")
  })

  test('that are terminated cannot be understood by the library, so the parent fails', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('parent', { child: 'waitFor', input: ['go'], id: 'child' })
    await hub.request('POST', 'instances/child/terminate?reason=enough')
    await hub.durable.idle()
    expect(await hub.status('child')).toMatchObject({ runtimeStatus: 'Terminated', output: 'enough' })
    expect((await hub.status(id)).runtimeStatus).toBe('Failed')
  })
})

describe('the custom status', () => {
  test('is the last one that was set', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('status')
    expect((await hub.status(id)).customStatus).toEqual({ step: 2 })
    await hub.raise(id, 'go')
    expect(await hub.status(id)).toMatchObject({ runtimeStatus: 'Completed', customStatus: { step: 2 } })
  })

  test('above 16 KB fails the orchestration', async () => {
    const hub = openTestHub(sample)
    const { runtimeStatus, output } = await hub.status(await hub.start('largeStatus'))
    expect(runtimeStatus).toBe('Failed')
    expect(output).toContain('must not exceed 16 KB')
  })
})
