import { errorText } from '../error-text.ts'
import { eventAt, eventType, type HistoryEvent } from '../history.ts'
import type { Hub } from '../hub.ts'
import { type Answer, readAnswer, readFailure } from '../replay/answer.ts'
import { replayActions } from '../replay/replay-actions.ts'
import { hasEnded, type Instance } from '../store/instance-store.ts'
import type { StoredMessage } from '../store/message-store.ts'
import { closingEvent, endInstance } from './end-instance.ts'
import { orchestratorInput } from './orchestrator-input.ts'
import { recordTurn } from './record-turn.ts'

/** Tells an instance what has happened, lets it decide, and makes that count. */
export async function orchestrationTurn(hub: Hub, id: string): Promise<void> {
  const { store, clock } = hub
  const instance = store.instances.get(id)
  const messages = store.inbox.due(id, clock.now())
  if (!instance || hasEnded(instance)) return store.atomically(() => store.inbox.remove(messages))
  const current = messages.filter(({ execution }) => execution === null || execution === instance.execution)
  const terminated = current.find(isOf('ExecutionTerminated'))
  if (terminated) return terminate(hub, instance, [...current.filter(isOf('ExecutionStarted')), terminated])
  const suspending = current.findIndex(isOf('ExecutionSuspended'))
  if (instance.status === 'Suspended' || suspending === 0) return suspendOrResume(hub, instance, current)
  // What came before the suspension is still played.
  const told = suspending === -1 ? current : current.slice(0, suspending)
  const stale = messages.filter(message => !current.includes(message))
  await play(hub, instance, { told, read: [...told, ...stale] })
}

function isOf(name: keyof typeof eventType) {
  return ({ event }: StoredMessage) => event.EventType === eventType[name]
}

/** Whatever else was on its way no longer counts. */
function terminate(hub: Hub, instance: Instance, told: StoredMessage[]): void {
  const { store, clock } = hub
  const now = clock.now()
  const reason = told.at(-1)?.event.Input ?? null
  const ending = { status: 'Terminated', output: reason } as const
  store.atomically(() => {
    const events = told.map(({ event }) => event)
    const started = eventAt(now, 'OrchestratorStarted')
    store.history.append(instance.id, [
      ...[started, ...events, closingEvent(now, -1, ending), eventAt(now, 'OrchestratorCompleted')],
    ])
    endInstance(hub, instance, ending)
  })
}

/** A suspended instance is told nothing but that it goes on; everything else waits in order. */
function suspendOrResume(hub: Hub, instance: Instance, messages: StoredMessage[]): void {
  const { store, clock } = hub
  const isSuspended = instance.status === 'Suspended'
  const isControl = (message: StoredMessage) => isOf('ExecutionSuspended')(message) || isOf('ExecutionResumed')(message)
  const change = messages.find(isOf(isSuspended ? 'ExecutionResumed' : 'ExecutionSuspended'))
  store.atomically(() => {
    const read = messages.filter(message => isControl(message) && message.number <= (change?.number ?? Infinity))
    store.inbox.remove(read)
    if (!change) return
    const now = clock.now()
    const events = [eventAt(now, 'OrchestratorStarted'), change.event, eventAt(now, 'OrchestratorCompleted')]
    store.history.append(instance.id, events)
    store.instances.save({ ...instance, status: isSuspended ? 'Running' : 'Suspended', updated: now })
  })
}

interface Told {
  told: StoredMessage[]
  read: StoredMessage[]
}

async function play(hub: Hub, instance: Instance, { told, read }: Told): Promise<void> {
  const { store, clock } = hub
  const past = store.history.read(instance.id).map(event => ({ ...event, IsPlayed: true }))
  const isStarted = past.some(({ EventType }) => EventType === eventType.ExecutionStarted)
  const starts = told.filter(isOf('ExecutionStarted')).slice(0, isStarted ? 0 : 1)
  const others = told.filter(message => !isOf('ExecutionStarted')(message) && !isOf('ExecutionResumed')(message))
  const events = [...starts, ...others].map(({ event }) => event)
  if (events.length === 0) return store.atomically(() => store.inbox.remove(read))
  const fresh = [eventAt(clock.now(), 'OrchestratorStarted'), ...events]
  const history: HistoryEvent[] = [...past, ...fresh]
  const answer = await ask(hub, instance, orchestratorInput(instance, history, isStarted))
  if (hub.isAborted()) return
  const { id: instanceId, execution, name } = instance
  const warn = (message: string) => hub.log('warning', message)
  const decision = replayActions({ instanceId, execution, name, answer, history, known: hub.known, warn })
  if (decision.end?.status === 'Failed') hub.log('error', `'${instanceId}': ${decision.end.reason}`)
  recordTurn(hub, { instance, told: fresh, read, decision })
}

async function ask({ functions, known }: Hub, { name }: Instance, input: string): Promise<Answer> {
  if (!known.has('orchestrator', name)) return readFailure(known.missing('orchestrator', name))
  const read = await functions.orchestrator(known.spelled('orchestrator', name), input).then(
    result => () => readAnswer(result),
    error => () => readFailure(errorText(error)),
  )
  try {
    return read()
  } catch (error) {
    return readFailure(errorText(error))
  }
}
