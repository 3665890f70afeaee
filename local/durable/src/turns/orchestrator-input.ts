import type { HistoryEvent } from '../history.ts'
import type { Instance } from '../store/instance-store.ts'

/**
 * Schemas as the extension offers them: the second member is for SDKs that know more than V2.
 * No timer is too long, so none is ever split: pieces of a split timer would each take a number.
 */
const offered = {
  upperSchemaVersion: 1,
  upperSchemaVersionNew: 2,
  longRunningTimerIntervalDuration: '3.00:00:00',
  maximumShortTimerDuration: '10675199.02:48:05',
  defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
}

/** What an orchestrator function is called with, as JSON. */
export function orchestratorInput(instance: Instance, history: readonly HistoryEvent[], isReplaying: boolean): string {
  return JSON.stringify({
    history,
    input: instance.input === null ? null : JSON.parse(instance.input),
    instanceId: instance.id,
    isReplaying,
    parentInstanceId: instance.parent?.InstanceId ?? null,
    ...offered,
  })
}
