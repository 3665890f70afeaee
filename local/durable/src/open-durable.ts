import { randomUUID } from 'node:crypto'
import { type Clock, systemClock } from 'local-clock/clock'
import { clientBinding, type Doors } from './client/links.ts'
import { manage } from './client/management-api.ts'
import type { ManagementAnswer, ManagementRequest } from './client/management-request.ts'
import { type Concurrency, createDispatcher } from './dispatcher.ts'
import { type FunctionKind, FunctionRegistry } from './function-registry.ts'
import type { DurableFunctions, Hub, Log } from './hub.ts'
import type { Overridable } from './start-instance.ts'
import { openHubStore } from './store/hub-store.ts'
import { hasEnded, type Instance } from './store/instance-store.ts'

export interface DurableOptions {
  /** Where the hub is kept; without it a restart forgets it. */
  folder?: string | undefined
  taskHub: string
  clock?: Clock
  log?: Log
  functions: DurableFunctions
  concurrency?: Partial<Concurrency>
  overridable?: Overridable
  /** Ids of instances and executions. */
  newId?: () => string
  /** Only for tests: called after every transaction. */
  onCommit?: () => void
}

/** One running task hub. */
export interface Durable {
  register(kind: FunctionKind, name: string): void
  /** Goes on where it was left. @param doors how it is reached from outside */
  start(doors: Doors): void
  /** Answers a request to the management API. */
  handle(request: ManagementRequest): Promise<ManagementAnswer>
  /** The value of an app's client binding, as JSON. */
  clientBinding(): string
  /** Resolves when nothing can happen before time goes on. */
  idle(): Promise<void>
  /** Starts nothing any more, and resolves when what ran has ended. What is asked for now is kept for the next start. */
  rest(): Promise<void>
  /** Rests and closes the file. */
  stop(): Promise<void>
  /** As a process that dies: nothing that runs counts any more. */
  abort(): void
}

/** Functions of each kind that run at once when nothing is said. */
const defaultConcurrency = 20

/** Opens a task hub. Nothing runs before `start`. */
export function openDurable(options: DurableOptions): Durable {
  const { folder, taskHub, onCommit, clock = systemClock, log = () => {}, functions } = options
  const { newId = () => randomUUID().replaceAll('-', ''), overridable = 'NonRunningStates' } = options
  const store = openHubStore({ folder, taskHub, onCommit })
  let state: 'open' | 'aborted' | 'closed' = 'open'
  let doors: Doors = { baseUrl: '' }
  const known = new FunctionRegistry()
  const isAborted = () => state !== 'open'
  const hub: Hub = { taskHub, store, clock, log, functions, known, newId, isAborted, wake: () => dispatcher.wake() }
  const { orchestrators, activities, entities } = options.concurrency ?? {}
  const dispatcher = createDispatcher(hub, {
    orchestrators: orchestrators ?? defaultConcurrency,
    activities: activities ?? defaultConcurrency,
    entities: entities ?? defaultConcurrency,
  })
  const waits = new Set<() => void>()

  function ended(id: string, limit: number): Promise<Instance | undefined> {
    return new Promise(resolve => {
      const finish = () => {
        waits.delete(finish)
        cancel()
        unlisten()
        resolve(isAborted() ? undefined : store.instances.get(id))
      }
      const look = () => {
        const instance = isAborted() ? undefined : store.instances.get(id)
        if (!instance || hasEnded(instance)) finish()
      }
      waits.add(finish)
      const cancel = clock.setTimer(limit, finish)
      const unlisten = dispatcher.onProgress(look)
      look()
    })
  }

  function close(as: 'aborted' | 'closed'): void {
    if (state !== 'open') return
    state = as
    for (const finish of [...waits]) finish()
    store.close()
  }

  async function rest(): Promise<void> {
    for (const finish of [...waits]) finish()
    await dispatcher.stop()
  }

  return {
    register: (kind, name) => known.register(kind, name),
    start(from) {
      doors = from
      dispatcher.wake()
    },
    handle: request => manage({ hub, doors, overridable, ended }, request),
    clientBinding: () => JSON.stringify(clientBinding(doors, taskHub)),
    idle: dispatcher.idle,
    rest,
    async stop() {
      await rest()
      close('closed')
    },
    abort: () => close('aborted'),
  }
}
