import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue'
import { messageOf } from '../start-error.ts'
import { statusOf } from '../storage/host-container.ts'
import type { QueueOptions } from '../storage/host-options.ts'
import { type HeldMessage, holdMessage, seconds } from './held-message.ts'
import type { Nap } from './nap.ts'
import { pollingDelay } from './polling-delay.ts'
import { sendMessage } from './send-message.ts'

/** A queue and what is done with its messages. */
export interface QueueWork {
  queue: QueueClient
  options: QueueOptions
  /** Milliseconds a message stays invisible while it is worked on. */
  visibility: number
  /** Whether anything can be done with a message; one with which nothing can is poison at once. */
  isReadable(message: DequeuedMessageItem): boolean
  /** A rejection lets the message come again, or makes it poison. */
  handle(message: DequeuedMessageItem): Promise<void>
  /** Where poison goes; without it a message that failed stays invisible for its time. */
  poisonQueue(message: DequeuedMessageItem): QueueClient | undefined
  warn(message: string): void
  /** Between looks that find nothing. */
  nap: Nap
  stop: AbortSignal
}

/** Works off a queue until it is stopped, then lets the running work end. */
export async function workOffQueue(work: QueueWork): Promise<void> {
  const { options, stop } = work
  const running = new Set<Promise<void>>()
  const delay = pollingDelay(options.maxPollingInterval)
  let found = false
  while (!stop.aborted) {
    const messages = await receive(work)
    if (messages.length === 0) {
      await work.nap.sleep(delay(found), stop)
      found = false
      continue
    }
    found = true
    for (const message of messages) {
      const done = settle(work, message)
        .catch(error => work.warn(`the message ${message.messageId} could not be settled: ${messageOf(error)}`))
        .finally(() => running.delete(done))
      running.add(done)
    }
    while (running.size > options.newBatchThreshold) await Promise.race(running)
  }
  await Promise.all(running)
}

/** Answers nothing when the queue is missing or storage does not answer. */
async function receive({ queue, options, visibility, warn }: QueueWork): Promise<DequeuedMessageItem[]> {
  try {
    const numberOfMessages = options.batchSize
    const answer = await queue.receiveMessages({ numberOfMessages, visibilityTimeout: seconds(visibility) })
    return answer.receivedMessageItems
  } catch (error) {
    if (statusOf(error) !== 404) warn(`reading the queue "${queue.name}" failed: ${messageOf(error)}`)
    return []
  }
}

async function settle(work: QueueWork, message: DequeuedMessageItem): Promise<void> {
  const { options } = work
  const held = holdMessage(work.queue, message, work.visibility)
  // Received while the host began to stop: somebody else may have it.
  if (work.stop.aborted) return held.release(0)
  if (message.dequeueCount > options.maxDequeueCount || !work.isReadable(message)) return discard(work, message, held)
  try {
    await work.handle(message)
  } catch {
    if (message.dequeueCount >= options.maxDequeueCount) return discard(work, message, held)
    return work.poisonQueue(message) ? held.release(options.visibilityTimeout) : held.end()
  }
  await held.delete()
}

async function discard(work: QueueWork, message: DequeuedMessageItem, held: HeldMessage): Promise<void> {
  const poison = work.poisonQueue(message)
  if (!poison) return held.end()
  const { maxDequeueCount } = work.options
  work.warn(`Message has reached MaxDequeueCount of ${maxDequeueCount}. Moving message to queue '${poison.name}'.`)
  await sendMessage(poison, message.messageText)
  await held.delete()
}
