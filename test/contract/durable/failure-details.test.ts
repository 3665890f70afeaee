import { beforeAll, describe, expect, test } from 'vitest'
import { loadSample, openTestHub, type Sample } from './durable-harness.ts'

let sample: Sample
beforeAll(async () => {
  sample = await loadSample('details')
})

describe('an app that says what matters of its errors', () => {
  test('finds it where the activity is awaited', async () => {
    const hub = openTestHub(sample)
    expect((await hub.status(await hub.start('spending'))).output).toEqual({
      known: true,
      errorType: 'LimitError',
      errorMessage: 'above the limit',
      properties: { limit: 100 },
      task: 'spend',
    })
  })

  test('finds it where the sub-orchestration is awaited that did not catch it', async () => {
    const hub = openTestHub(sample)
    expect((await hub.status(await hub.start('parent'))).output).toEqual({
      errorType: 'LimitError',
      properties: { limit: 5 },
    })
  })

  test('shows the message, not the JSON it came in', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('spending')
    const { historyEvents } = await hub.status(id, '?showHistory=true')
    expect(historyEvents?.[1]).toMatchObject({
      EventType: 'TaskFailed',
      Reason: "Activity function 'spend' failed: above the limit",
    })
  })
})

test('a failure that is not to be retried creates no timer, so the library waits for ever', async () => {
  const hub = openTestHub(sample)
  const id = await hub.start('retryingInVain')
  await hub.finish()
  expect((await hub.status(id)).runtimeStatus).toBe('Running')
  expect(hub.activities).toHaveLength(1)
})
