import type { RetryOptions } from './answer.ts'
import { ReplayTask } from './replay-task.ts'

/** What a retried call needs of the orchestration. */
export interface RetryPlace {
  /** The orchestration's own time, in milliseconds since 1970. */
  now(): number
  call(): ReplayTask
  timer(fireAt: number): ReplayTask
}

/**
 * Calls until it succeeds. After the last failure a timer that is due at once is still created: the SDK waits for it
 * before it tells the orchestrator. When the time for retries has run out, and when the failure is not to be retried,
 * no timer is created and the SDK waits for ever: https://github.com/Azure/azure-functions-durable-js/issues/629
 */
export function retryCall(place: RetryPlace, options: RetryOptions): ReplayTask {
  const whole = new ReplayTask()
  const firstAttempt = place.now()
  const attempt = (count: number) => {
    const call = place.call()
    call.onEnd(() => {
      if (call.state === 'done') whole.complete()
      else if (call.nonRetriable) whole.fail()
      else failed(count)
    })
  }
  const failed = (count: number) => {
    const now = place.now()
    if (count + 1 >= options.maxAttempts) {
      place.timer(now).onEnd(() => whole.fail())
      return
    }
    const inTime = now < firstAttempt + options.timeout
    const delay = inTime ? Math.min(options.firstInterval * options.coefficient ** count, options.maxInterval) : 0
    if (delay <= 0) whole.fail()
    else place.timer(now + delay).onEnd(() => attempt(count + 1))
  }
  attempt(0)
  return whole
}
