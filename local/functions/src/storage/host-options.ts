import { availableParallelism } from 'node:os'
import type { Configuration } from '../configuration.ts'
import { StartError } from '../start-error.ts'

/** `extensions.queues` of `host.json`. Times in milliseconds. */
export interface QueueOptions {
  /** How many messages are asked for at once. */
  batchSize: number
  /** How few must be left running before more are asked for. */
  newBatchThreshold: number
  /** How often a message may fail before it is poison. */
  maxDequeueCount: number
  /** How long a message that failed stays invisible. */
  visibilityTimeout: number
  /** The longest wait between two looks into an empty queue. */
  maxPollingInterval: number
  messageEncoding: 'base64' | 'none'
}

/** `extensions.blobs` of `host.json`. */
export interface BlobOptions {
  /** How many blobs all functions of an app may work on at once. */
  maxDegreeOfParallelism: number
  /** How often a blob may fail before it is poison. */
  poisonBlobThreshold: number
}

/** The service's limit for one request. */
const mostMessages = 32
const leastPollingInterval = 100

/** Reads `extensions.queues`. Throws a StartError that names the member. */
export function queueOptions(file: string, configuration: Configuration): QueueOptions {
  const at = (name: string) => `extensions:queues:${name}`
  const wrong = (what: string) => new StartError(`${file}: "extensions.queues.${what}`)
  const batchSize = configuration.wholeNumber(at('batchSize'), { initial: 16, least: 1, most: mostMessages })
  const maxPollingInterval = configuration.timeSpan(at('maxPollingInterval'), 60_000)
  if (maxPollingInterval < leastPollingInterval) throw wrong('maxPollingInterval" must be at least 100 ms.')
  const encoding = configuration.text(at('messageEncoding'), 'base64').toLowerCase()
  if (encoding !== 'base64' && encoding !== 'none') throw wrong('messageEncoding" must be "base64" or "none".')
  const half = Math.floor(batchSize / 2)
  return {
    batchSize,
    newBatchThreshold: configuration.wholeNumber(at('newBatchThreshold'), { initial: half, least: 0 }),
    maxDequeueCount: configuration.wholeNumber(at('maxDequeueCount'), { initial: 5, least: 1 }),
    visibilityTimeout: configuration.timeSpan(at('visibilityTimeout'), 0),
    maxPollingInterval,
    messageEncoding: encoding,
  }
}

/** Reads `extensions.blobs`. Throws a StartError that names the member. */
export function blobOptions(configuration: Configuration): BlobOptions {
  const at = (name: string) => `extensions:blobs:${name}`
  const parallel = { initial: 8 * availableParallelism(), least: 1 }
  return {
    maxDegreeOfParallelism: configuration.wholeNumber(at('maxDegreeOfParallelism'), parallel),
    poisonBlobThreshold: configuration.wholeNumber(at('poisonBlobThreshold'), { initial: 5, least: 1 }),
  }
}

/** The options of the queue through which the blobs of an app go. */
export function blobQueueOptions({ maxDegreeOfParallelism, poisonBlobThreshold }: BlobOptions): QueueOptions {
  const batchSize = Math.min(mostMessages, Math.floor(maxDegreeOfParallelism / 2) + 1)
  return {
    batchSize,
    newBatchThreshold: maxDegreeOfParallelism - batchSize,
    maxDequeueCount: poisonBlobThreshold,
    visibilityTimeout: 0,
    maxPollingInterval: 60_000,
    messageEncoding: 'base64',
  }
}
