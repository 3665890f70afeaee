import { availableParallelism } from 'node:os'
import { StartError } from '../start-error.ts'
import { parseTimeSpan } from '../time-span.ts'

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

type Json = Record<string, unknown>
type Wrong = (what: string) => StartError

/** The service's limit for one request. */
const mostMessages = 32
const leastPollingInterval = 100

/** Reads `extensions.queues`. Throws a StartError that names the member. */
export function queueOptions(file: string, section: Json): QueueOptions {
  const wrong = (what: string) => new StartError(`${file}: extensions.queues.${what}`)
  const batchSize = whole(section, { name: 'batchSize', initial: 16, least: 1, most: mostMessages }, wrong)
  const maxPollingInterval = time(section, ['maxPollingInterval', 60_000], wrong)
  if (maxPollingInterval < leastPollingInterval) throw wrong('maxPollingInterval must be at least 100 ms.')
  const encoding = String(section.messageEncoding ?? 'base64').toLowerCase()
  if (encoding !== 'base64' && encoding !== 'none') throw wrong('messageEncoding must be "base64" or "none".')
  return {
    batchSize,
    newBatchThreshold: whole(
      section,
      { name: 'newBatchThreshold', initial: Math.floor(batchSize / 2), least: 0 },
      wrong,
    ),
    maxDequeueCount: whole(section, { name: 'maxDequeueCount', initial: 5, least: 1 }, wrong),
    visibilityTimeout: time(section, ['visibilityTimeout', 0], wrong),
    maxPollingInterval,
    messageEncoding: encoding,
  }
}

/** Reads `extensions.blobs`. Throws a StartError that names the member. */
export function blobOptions(file: string, section: Json): BlobOptions {
  const wrong = (what: string) => new StartError(`${file}: extensions.blobs.${what}`)
  const parallel = { name: 'maxDegreeOfParallelism', initial: 8 * availableParallelism(), least: 1 }
  return {
    maxDegreeOfParallelism: whole(section, parallel, wrong),
    poisonBlobThreshold: whole(section, { name: 'poisonBlobThreshold', initial: 5, least: 1 }, wrong),
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

interface Whole {
  name: string
  initial: number
  least: number
  most?: number
}

function whole(section: Json, { name, initial, least, most = Number.MAX_SAFE_INTEGER }: Whole, wrong: Wrong): number {
  const value = section[name] ?? initial
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  const upTo = most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`
  throw wrong(`${name} must be a whole number from ${least}${upTo}.`)
}

function time(section: Json, [name, initial]: [string, number], wrong: Wrong): number {
  const value = section[name]
  if (value === undefined) return initial
  const length = typeof value === 'string' ? parseTimeSpan(value) : undefined
  if (length === undefined) throw wrong(`${name} must be a time span such as "00:00:02".`)
  return length
}
