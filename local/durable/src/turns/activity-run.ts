import { errorText } from '../error-text.ts'
import { eventAt, type FailureDetails, type HistoryEvent } from '../history.ts'
import type { Hub } from '../hub.ts'
import type { PendingActivity } from '../store/hub-store.ts'
import { hasEnded } from '../store/instance-store.ts'

/** Calls an activity and tells its orchestration. Until that is stored the call counts as not done. */
export async function runActivity(hub: Hub, activity: PendingActivity): Promise<void> {
  const { store, clock } = hub
  const outcome = await call(hub, activity)
  if (hub.isAborted()) return
  store.atomically(() => {
    store.activities.remove(activity.number)
    const { instance: id, execution } = activity
    const instance = store.instances.get(id)
    if (!instance || instance.execution !== execution || hasEnded(instance)) return
    const now = clock.now()
    store.inbox.add({ instance: id, execution, due: now, event: outcome(now) })
  })
}

async function call(hub: Hub, { name, task, input }: PendingActivity): Promise<(at: number) => HistoryEvent> {
  const { functions, known } = hub
  const failed = (message: string) => {
    const details = failureDetails(message)
    const fields = {
      TaskScheduledId: task,
      Reason: `Activity function '${name}' failed: ${details?.ErrorMessage ?? message}`,
      Details: JSON.stringify({ ClassName: 'System.Exception', Message: message }),
    }
    return (at: number) =>
      eventAt(at, 'TaskFailed', details === undefined ? fields : { ...fields, FailureDetails: details })
  }
  if (!known.has('activity', name)) return failed(`Activity function '${name}' does not exist.`)
  try {
    const result = (await functions.activity(known.spelled('activity', name), input)) ?? 'null'
    return at => eventAt(at, 'TaskCompleted', { TaskScheduledId: task, Result: result })
  } catch (error) {
    return failed(errorText(error))
  }
}

/** An app that says which properties of its errors matter hands an error over as JSON. */
function failureDetails(message: string): FailureDetails | undefined {
  if (!message.startsWith('{')) return undefined
  try {
    const { errorType, errorMessage, stackTrace, isNonRetriable, properties } = JSON.parse(message)
    if (typeof errorType !== 'string' || typeof errorMessage !== 'string') return undefined
    return {
      ErrorType: errorType,
      ErrorMessage: errorMessage,
      ...(typeof stackTrace === 'string' ? { StackTrace: stackTrace } : {}),
      IsNonRetriable: isNonRetriable === true,
      Properties: properties,
    }
  } catch {
    return undefined
  }
}
