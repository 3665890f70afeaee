import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createVirtualClock } from 'local-clock/clock'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { beginning, loadSample, openTestHub, type Sample, type TestHub } from './durable-harness.ts'

// The process stops after each transaction in turn, is started again on what it left, and ends with the same result.

let steps: Sample
let counters: Sample
let folder: string
beforeAll(async () => {
  steps = await loadSample('steps')
  counters = await loadSample('counters')
  folder = await mkdtemp(join(tmpdir(), 'durable-crash-'))
})
afterAll(() => rm(folder, { recursive: true }))

interface Scenario {
  sample: () => Sample
  name: string
  input: unknown
  /** Raised one after the other. */
  events?: [string, unknown][]
  /** Asked for after the start. */
  operations?: string[]
}

const scenarios: Record<string, Scenario> = {
  'activities in a row': { sample: () => steps, name: 'sequence', input: [1, 2, 3] },
  'activities side by side': { sample: () => steps, name: 'fanOut', input: [1, 2, 3, 4] },
  'a timer': { sample: () => steps, name: 'sleep', input: { seconds: 60 } },
  'a failure': { sample: () => steps, name: 'failing', input: {} },
  'a sub-orchestration': { sample: () => steps, name: 'parent', input: { child: 'sequence', input: [2], id: 'child' } },
  'retries of a sub-orchestration': { sample: () => steps, name: 'childRetry', input: {} },
  'continue as new': { sample: () => steps, name: 'countDown', input: { left: 3 } },
  'early events': {
    sample: () => steps,
    name: 'collect',
    input: { wanted: 2 },
    events: [
      ['item', 'a'],
      ['item', 'b'],
    ],
  },
  'an approval': { sample: () => steps, name: 'approval', input: {}, events: [['Approval', 'yes']] },
  'a time limit': { sample: () => steps, name: 'approval', input: { seconds: 5 } },
  'a suspension': { sample: () => steps, name: 'sequence', input: [1, 2], operations: ['suspend', 'resume'] },
  entities: { sample: () => counters, name: 'count', input: { key: 'x' } },
  'signals and calls': { sample: () => counters, name: 'signalThenCall', input: {} },
}

interface Life {
  hub: TestHub
  commits: () => number
  stopped: () => boolean
}

/** A process that stops after so many transactions. */
function live(
  { sample }: Scenario,
  { name, clock, stopAfter }: { name: string; clock: TestHub['clock']; stopAfter: number },
): Life {
  let commits = 0
  let ids = 0
  const hub = openTestHub(sample(), {
    folder: join(folder, name),
    clock,
    newId: () => `${name}-${stopAfter}-${++ids}`,
    onCommit: () => {
      commits++
      if (commits === stopAfter) hub.durable.abort()
    },
  })
  return { hub, commits: () => commits, stopped: () => stopAfter > 0 && commits >= stopAfter }
}

/** Sends everything a scenario sends that was not stored before the stop, and lets time pass until the end. */
async function drive(
  { name, input, events = [], operations = [] }: Scenario,
  life: Life,
  stored: Set<string>,
): Promise<void> {
  const requests = new Map<string, [string, unknown]>([['start', [`orchestrators/${name}/job`, input]]])
  for (const operation of operations) requests.set(operation, [`instances/job/${operation}`, undefined])
  for (const [index, [event, value]] of events.entries()) {
    requests.set(`event ${index}`, [`instances/job/raiseEvent/${event}`, value])
  }
  for (const [key, [path, body]] of requests) {
    if (stored.has(key) || life.stopped()) continue
    const before = life.commits()
    const answered = life.hub.request('POST', path, body === undefined ? undefined : JSON.stringify(body))
    // A request is stored before it is answered; who is stopped in between gets no answer.
    if (life.commits() > before) stored.add(key)
    await answered
    await life.hub.durable.idle()
  }
  if (!life.stopped()) await life.hub.finish()
}

/** Runs a scenario with a stop, and once more on what is left. */
async function runWithStop(scenario: Scenario, name: string, stopAfter: number) {
  const clock = createVirtualClock(beginning)
  const stored = new Set<string>()
  const first = live(scenario, { name, clock, stopAfter })
  await drive(scenario, first, stored)
  const second = live(scenario, { name, clock, stopAfter: 0 })
  await drive(scenario, second, stored)
  const { runtimeStatus, output } = await second.hub.status('job')
  await second.hub.durable.stop()
  const calls = [...first.hub.activities, ...second.hub.activities]
  return { ended: { runtimeStatus, output }, calls: namesOf(calls), stopped: first.stopped() }
}

/** Each call once, as an activity may run again. */
function namesOf(calls: TestHub['activities']): string[] {
  return [...new Set(calls.map(call => JSON.stringify(call)))].sort()
}

describe.each(Object.entries(scenarios))('%s', (title, scenario) => {
  test('ends the same whenever the process stops', async () => {
    const plain = live(scenario, { name: `${title} plain`, clock: createVirtualClock(beginning), stopAfter: 0 })
    await drive(scenario, plain, new Set())
    const { runtimeStatus, output } = await plain.hub.status('job')
    const calls = namesOf(plain.hub.activities)
    const commits = plain.commits()
    await plain.hub.durable.stop()
    expect(commits).toBeGreaterThan(2)
    for (let stopAfter = 1; stopAfter <= commits; stopAfter++) {
      const after = `stop after ${stopAfter} of ${commits}`
      const again = await runWithStop(scenario, `${title} ${stopAfter}`, stopAfter)
      expect(again, after).toEqual({ ended: { runtimeStatus, output }, calls, stopped: true })
    }
  })
})
