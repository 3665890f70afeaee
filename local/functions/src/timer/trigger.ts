import { setTimeout as sleep } from 'node:timers/promises'
import type { Binding } from '../core-api.ts'
import type { LoadedFunction } from '../invoke.ts'
import type { Listener, TriggerHost } from '../listener.ts'
import { type RetryPolicy, withRetries } from '../retry.ts'
import { StartError } from '../start-error.ts'
import { parseTimeSpan } from '../time-span.ts'
import { type NextOccurrence, parseNcrontab } from './ncrontab.ts'

/** Node's timers cannot wait longer at once. */
const longestWait = 2 ** 31 - 1

/**
 * Calls a function on a schedule, one run at a time. When it last ran is kept in memory only.
 * Throws a StartError for a schedule that is neither NCRONTAB nor a time span.
 */
export function timerListener(
  host: TriggerHost,
  target: LoadedFunction,
  { trigger, retry }: { trigger: Binding; retry: RetryPolicy | undefined },
): Listener {
  const next = parseSchedule(target.name, trigger.schedule)
  const stopping = new AbortController()
  let last = 0
  let running: Promise<void> = Promise.resolve()

  const run = async (isPastDue: boolean) => {
    const now = Date.now()
    const payload = timerPayload({ last, next: next(now), now, isPastDue })
    last = now
    await withRetries(retry, stopping.signal, retryContext =>
      host.invoker.invoke(target, {
        inputData: [{ name: target.triggerName, data: { json: JSON.stringify(payload) } }],
        ...(retryContext ? { retryContext } : {}),
      }),
    ).catch(() => {
      // The invoker has logged it; the next occurrence is a new chance.
    })
  }

  const loop = async () => {
    if (trigger.runOnStartup === true) await run(false)
    let due = next(Date.now())
    while (due !== undefined && (await waitUntil(due, stopping.signal))) {
      await run(false)
      due = next(Math.max(Date.now(), due))
    }
  }

  return {
    async start() {
      running = loop()
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}

function parseSchedule(functionName: string, schedule: unknown): NextOccurrence {
  const text = typeof schedule === 'string' ? schedule : ''
  const span = parseTimeSpan(text)
  if (span !== undefined && span > 0) return after => after + span
  const next = parseNcrontab(text)
  if (!next) throw new StartError(`Function "${functionName}": the schedule "${text}" is not valid.`)
  return next
}

/** In the host's own spelling: the library turns the names into camel case. */
function timerPayload({
  last,
  next,
  now,
  isPastDue,
}: {
  last: number
  next: number | undefined
  now: number
  isPastDue: boolean
}) {
  const iso = (at: number | undefined) => (at ? new Date(at).toISOString() : '0001-01-01T00:00:00')
  return {
    Schedule: { AdjustForDST: true },
    ScheduleStatus: { Last: iso(last), Next: iso(next), LastUpdated: iso(last || now) },
    IsPastDue: isPastDue,
  }
}

/** False when the host stops first. */
async function waitUntil(due: number, stop: AbortSignal): Promise<boolean> {
  try {
    while (!stop.aborted) {
      const left = due - Date.now()
      if (left <= 0) return true
      await sleep(Math.min(left, longestWait), undefined, { signal: stop })
    }
  } catch {
    // Aborted while waiting.
  }
  return false
}
