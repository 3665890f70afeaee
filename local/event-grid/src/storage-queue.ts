import type { QueueClient } from '@azure/storage-queue'
import type { Clock } from 'local-clock/clock'
import { answerTimeout, type Outcome, outcomeOf, outcomeWithoutAnswer, TimeoutError } from './outcome.ts'
import type { StorageAccount } from './storage-accounts.ts'

/** A queue that events are put into. */
export interface StorageQueue {
  /** Puts one event in and says how it went; never rejects. */
  put(event: string): Promise<Outcome>
}

export interface QueueOptions {
  name: string
  /** Seconds a message lives; -1 for ever. */
  timeToLive: number | undefined
  clock: Clock
}

/** Like Event Grid, it encodes events as base64, which is what the queue trigger of Functions expects. */
export function openStorageQueue(account: StorageAccount, { name, timeToLive, clock }: QueueOptions): StorageQueue {
  let opening: Promise<QueueClient> | undefined

  async function open(): Promise<QueueClient> {
    const { QueueServiceClient } = await import('@azure/storage-queue')
    const service = QueueServiceClient.fromConnectionString(account.connectionString, {
      retryOptions: { maxTries: 1 },
    })
    const queue = service.getQueueClient(name)
    if (account.own) await queue.createIfNotExists()
    return queue
  }

  async function send(event: string, abortSignal: AbortSignal): Promise<void> {
    opening ??= open()
    const queue = await opening.catch(error => {
      opening = undefined
      throw error
    })
    const options = timeToLive === undefined ? {} : { messageTimeToLive: timeToLive }
    await queue.sendMessage(Buffer.from(event).toString('base64'), { ...options, abortSignal })
  }

  return {
    async put(event) {
      const late = new AbortController()
      const cancel = clock.setTimer(answerTimeout, () => late.abort())
      try {
        await send(event, late.signal)
        return outcomeOf(201)
      } catch (error) {
        if (late.signal.aborted) return outcomeWithoutAnswer(new TimeoutError())
        const status = statusOf(error)
        return status === undefined ? outcomeWithoutAnswer(error) : outcomeOf(status)
      } finally {
        cancel()
      }
    },
  }
}

/** The status a storage answered with, when it answered. */
export function statusOf(error: unknown): number | undefined {
  const status = error !== null && typeof error === 'object' && 'statusCode' in error ? error.statusCode : undefined
  return typeof status === 'number' ? status : undefined
}
