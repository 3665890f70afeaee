import fc from 'fast-check'
import { type Action, readAnswer } from 'local-durable/replay/answer'
import { replayActions } from 'local-durable/replay/replay-actions'
import { beforeAll, describe, expect, test } from 'vitest'
import { loadSample, openTestHub, type Sample, type TestHub, type Turn } from './durable-harness.ts'

// Random programs: whatever they ask for, host and library must arrive at the same numbers, each by itself.

let sample: Sample
beforeAll(async () => {
  sample = await loadSample('random')
})

type Leaf =
  | { kind: 'activity' | 'child'; fails: boolean }
  | { kind: 'retry'; attempts: number; failures: number; interval: number }
  | { kind: 'timer'; milliseconds: number }
  | { kind: 'event'; name: string }

type Step = Leaf | { kind: 'any'; cancels: boolean; steps: Leaf[] } | { kind: 'all'; steps: Leaf[] }

const eventNames = ['a', 'b']
const call = (fails: fc.Arbitrary<boolean>): fc.Arbitrary<Leaf> =>
  fc.record({ kind: fc.constantFrom('activity' as const, 'child' as const), fails })
const timer: fc.Arbitrary<Leaf> = fc.record({ kind: fc.constant('timer' as const), milliseconds: fc.nat(100_000) })
const event: fc.Arbitrary<Leaf> = fc.record({
  kind: fc.constant('event' as const),
  name: fc.constantFrom(...eventNames),
})
const retry = (mayFail: boolean): fc.Arbitrary<Leaf> =>
  fc
    .record({
      attempts: fc.integer({ min: 1, max: 3 }),
      failures: fc.nat(4),
      interval: fc.integer({ min: 1, max: 9_000 }),
    })
    .map(({ attempts, failures, interval }) => {
      return { kind: 'retry', attempts, failures: mayFail ? failures : Math.min(failures, attempts - 1), interval }
    })

/** In Task.all nothing fails: the library goes on at the first failure, the host when all have ended. */
const together = fc.array(fc.oneof(call(fc.constant(false)), retry(false), timer, event), {
  minLength: 1,
  maxLength: 4,
})

/** In Task.any nothing is retried: a cancelled timer ends the wait at once in the host, and retries come after it. */
const race = fc.array(fc.oneof(call(fc.boolean()), timer, event), { minLength: 1, maxLength: 4 })

const step: fc.Arbitrary<Step> = fc.oneof(
  call(fc.boolean()),
  retry(true),
  timer,
  event,
  fc.record({ kind: fc.constant('all' as const), steps: together }),
  fc.record({ kind: fc.constant('any' as const), cancels: fc.boolean(), steps: race }),
)

/** What happens from outside: an event, or time that passes. */
const happening = fc.oneof(fc.constantFrom(...eventNames), fc.nat(50_000))

let instances = 0

async function play(program: Step[], happenings: (string | number)[]) {
  const hub = openTestHub(sample)
  const id = `random ${++instances}`
  await hub.request('POST', `orchestrators/random/${encodeURIComponent(id)}`, JSON.stringify(program))
  const raise = (name: string) =>
    hub.request('POST', `instances/${encodeURIComponent(id)}/raiseEvent/${name}`, JSON.stringify({ name }))
  for (const one of happenings) {
    if (typeof one === 'number') await hub.pass(one)
    // What follows does not wait for it to be read, so that several may come at once.
    else await raise(one)
  }
  const status = async () => hub.status(encodeURIComponent(id))
  for (let count = 0; count < 60; count++) {
    await hub.finish()
    const { runtimeStatus } = await status()
    if (runtimeStatus !== 'Running') break
    for (const name of eventNames) await raise(name)
  }
  return { hub, id, ...(await status()) }
}

/** Each step must have been given what was its own. */
function expectOwn(program: Step[], given: unknown): void {
  const results = given as { value?: unknown; winner?: number; failed?: string }[]
  expect(results).toHaveLength(program.length)
  for (const [index, step] of program.entries()) {
    const { value, winner, failed } = results[index] ?? {}
    if (step.kind === 'all') {
      const values = value as unknown[]
      for (const [member, leaf] of step.steps.entries())
        expectLeaf(leaf, `${index}.${member}`, { value: values[member] })
    } else if (step.kind === 'any') {
      const leaf = step.steps[winner ?? -1]
      expect(leaf).toBeDefined()
      if (leaf && 'fails' in leaf && leaf.fails) expect(value).toContain(`failed ${index}.${winner}`)
      else if (leaf) expectLeaf(leaf, `${index}.${winner}`, { value })
    } else expectLeaf(step, String(index), { value, failed })
  }
}

function expectLeaf(
  leaf: Leaf,
  tag: string,
  { value, failed }: { value?: unknown; failed?: string | undefined },
): void {
  const fails = leaf.kind === 'retry' ? leaf.failures >= leaf.attempts : 'fails' in leaf && leaf.fails
  if (fails) expect(failed).toContain(`failed ${tag}`)
  else if (leaf.kind === 'timer') expect(value ?? null).toBeNull()
  else expect(value).toEqual(leaf.kind === 'event' ? { name: leaf.name } : tag)
}

/** The library gives the same answer to every prefix of the history again, and the host asks for nothing new. */
async function expectReplays(hub: TestHub, id: string): Promise<void> {
  const turns = hub.turns.filter(({ instanceId }) => instanceId === id)
  for (const [index, turn] of turns.entries()) {
    const again = JSON.parse((await sample.functions.orchestrator('random', turn.trigger)) ?? 'null')
    expect(again).toEqual(turn.answer)
    const next = turns[index + 1]
    if (next) expectNothingNew(turn, next)
  }
  const numbers = turns.at(-1)?.history.flatMap(({ EventId }) => (EventId >= 0 ? [EventId] : [])) ?? []
  expect(numbers).toEqual(numbers.map((_, index) => index))
}

function expectNothingNew(turn: Turn, next: Turn): void {
  const end = next.history.findLastIndex(({ EventType }) => EventType === 12)
  const past = next.history.slice(0, end)
  expect(past.slice(0, turn.history.length)).toEqual(turn.history.map(played => ({ ...played, IsPlayed: true })))
  const execution = turn.history[1]?.OrchestrationInstance?.ExecutionId ?? ''
  const known = { has: () => true }
  const answer = readAnswer(JSON.stringify(turn.answer))
  const { instanceId, name } = turn
  const decision = replayActions({ instanceId, execution, name, answer, history: past, known, warn: () => {} })
  expect(decision.work).toEqual([])
  // The host does not lag behind: whatever the library asked for has a number.
  const asked = answer.actions.map(numbersOf).reduce((sum, count) => sum + count, 0)
  expect(past.filter(({ EventId }) => EventId >= 0).length).toBeGreaterThanOrEqual(asked)
}

/** How many numbers an action takes at least; retries take more. */
function numbersOf(action: Action): number {
  if (action.kind === 'any' || action.kind === 'all')
    return action.children.reduce((sum, one) => sum + numbersOf(one), 0)
  return action.kind === 'event' ? 0 : 1
}

describe('random programs', () => {
  test('end with what each of their steps was given, and replay alike from every prefix', {
    timeout: 120_000,
  }, async () => {
    const programs = fc.array(step, { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(programs, fc.array(happening, { maxLength: 8 }), async (program, happenings) => {
        const { hub, id, runtimeStatus, output } = await play(program, happenings)
        expect({ runtimeStatus, output: runtimeStatus === 'Completed' ? '' : output }).toEqual({
          runtimeStatus: 'Completed',
          output: '',
        })
        expectOwn(program, output)
        await expectReplays(hub, id)
        await hub.durable.stop()
      }),
      { numRuns: 200 },
    )
  })
})

test('a retried call beside a limit that is cancelled after a retry breaks the numbers, as it would by the source of the extension', async () => {
  const hub = openTestHub(sample)
  const id = await hub.start('retryBesideLimit')
  await hub.pass(60_000)
  const { runtimeStatus, output } = await hub.status(id)
  expect(runtimeStatus).toBe('Failed')
  expect(output).toContain('Non-Deterministic workflow detected')
})
