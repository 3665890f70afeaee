import { eventAt, type HistoryEvent } from '../history.ts'
import type { Hub } from '../hub.ts'
import type { Decision, End } from '../replay/replay-actions.ts'
import type { RequestedWork } from '../replay/requested-work.ts'
import { startInstance, tellStart } from '../start-instance.ts'
import { hasEnded, type Instance } from '../store/instance-store.ts'
import type { StoredMessage } from '../store/message-store.ts'
import { closingEvent, type Ending, endInstance } from './end-instance.ts'

/** A turn that has been played and is about to count. */
export interface PlayedTurn {
  instance: Instance
  /** What it was told, beginning with the start of the turn. */
  told: HistoryEvent[]
  /** The messages that are thereby read. */
  read: readonly StoredMessage[]
  decision: Decision
}

/** Makes a turn count: history, messages read, work asked for, and the end, all or nothing. */
export function recordTurn(hub: Hub, turn: PlayedTurn): void {
  const { store, clock } = hub
  store.atomically(() => {
    const { id, execution } = turn.instance
    const current = store.instances.get(id)
    // Purged or started again while its function ran.
    if (current?.execution !== execution || hasEnded(current)) return
    const now = clock.now()
    const { work, customStatus, end } = turn.decision
    store.inbox.remove(turn.read)
    const instance: Instance = {
      ...current,
      status: 'Running',
      updated: now,
      customStatus: customStatus ?? current.customStatus,
    }
    store.instances.save(instance)
    for (const one of work) request(hub, instance, one)
    if (end?.status === 'ContinuedAsNew') return continueAsNew(hub, instance, end)
    const ending = end && endingOf(end)
    store.history.append(id, [
      ...turn.told,
      ...work.map(one => requestEvent(now, one)),
      ...(ending ? [closingEvent(now, turn.decision.nextId, ending)] : []),
      eventAt(now, 'OrchestratorCompleted'),
    ])
    if (ending) endInstance(hub, instance, ending)
  })
}

function endingOf(end: Exclude<End, { status: 'ContinuedAsNew' }>): Ending {
  if (end.status === 'Completed') return end
  const { reason, ...others } = end
  return { ...others, output: reason }
}

/** How a request stands in history. */
function requestEvent(now: number, work: RequestedWork): HistoryEvent {
  const EventId = work.id
  switch (work.kind) {
    case 'activity':
      return eventAt(now, 'TaskScheduled', {
        EventId,
        Name: work.name,
        Version: '',
        Input: JSON.stringify([work.input]),
      })
    case 'timer':
      return eventAt(now, 'TimerCreated', { EventId, FireAt: new Date(work.fireAt).toISOString() })
    case 'subOrchestration': {
      const { name: Name, version: Version, instanceId: InstanceId, input } = work
      const fields = { EventId, Name, Version, InstanceId, Input: JSON.stringify(input) }
      return eventAt(now, 'SubOrchestrationInstanceCreated', fields)
    }
    case 'send': {
      const { name: Name, instanceId: InstanceId, input: Input } = work
      return eventAt(now, 'EventSent', { EventId, Name, InstanceId, Input })
    }
  }
}

/** Puts a request where it will be worked off. */
function request(hub: Hub, { id, execution }: Instance, work: RequestedWork): void {
  const { store, clock } = hub
  const now = clock.now()
  switch (work.kind) {
    case 'activity': {
      const { id: task, name, input } = work
      const text = typeof input === 'string' ? input : JSON.stringify(input)
      store.activities.add({ instance: id, execution, task, name, input: text })
      return
    }
    case 'timer': {
      const event = eventAt(work.fireAt, 'TimerFired', {
        TimerId: work.id,
        FireAt: new Date(work.fireAt).toISOString(),
      })
      store.inbox.add({ instance: id, execution, due: Math.max(work.fireAt, now), event })
      return
    }
    case 'subOrchestration': {
      const { name, instanceId, version } = work
      const parent = { InstanceId: id, ExecutionId: execution, TaskScheduleId: work.id }
      const started = startInstance(hub, { id: instanceId, name, input: JSON.stringify(work.input), version, parent })
      if (!started) hub.log('warning', `'${id}' waits for '${instanceId}', which runs already and will not answer it.`)
      return
    }
    case 'send': {
      const event = eventAt(now, 'EventRaised', { Name: work.name, Input: work.input })
      store.inbox.add({ instance: work.instanceId, execution: null, due: now, event })
    }
  }
}

/** A new execution with an empty history; events nobody has read yet are sent to it again. */
function continueAsNew(hub: Hub, instance: Instance, end: Extract<End, { status: 'ContinuedAsNew' }>): void {
  const { store, clock } = hub
  const next: Instance = { ...instance, execution: hub.newId(), input: end.input }
  store.history.clear(instance.id)
  store.instances.save(next)
  tellStart(hub, next)
  const now = clock.now()
  const unread = end.unread.map(({ name, input }) => eventAt(now, 'EventRaised', { Name: name, Input: input }))
  for (const event of [...end.carriedOver, ...unread]) {
    store.inbox.add({ instance: instance.id, execution: null, due: now, event })
  }
}
