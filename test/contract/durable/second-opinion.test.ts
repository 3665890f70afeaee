import {
  InMemoryOrchestrationBackend,
  RetryPolicy,
  TestOrchestrationClient,
  TestOrchestrationWorker,
} from '@microsoft/durabletask-js'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { loadSample, openTestHub, type Sample } from './durable-harness.ts'
import { activities, type Program, programs, type Tools } from './opinion-programs.ts'

// The same programs on this hub, with the library of Azure Functions, and on the in-memory engine of the Durable Task
// SDK, which shares no code with either.

type Context = Parameters<Parameters<TestOrchestrationWorker['addNamedOrchestrator']>[1]>[0]

let sample: Sample
const backend = new InMemoryOrchestrationBackend()
const client = new TestOrchestrationClient(backend)
const worker = new TestOrchestrationWorker(backend)

beforeAll(async () => {
  // That engine tells every step of its own.
  for (const level of ['log', 'info', 'debug', 'warn', 'error'] as const) vi.spyOn(console, level).mockReturnValue()
  sample = await loadSample('opinion')
  const { whenAll, whenAny } = await import('@microsoft/durabletask-js')
  for (const [name, activity] of Object.entries(activities)) {
    worker.addNamedActivity(name, (_: unknown, input: unknown) => activity(input as never))
  }
  for (const [name, program] of Object.entries(programs)) {
    worker.addNamedOrchestrator(name, (context: Context, input: unknown) => {
      const tools: Tools<unknown> = {
        activity: (called, given) => context.callActivity(called, given),
        retried: (called, given, attempts) => {
          const retry = new RetryPolicy({ firstRetryIntervalInMilliseconds: 10, maxNumberOfAttempts: attempts })
          return context.callActivity(called, given, { retry })
        },
        timer: milliseconds => context.createTimer(new Date(context.currentUtcDateTime.getTime() + milliseconds)),
        event: wanted => context.waitForExternalEvent(wanted),
        child: (called, given) => context.callSubOrchestrator(called, given),
        all: tasks => whenAll(tasks as never),
        any: tasks => whenAny(tasks as never),
        cancel: timer => (timer as { cancel?(): void }).cancel?.(),
        valueOf: task => (task as { getResult(): unknown }).getResult(),
        continueAsNew: given => context.continueAsNew(given, true),
      }
      return played(program, tools, input)
    })
  }
  await worker.start()
})

afterAll(async () => {
  await worker.stop()
  backend.reset()
})

/** That engine wants an asynchronous generator. */
async function* played(
  program: Program,
  tools: Tools<unknown>,
  input: unknown,
): AsyncGenerator<unknown, unknown, never> {
  const run = program(tools, input as never)
  let step = run.next()
  while (!step.done) {
    try {
      step = run.next((yield step.value) as never)
    } catch (error) {
      step = run.throw(error)
    }
  }
  return step.value
}

test.each([
  ['chain', 5, []],
  ['fan', [1, 2, 3, 4], []],
  ['fails', 'money', []],
  ['uncaught', 'money', []],
  ['retriedInTime', { key: 'in time', failures: 2 }, []],
  ['retriedInVain', { key: 'in vain', failures: 9 }, []],
  ['limit', {}, []],
  ['approved', {}, [['approval', 'yes']]],
  ['family', 2, []],
  ['brokenFamily', 'money', []],
  ['rounds', { left: 3, sum: 0 }, []],
  [
    'twoEvents',
    {},
    [
      ['item', 1],
      ['item', 2],
    ],
  ],
] as [string, unknown, [string, unknown][]][])('%s ends alike on both engines', async (name, input, events) => {
  const theirs = await runThere(name, engineInput(input, 'there'), events)
  const ours = await runHere(name, engineInput(input, 'here'), events)
  expect(ours).toEqual(theirs)
})

/** Activities that count their failures count them for each engine. */
function engineInput(input: unknown, engine: string): unknown {
  const { key, ...others } = Object(input) as { key?: string }
  return key === undefined ? input : { ...others, key: `${key} ${engine}` }
}

async function runHere(name: string, input: unknown, events: [string, unknown][]) {
  const hub = openTestHub(sample)
  const id = await hub.start(name, input)
  for (const [event, value] of events) await hub.raise(id, event, value)
  await hub.finish()
  const { runtimeStatus, output } = await hub.status(id)
  return { ended: runtimeStatus, output: runtimeStatus === 'Failed' ? null : output }
}

async function runThere(name: string, input: unknown, events: [string, unknown][]) {
  const id = await client.scheduleNewOrchestration(name, input)
  for (const [event, value] of events) await client.raiseOrchestrationEvent(id, event, value)
  const state = await client.waitForOrchestrationCompletion(id, true, 10)
  const failed = state?.failureDetails !== undefined
  const output: unknown = state?.serializedOutput === undefined || failed ? null : JSON.parse(state.serializedOutput)
  return { ended: failed ? 'Failed' : 'Completed', output }
}
