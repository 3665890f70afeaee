import { type EventFields, type EventName, eventAt } from '../history.ts'
import type { Hub } from '../hub.ts'
import { type Overridable, startInstance } from '../start-instance.ts'
import { hasEnded, type Instance, type InstanceFilter } from '../store/instance-store.ts'

/** The caller asked for something that cannot be: answered 400. */
export class ArgumentError extends Error {
  override readonly name = 'System.ArgumentException'
}

/** The instance is not in a state for this: answered 500. */
export class StateError extends Error {
  override readonly name = 'System.InvalidOperationException'
}

export interface StartRequest {
  name: string
  id?: string | undefined
  /** JSON. */
  input: string | null
  version?: string | undefined
}

/** The longest id, in characters. */
const idLimit = 100

// biome-ignore lint/suspicious/noControlCharactersInRegex: ids must not contain them.
const wrongInIds = /[/\\#?\u0000-\u001f\u007f-\u009f]/

/** Starts an instance and answers its id. Throws what the caller is told. */
export function startNew(hub: Hub, request: StartRequest, overridable: Overridable): string {
  const { name, input, version = '' } = request
  if (!hub.known.has('orchestrator', name)) throw new ArgumentError(hub.known.missing('orchestrator', name))
  const id = request.id || hub.newId()
  if (id.startsWith('@')) throw new ArgumentError('Orchestration instance ids must not start with @.')
  if (wrongInIds.test(id)) {
    throw new ArgumentError('Orchestration instance ids must not contain /, \\, #, ?, or control characters.')
  }
  if (id.length > idLimit) throw new ArgumentError(`Instance ID lengths must not exceed ${idLimit} characters.`)
  const spelled = hub.known.spelled('orchestrator', name)
  const start = { id, name: spelled, input, version, parent: null }
  if (!hub.store.atomically(() => startInstance(hub, start, overridable))) {
    const status = hub.store.instances.get(id)?.status
    throw new StateError(`An Orchestration instance with the status ${status} already exists.`)
  }
  hub.wake()
  return id
}

/** An event for an instance; whether anybody waits for it is seen when it is read. */
export function raiseEvent(hub: Hub, id: string, event: { name: string; input: string }): void {
  tell(hub, id, { name: 'EventRaised', fields: { Name: event.name, Input: event.input } })
}

export function terminate(hub: Hub, id: string, reason: string | null): void {
  tell(hub, id, { name: 'ExecutionTerminated', fields: { Input: reason }, control: true })
}

/** Throws a StateError unless the instance runs. */
export function suspend(hub: Hub, { id, status }: Instance, reason: string | null): void {
  if (status === 'Suspended') throw cannot('suspend', id, status)
  tell(hub, id, { name: 'ExecutionSuspended', fields: { Reason: reason } })
}

/** Throws a StateError unless the instance is suspended. */
export function resume(hub: Hub, { id, status }: Instance, reason: string | null): void {
  if (status !== 'Suspended') throw cannot('resume', id, status)
  tell(hub, id, { name: 'ExecutionResumed', fields: { Reason: reason }, control: true })
}

function cannot(what: string, id: string, status: string): StateError {
  return new StateError(`Cannot ${what} the orchestration instance ${id} because instance is in the ${status} state.`)
}

interface News {
  name: EventName
  fields: EventFields
  control?: boolean
}

function tell(hub: Hub, instance: string, { name, fields, control = false }: News): void {
  const { store, clock } = hub
  const due = clock.now()
  store.atomically(() => {
    store.inbox.add({ instance, execution: null, due, event: eventAt(due, name, fields) }, control)
  })
  hub.wake()
}

/** Forgets an instance, whatever state it is in. */
export function purge({ store }: Hub, id: string): void {
  store.atomically(() => forget(store, id))
}

/** Forgets the instances of a filter that have ended, and answers how many. */
export function purgeEnded({ store }: Hub, filter: InstanceFilter): number {
  return store.atomically(() => {
    const ended = store.instances.list(filter).filter(hasEnded)
    for (const { id } of ended) forget(store, id)
    return ended.length
  })
}

function forget(store: Hub['store'], id: string): void {
  store.instances.remove(id)
  store.history.clear(id)
  store.inbox.removeAll(id)
}
