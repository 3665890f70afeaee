import { fileURLToPath } from 'node:url'
import type { HistoryEvent } from 'local-durable/history'
import { beforeAll, expect, test } from 'vitest'
import { beginning, loadSample, openTestHub, type Sample, type TestHub } from './durable-harness.ts'

// What the library was told in each turn and what it answered, and the history that came of it, pinned line by line: a
// change of any number, name or order shows here. `vitest run test/contract/durable/golden -u` writes the files anew.

let steps: Sample
let counters: Sample
beforeAll(async () => {
  steps = await loadSample('steps')
  counters = await loadSample('counters')
})

const text = (value: unknown) => JSON.stringify(value)

/** Moments as seconds after the beginning, so that a file can be read. */
function event({ IsPlayed, Timestamp, FireAt, ...others }: HistoryEvent): object {
  const seconds = (at: string) => (Date.parse(at) - beginning) / 1000
  return { at: seconds(Timestamp), ...(FireAt === undefined ? {} : { FireAt: seconds(FireAt) }), ...others }
}

/** The turns of one instance. */
function recorded(hub: TestHub, id: string): string {
  const turns = hub.turns.filter(({ instanceId }) => instanceId === id)
  const lines = turns.flatMap(({ history, isReplaying, answer }, index) => {
    const told = history.filter(({ IsPlayed }) => !IsPlayed)
    const { actions, ...state } = answer
    const head = { turn: index + 1, isReplaying, ...state }
    return [head, ...told.map(event), ...(actions?.[0] ?? []).map(action => ({ action }))].map(text)
  })
  const past = turns.at(-1)?.history.slice(0, -1).map(event) ?? []
  return [...lines, text('history before the last event'), ...past.map(text), ''].join('\n')
}

const scenarios: Record<string, (name: string) => Promise<string>> = {
  async sequence() {
    const hub = openTestHub(steps)
    return recorded(hub, await hub.start('sequence', [1, 2], 'one'))
  },
  async 'fan-out'() {
    const hub = openTestHub(steps)
    return recorded(hub, await hub.start('fanOut', [1, 2], 'one'))
  },
  async 'approval-in-time'() {
    const hub = openTestHub(steps)
    const id = await hub.start('approval', {}, 'one')
    await hub.pass(1_000)
    await hub.raise(id, 'Approval', { by: 'somebody' })
    return recorded(hub, id)
  },
  async 'approval-too-early'() {
    const hub = openTestHub(steps)
    await hub.request('POST', 'orchestrators/approval/one', '{}')
    await hub.request('POST', 'instances/one/raiseEvent/Approval', '1')
    await hub.durable.idle()
    return recorded(hub, 'one')
  },
  async 'approval-too-late'() {
    const hub = openTestHub(steps)
    const id = await hub.start('approval', {}, 'one')
    await hub.finish()
    return recorded(hub, id)
  },
  async 'retry-in-vain'() {
    const hub = openTestHub(steps)
    const id = await hub.start('retry', { key: 'golden', failures: 9, attempts: 2 }, 'one')
    await hub.finish()
    return recorded(hub, id)
  },
  async 'sub-orchestration'() {
    const hub = openTestHub(steps)
    return recorded(hub, await hub.start('parent', { child: 'sequence', input: [1] }, 'one'))
  },
  async 'continue-as-new'() {
    const hub = openTestHub(steps)
    return recorded(hub, await hub.start('countDown', { left: 2 }, 'one'))
  },
  async failure() {
    const hub = openTestHub(steps)
    return recorded(hub, await hub.start('failing', {}, 'one'))
  },
  async suspension() {
    const hub = openTestHub(steps)
    const id = await hub.start('waitFor', ['a'], 'one')
    for (const operation of ['suspend', 'resume']) {
      await hub.request('POST', `instances/one/${operation}?reason=because`)
      await hub.durable.idle()
    }
    await hub.raise(id, 'a', 1)
    return recorded(hub, id)
  },
  async 'entity-calls'() {
    const hub = openTestHub(counters)
    return recorded(hub, await hub.start('signalThenCall', {}, 'one'))
  },
}

test.each(Object.entries(scenarios))('%s', async (name, play) => {
  const file = fileURLToPath(new URL(`golden/${name}.jsonl`, import.meta.url))
  await expect(await play(name)).toMatchFileSnapshot(file)
})
