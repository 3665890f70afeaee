import type { QueueClient } from '@azure/storage-queue'
import { statusOf } from '../storage/host-container.ts'

/** Sends a message, making its queue where that is missing. */
export async function sendMessage(queue: QueueClient, text: string): Promise<void> {
  try {
    await queue.sendMessage(text)
  } catch (error) {
    if (statusOf(error) === 413)
      throw new Error('The message is too large: a queue takes up to 64 KB.', { cause: error })
    if (statusOf(error) !== 404) throw error
    await queue.createIfNotExists()
    await queue.sendMessage(text)
  }
}
