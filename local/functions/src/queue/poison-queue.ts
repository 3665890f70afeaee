import type { QueueClient, QueueServiceClient } from '@azure/storage-queue'

const suffix = '-poison'

/** The longest name a queue may have. */
const longestName = 63

/** Where messages go that failed too often: nowhere when the queue is itself one for poison or its name is too long. */
export function poisonQueueOf(queues: QueueServiceClient, name: string): QueueClient | undefined {
  if (name.endsWith(suffix) || name.length + suffix.length > longestName) return undefined
  return queues.getQueueClient(name + suffix)
}
