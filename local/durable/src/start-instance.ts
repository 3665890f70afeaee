import { eventAt, type ParentInstance } from './history.ts'
import type { Hub } from './hub.ts'
import { hasEnded, type Instance } from './store/instance-store.ts'

export interface NewInstance {
  id: string
  name: string
  /** JSON. */
  input: string | null
  version: string | null
  parent: ParentInstance | null
}

/** Which existing instances a new one of the same id replaces. */
export type Overridable = 'AnyState' | 'NonRunningStates'

/**
 * Puts a new instance in place of one that has ended, or of none; false when the id is in use. To be called inside a
 * transaction.
 */
export function startInstance(hub: Hub, start: NewInstance, overridable: Overridable = 'NonRunningStates'): boolean {
  const { store, clock } = hub
  const { id, name, input, version, parent } = start
  const existing = store.instances.get(id)
  if (existing && !hasEnded(existing) && overridable !== 'AnyState') return false
  const now = clock.now()
  const execution = hub.newId()
  store.history.clear(id)
  store.inbox.removeAll(id)
  const fresh = { status: 'Pending', output: null, customStatus: null, created: now, updated: now } as const
  const instance: Instance = { id, execution, name, input, version, parent, ...fresh }
  store.instances.save(instance)
  tellStart(hub, instance)
  return true
}

/** Lets an execution begin. */
export function tellStart({ store, clock }: Hub, instance: Instance): void {
  const { id, execution, name, input, version, parent } = instance
  const now = clock.now()
  store.inbox.add({
    instance: id,
    execution,
    due: now,
    event: eventAt(now, 'ExecutionStarted', {
      Name: name,
      Input: input,
      Version: version,
      OrchestrationInstance: { InstanceId: id, ExecutionId: execution },
      ParentInstance: parent,
    }),
  })
}
