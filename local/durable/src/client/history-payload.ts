import { type EventName, eventType, type HistoryEvent, nameOfEvent } from '../history.ts'
import { jsonOrText } from './status-payload.ts'

/** What a reader of a history wants to see beside what happened. */
export interface HistoryView {
  showInput: boolean
  showOutput: boolean
}

/** Events that only say that a turn was played. */
const turns = new Set<number>([eventType.OrchestratorStarted, eventType.OrchestratorCompleted])

const requestOf: Partial<Record<EventName, EventName>> = {
  TaskCompleted: 'TaskScheduled',
  TaskFailed: 'TaskScheduled',
  SubOrchestrationInstanceCompleted: 'SubOrchestrationInstanceCreated',
  SubOrchestrationInstanceFailed: 'SubOrchestrationInstanceCreated',
}

const successes = new Set<EventName>(['TaskCompleted', 'SubOrchestrationInstanceCompleted', 'ExecutionCompleted'])

/** A history for people: an answer carries what was asked, and what asked for it is left out. */
export function historyPayload(history: readonly HistoryEvent[], view: HistoryView): Record<string, unknown>[] {
  const answered = new Set<HistoryEvent>()
  const shown = history.map(event => {
    const name = nameOfEvent(event)
    const requestName = name && requestOf[name]
    const request = requestName && history.find(one => isRequest(one, requestName, event.TaskScheduledId))
    if (request) answered.add(request)
    return { event, payload: eventPayload(event, request || undefined, view) }
  })
  return shown.filter(({ event }) => !turns.has(event.EventType) && !answered.has(event)).map(({ payload }) => payload)
}

function isRequest(event: HistoryEvent, name: EventName, id: number | undefined): boolean {
  return event.EventType === eventType[name] && event.EventId === id
}

function eventPayload(event: HistoryEvent, request: HistoryEvent | undefined, view: HistoryView) {
  const { EventId, IsPlayed, TaskScheduledId, TimerId, ...fields } = event
  const name = nameOfEvent(event)
  const payload: Record<string, unknown> = { ...fields, EventType: name ?? event.EventType }
  if (request)
    Object.assign(payload, { ScheduledTime: request.Timestamp, FunctionName: request.Name, Input: request.Input })
  if (name === 'ExecutionStarted') {
    payload.FunctionName = event.Name
    for (const member of ['Name', 'OrchestrationInstance', 'ParentInstance']) delete payload[member]
  }
  delete payload.Version
  if (name && successes.has(name)) {
    if (view.showOutput) payload.Result = jsonOrText(event.Result ?? null)
    else delete payload.Result
  }
  if (!view.showInput) delete payload.Input
  return payload
}
