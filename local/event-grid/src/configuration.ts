import { type Filter, filterProblem } from './filter.ts'

/** How events are published to a topic, and delivered from it. */
export type Schema = 'cloud-event' | 'event-grid'

/** A topic with its subscriptions, as the configuration file declares it. */
export interface TopicConfig {
  name: string
  /** Base64; what publishers prove themselves with. */
  key: string
  inputSchema: Schema
  subscriptions: SubscriptionConfig[]
}

export interface SubscriptionConfig {
  name: string
  destination: { type: 'webhook'; url: string }
  filter?: Filter
  /** 1 to 30; default 30. */
  maxDeliveryAttempts?: number
  /** 1 to 1,440; default 1,440. */
  eventTimeToLiveInMinutes?: number
  /** Without it every event is a request of its own. */
  batching?: { maxEventsPerBatch: number; preferredBatchSizeInKilobytes: number }
  /** At most 10 headers of one's own. */
  headers?: Record<string, string>
}

/** The configuration asks for what Event Grid refuses, or what is not emulated. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

const nameRule = /^[A-Za-z0-9-]{3,64}$/
const longestTimeToLive = 1_440
const mostAttempts = 30
const mostHeaders = 10

const subscriptionMembers = new Set([
  'name',
  'destination',
  'filter',
  'maxDeliveryAttempts',
  'eventTimeToLiveInMinutes',
  'batching',
  'headers',
])

/** Checks topics, from a file or from code. Throws a ConfigurationError that names the topic and the member. */
export function checkTopics(value: unknown): TopicConfig[] {
  if (!Array.isArray(value)) throw new ConfigurationError('"topics" must be an array.')
  const topics = value as TopicConfig[]
  unique(
    'topic',
    topics.map(topic => topic.name),
  )
  for (const topic of topics) checkTopic(topic)
  return topics
}

function checkTopic(topic: TopicConfig): void {
  const wrong = (what: string) => new ConfigurationError(`Topic "${topic.name}": ${what}`)
  if (!nameRule.test(topic.name ?? '')) throw wrong('a name has 3 to 64 letters, digits or hyphens.')
  if (typeof topic.key !== 'string' || topic.key === '') throw wrong('"key" is missing.')
  if (topic.inputSchema !== 'cloud-event' && topic.inputSchema !== 'event-grid') {
    throw wrong(`the input schema "${topic.inputSchema}" is not emulated; there are "cloud-event" and "event-grid".`)
  }
  if (!Array.isArray(topic.subscriptions)) throw wrong('"subscriptions" must be an array.')
  unique(
    'subscription',
    topic.subscriptions.map(one => one.name),
  )
  for (const subscription of topic.subscriptions) {
    const problem = subscriptionProblem(subscription)
    if (problem) throw wrong(`subscription "${subscription.name}": ${problem}`)
  }
}

function subscriptionProblem(subscription: SubscriptionConfig): string | undefined {
  const { destination, batching } = subscription
  const unknown = Object.keys(subscription).find(member => !subscriptionMembers.has(member))
  if (unknown) return `"${unknown}" is not emulated.`
  if (!nameRule.test(subscription.name ?? '')) return 'a name has 3 to 64 letters, digits or hyphens.'
  if (destination?.type !== 'webhook') return `the destination type "${destination?.type}" is not emulated.`
  if (!URL.canParse(destination.url)) return `"${destination.url}" is not a URL.`
  if (!within(subscription.maxDeliveryAttempts, mostAttempts)) return `"maxDeliveryAttempts" is 1 to ${mostAttempts}.`
  if (!within(subscription.eventTimeToLiveInMinutes, longestTimeToLive)) {
    return `"eventTimeToLiveInMinutes" is 1 to ${longestTimeToLive}.`
  }
  if (batching && !within(batching.maxEventsPerBatch, 5_000)) return '"maxEventsPerBatch" is 1 to 5000.'
  if (batching && !within(batching.preferredBatchSizeInKilobytes, 1_024)) {
    return '"preferredBatchSizeInKilobytes" is 1 to 1024.'
  }
  if (Object.keys(subscription.headers ?? {}).length > mostHeaders) return `at most ${mostHeaders} headers.`
  return subscription.filter && filterProblem(subscription.filter)
}

function within(value: number | undefined, most: number): boolean {
  return value === undefined || (Number.isInteger(value) && value >= 1 && value <= most)
}

function unique(what: string, names: string[]): void {
  const lower = names.map(name => String(name).toLowerCase())
  const twice = names.find((_, index) => lower.indexOf(lower[index] ?? '') !== index)
  if (twice !== undefined) throw new ConfigurationError(`There are two ${what}s named "${twice}".`)
}
