import { fileURLToPath } from 'node:url'
import { createVirtualClock, type VirtualClock } from 'local-clock/clock'
import type { HistoryEvent } from 'local-durable/history'
import type { DurableFunctions } from 'local-durable/hub'
import { type Durable, type DurableOptions, openDurable } from 'local-durable/open-durable'
import { provideCoreModule } from 'local-functions/core-module'
import {
  callFunctions,
  type DurableKind,
  type DurableTargets,
  durableKinds,
} from 'local-functions/durable/call-functions'
import { createInvoker } from 'local-functions/invoke'
import { loadApp, readApp } from 'local-functions/load-app'

/** A sample app, loaded once by the real library. */
export interface Sample {
  functions: DurableFunctions
  names: [DurableKind, string][]
}

/** Runs a sample app's files and takes what they register with the real library. */
export async function loadSample(name: string): Promise<Sample> {
  provideCoreModule(() => {})
  const app = await loadApp(readApp({ folder: fileURLToPath(new URL(`apps/${name}`, import.meta.url)) }))
  await app.model.getCapabilities({})
  const targets: DurableTargets = { orchestrator: new Map(), activity: new Map(), entity: new Map() }
  const names: [DurableKind, string][] = []
  for (const { metadata, handler } of app.functions) {
    for (const [triggerName, { type }] of Object.entries(metadata.bindings)) {
      const kind = durableKinds[type.toLowerCase() as keyof typeof durableKinds]
      if (!kind) continue
      const target = { app, name: metadata.name, metadata, handler, triggerName, inputs: [], outputs: [] }
      targets[kind].set(metadata.name.toLowerCase(), target)
      names.push([kind, metadata.name])
    }
  }
  return {
    functions: callFunctions(
      createInvoker(() => {}),
      targets,
    ),
    names,
  }
}

interface Status {
  name: string
  instanceId: string
  runtimeStatus: string
  input: unknown
  output: unknown
  customStatus: unknown
  createdTime: string
  lastUpdatedTime: string
  historyEvents: Record<string, unknown>[] | null
}

/** One call of an orchestrator function: what it was given and what it answered. */
export interface Turn {
  name: string
  instanceId: string
  /** All it was given, as JSON. */
  trigger: string
  history: HistoryEvent[]
  isReplaying: boolean
  input: unknown
  answer: { isDone?: boolean; actions?: Record<string, unknown>[][]; failed?: string }
}

/** A hub under test: time stands still until the test lets it pass. */
export interface TestHub {
  durable: Durable
  clock: VirtualClock
  turns: Turn[]
  activities: { name: string; input: unknown }[]
  warnings: string[]
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
  /** Starts an instance and lets everything happen that needs no time. */
  start(name: string, input?: unknown, id?: string): Promise<string>
  raise(id: string, name: string, value?: unknown): Promise<void>
  status(id: string, query?: string): Promise<Status>
  /** Lets time pass, and whatever happens meanwhile. */
  pass(milliseconds: number): Promise<void>
  /** Lets time pass until nothing waits for it. */
  finish(): Promise<void>
}

interface Reply {
  status: number
  headers: Record<string, string>
  body: unknown
}

/** Where virtual time begins. */
export const beginning = Date.UTC(2026, 0, 1)

const limitOfTimers = 10_000

export interface TestHubOptions extends Partial<Omit<DurableOptions, 'functions' | 'clock'>> {
  clock?: VirtualClock
}

/** Opens a hub with a sample app on a virtual clock, with ids that are the same in every run. */
export function openTestHub(sample: Sample, options: TestHubOptions = {}): TestHub {
  const { clock = createVirtualClock(beginning) } = options
  const turns: Turn[] = []
  const activities: TestHub['activities'] = []
  const warnings: string[] = []
  let ids = 0
  const durable = openDurable({
    taskHub: 'TestHub',
    newId: () => `id${++ids}`,
    ...options,
    clock,
    functions: recording(sample.functions, { turns, activities }),
    log: (level, message) => level !== 'information' && warnings.push(message),
  })
  for (const [kind, name] of sample.names) durable.register(kind, name)
  durable.start({ baseUrl: 'http://test/runtime/webhooks/durabletask' })

  async function request(method: string, path: string, body?: unknown, headers = {}): Promise<Reply> {
    const url = new URL(path, 'http://test/')
    const answer = await durable.handle({
      method,
      path: url.pathname,
      query: url.searchParams,
      headers: { 'content-type': 'application/json', ...headers },
      body: body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body),
      url: url.href,
    })
    let value: unknown = answer.body
    if (answer.headers['content-type']?.startsWith('application/json')) value = JSON.parse(answer.body)
    return { status: answer.status, headers: answer.headers, body: value }
  }

  async function pass(milliseconds: number): Promise<void> {
    const end = clock.now() + milliseconds
    await durable.idle()
    for (let count = 0; clock.now() < end; count++) {
      if (count > limitOfTimers) throw new Error('Time does not pass.')
      clock.runNext(end - clock.now())
      await durable.idle()
    }
  }

  return {
    durable,
    clock,
    turns,
    activities,
    warnings,
    request,
    pass,
    async start(name, input = {}, id) {
      const reply = await request(
        'POST',
        `orchestrators/${name}${id === undefined ? '' : `/${id}`}`,
        JSON.stringify(input),
      )
      if (reply.status !== 202) throw new Error(`${reply.status} ${JSON.stringify(reply.body)}`)
      await durable.idle()
      return (reply.body as { id: string }).id
    },
    async raise(id, name, value) {
      const reply = await request('POST', `instances/${id}/raiseEvent/${name}`, JSON.stringify(value ?? null))
      if (reply.status !== 202) throw new Error(`${reply.status} ${JSON.stringify(reply.body)}`)
      await durable.idle()
    },
    async status(id, query = '') {
      const reply = await request('GET', `instances/${id}${query}`)
      if (reply.status === 404) throw new Error(`There is no ${id}.`)
      return reply.body as Status
    },
    async finish() {
      await durable.idle()
      for (let count = 0; clock.runNext(); count++) {
        if (count > limitOfTimers) throw new Error('There is no end of timers.')
        await durable.idle()
      }
    },
  }
}

type Records = Pick<TestHub, 'turns' | 'activities'>

function recording(functions: DurableFunctions, { turns, activities }: Records): DurableFunctions {
  return {
    async orchestrator(name, input) {
      const { history, isReplaying, instanceId, input: given } = JSON.parse(input)
      const turn: Turn = { name, instanceId, trigger: input, history, isReplaying, input: given, answer: {} }
      turns.push(turn)
      try {
        const result = await functions.orchestrator(name, input)
        turn.answer = JSON.parse(result ?? '{}')
        return result
      } catch (error) {
        turn.answer = { failed: error instanceof Error ? error.message : String(error) }
        throw error
      }
    },
    activity(name, input) {
      activities.push({ name, input: parsed(input) })
      return functions.activity(name, input)
    },
    entity: (name, input) => functions.entity(name, input),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
