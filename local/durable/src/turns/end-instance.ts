import { type EventFields, type EventName, eventAt, type FailureDetails, type HistoryEvent } from '../history.ts'
import type { Hub } from '../hub.ts'
import type { Instance } from '../store/instance-store.ts'

/** How an instance comes to its end. */
export type Ending =
  | { status: 'Completed'; output: string | null }
  | { status: 'Failed'; output: string; details: string | null; failureDetails?: FailureDetails }
  | { status: 'Terminated'; output: string | null }

/** Records the end and tells the parent; what is still on its way to the instance is for nobody. */
export function endInstance(hub: Hub, instance: Instance, ending: Ending): void {
  const { store, clock } = hub
  const { status, output } = ending
  const now = clock.now()
  store.instances.save({ ...instance, status, output, updated: now })
  store.inbox.removeAll(instance.id)
  const { parent } = instance
  if (!parent) return
  const [name, fields] = answerToParent(parent.TaskScheduleId, ending)
  const event = eventAt(now, name, fields)
  store.inbox.add({ instance: parent.InstanceId, execution: parent.ExecutionId, due: now, event })
}

function answerToParent(task: number, ending: Ending): [EventName, EventFields] {
  if (ending.status === 'Completed') {
    return ['SubOrchestrationInstanceCompleted', { TaskScheduledId: task, Result: ending.output ?? 'null' }]
  }
  const failed = ending.status === 'Failed' ? ending : { details: null, failureDetails: undefined }
  const { details, failureDetails } = failed
  const fields = { TaskScheduledId: task, Reason: ending.output, Details: details }
  return [
    'SubOrchestrationInstanceFailed',
    failureDetails === undefined ? fields : { ...fields, FailureDetails: failureDetails },
  ]
}

/** The event that closes a history. */
export function closingEvent(at: number, id: number, ending: Ending): HistoryEvent {
  const { status: OrchestrationStatus, output: Result } = ending
  return eventAt(at, 'ExecutionCompleted', { EventId: id, OrchestrationStatus, Result })
}
