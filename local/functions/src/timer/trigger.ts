import type { Binding } from '../core-api.ts'
import type { LoadedFunction } from '../invoke.ts'
import type { Listener, TriggerHost } from '../listener.ts'
import { triggerWarnings } from '../logging/trigger-warnings.ts'
import { type RetryPolicy, withRetries } from '../retry.ts'
import { findStorage } from '../storage/connection.ts'
import { hostContainer } from '../storage/host-container.ts'
import { functionIdOf, hostIdOf } from '../storage/host-id.ts'
import { whileHolding } from '../storage/singleton-lock.ts'
import { type Clock, machineClock } from './clock.ts'
import { runSchedule, type TimerPayload } from './run-schedule.ts'
import { scheduleOf } from './schedule.ts'
import { statusStore } from './schedule-status.ts'

/**
 * Calls a function on a schedule, on one instance at a time. When it last ran is kept in storage.
 * Throws a StartError for a schedule that is neither NCRONTAB nor a time span, and without storage.
 */
export function timerListener(
  host: TriggerHost,
  target: LoadedFunction,
  { trigger, retry, clock = machineClock }: { trigger: Binding; retry: RetryPolicy | undefined; clock?: Clock },
): Listener {
  const { name, app } = target
  const schedule = scheduleOf(target, trigger)
  const account = findStorage(name, app.settings)
  const container = () => hostContainer(account)
  const hostId = hostIdOf(app)
  const functionId = functionIdOf(name)
  const isKept = trigger.useMonitor !== false && !schedule.subMinute
  const store = isKept ? statusStore(container, `${hostId}/${functionId}`, schedule.zone) : undefined
  const warn = triggerWarnings(host.log, target, 'Timer')

  async function run(payload: TimerPayload, stop: AbortSignal): Promise<void> {
    await withRetries(retry, stop, retryContext =>
      host.invoker.invoke(target, {
        inputData: [{ name: target.triggerName, data: { json: JSON.stringify(payload) } }],
        ...(retryContext ? { retryContext } : {}),
      }),
    ).catch(() => {
      // The invoker has logged it; the next occurrence is a new chance.
    })
  }

  return whileHolding({
    container,
    name: `${hostId}/${functionId}.Listener`,
    functionName: name,
    warn,
    work: stop => {
      const runOnStartup = trigger.runOnStartup === true
      return runSchedule({ schedule, runOnStartup, store, clock, run: payload => run(payload, stop), warn }, stop)
    },
  })
}
