import { beforeAll, expect, test } from 'vitest'
import { loadSample, openTestHub, type Sample } from './durable-harness.ts'

let sample: Sample
beforeAll(async () => {
  sample = await loadSample('steps')
})

/** The sample, counting how many of its functions of one kind run at once. */
function counting(kind: 'activity' | 'orchestrator') {
  let running = 0
  const seen = { most: 0 }
  const functions = {
    ...sample.functions,
    [kind]: async (name: string, input: string) => {
      seen.most = Math.max(seen.most, ++running)
      await new Promise(setImmediate)
      try {
        return await sample.functions[kind](name, input)
      } finally {
        running--
      }
    },
  }
  return { seen, sample: { ...sample, functions } }
}

test.each([1, 3])('no more than %i activities run at once', async limit => {
  const { seen, sample: counted } = counting('activity')
  const hub = openTestHub(counted, { concurrency: { activities: limit } })
  const id = await hub.start('fanOut', [1, 2, 3, 4, 5, 6, 7])
  expect((await hub.status(id)).output).toEqual([2, 4, 6, 8, 10, 12, 14])
  expect(seen.most).toBe(limit)
})

test.each([1, 2])('no more than %i orchestrations play at once', async limit => {
  const { seen, sample: counted } = counting('orchestrator')
  const hub = openTestHub(counted, { concurrency: { orchestrators: limit } })
  const ids = Array.from({ length: 6 }, (_, index) => `instance ${index}`)
  for (const id of ids) await hub.request('POST', `orchestrators/sequence/${encodeURIComponent(id)}`, '[1, 2]')
  await hub.durable.idle()
  for (const id of ids) expect((await hub.status(encodeURIComponent(id))).output).toEqual([2, 4])
  expect(seen.most).toBe(limit)
})

test('an instance plays one turn at a time, whatever comes meanwhile', async () => {
  const { seen, sample: counted } = counting('orchestrator')
  const hub = openTestHub(counted)
  await hub.request('POST', 'orchestrators/waitFor/one', JSON.stringify(['a', 'a', 'a']))
  for (const value of [1, 2, 3]) await hub.request('POST', 'instances/one/raiseEvent/a', String(value))
  await hub.durable.idle()
  expect((await hub.status('one')).output).toEqual([1, 2, 3])
  expect(seen.most).toBe(1)
})

test('a thousand instances all come to their end', async () => {
  const hub = openTestHub(sample)
  for (let number = 0; number < 1_000; number++)
    await hub.request('POST', `orchestrators/sequence/i${number}`, `[${number}]`)
  await hub.durable.idle()
  const { body } = await hub.request('GET', 'instances/?runtimeStatus=Completed&top=2000')
  expect(body).toHaveLength(1_000)
})
