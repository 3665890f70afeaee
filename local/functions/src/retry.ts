import { setTimeout as sleep } from 'node:timers/promises'
import type { RegisteredRetry, RetryContext } from './core-api.ts'
import { messageOf, StartError } from './start-error.ts'

/** How often and how fast a failed invocation is repeated, in this process only. */
export interface RetryPolicy {
  /** -1 for ever; N for N repetitions after the first try. */
  maxRetryCount: number
  /** Milliseconds before repetition number `retry`, counted from 1. */
  wait(retry: number): number
}

/**
 * Checks what was registered. The library rounds every interval to whole seconds, so 400 ms is no wait at all,
 * in Azure as here. Throws a StartError naming the function.
 */
export function retryPolicy(functionName: string, retry: RegisteredRetry | undefined): RetryPolicy | undefined {
  if (!retry) return undefined
  const wrong = (what: string) => new StartError(`Function "${functionName}": retry ${what}.`)
  const { maxRetryCount } = retry
  if (!Number.isInteger(maxRetryCount) || maxRetryCount === undefined || maxRetryCount < -1) {
    throw wrong('needs "maxRetryCount", a whole number, or -1 for ever')
  }
  if (retry.retryStrategy === 'fixedDelay') {
    const delay = milliseconds(retry.delayInterval)
    if (delay === undefined) throw wrong('"fixedDelay" needs "delayInterval"')
    return { maxRetryCount, wait: () => delay }
  }
  if (retry.retryStrategy === 'exponentialBackoff') {
    const least = milliseconds(retry.minimumInterval)
    const most = milliseconds(retry.maximumInterval)
    if (least === undefined || most === undefined) {
      throw wrong('"exponentialBackoff" needs "minimumInterval" and "maximumInterval"')
    }
    return { maxRetryCount, wait: number => backoff(number, least, most) }
  }
  throw wrong(`has an unknown strategy: ${retry.retryStrategy}`)
}

function milliseconds(duration: { seconds?: number } | undefined): number | undefined {
  return duration?.seconds === undefined ? undefined : duration.seconds * 1000
}

function backoff(retry: number, least: number, most: number): number {
  if (retry === 1) return Math.min(least, most)
  const spread = 0.8 + Math.random() * 0.4
  return Math.min(least + spread * 2 ** (retry - 1) * least, most)
}

/**
 * Calls `attempt` until it succeeds or the policy is exhausted, then rejects with the last failure.
 * Stopping the host breaks the loop: the last failure is thrown at once.
 */
export async function withRetries<T>(
  policy: RetryPolicy | undefined,
  stop: AbortSignal,
  attempt: (context: RetryContext | undefined) => Promise<T>,
): Promise<T> {
  if (!policy) return attempt(undefined)
  const { maxRetryCount } = policy
  let context: RetryContext = { retryCount: 0, maxRetryCount }
  for (;;) {
    try {
      return await attempt(context)
    } catch (error) {
      const retryCount = context.retryCount + 1
      if (stop.aborted || (maxRetryCount >= 0 && retryCount > maxRetryCount)) throw error
      try {
        await sleep(policy.wait(retryCount), undefined, { signal: stop })
      } catch {
        throw error
      }
      const stackTrace = error instanceof Error ? (error.stack ?? '') : ''
      context = { retryCount, maxRetryCount, exception: { message: messageOf(error), source: '', stackTrace } }
    }
  }
}
