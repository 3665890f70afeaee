import { z } from 'zod'
import { describeProblem } from './configuration-problem.ts'
import { deadLetterSchema, destinationSchema } from './destination-schema.ts'
import { filterSchema } from './filter-schema.ts'

/** The configuration asks for what Event Grid refuses, or what is not emulated. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

const wholeNumber = (least: number, most: number) => {
  const says = `is ${least} to ${most}.`
  return z.int(says).min(least, says).max(most, says)
}

const schemas = z.enum(['cloud-event', 'event-grid'], {
  error: ({ input }) => `is not emulated as "${input}"; there are "cloud-event" and "event-grid".`,
})

/** How events are published to a topic, and delivered from it. */
export type Schema = z.infer<typeof schemas>

/** Each may be left out: one event, and 64 KB. */
const batchingSchema = z.strictObject({
  maxEventsPerBatch: wholeNumber(1, 5_000).optional(),
  preferredBatchSizeInKilobytes: wholeNumber(1, 1_024).optional(),
})

const mostHeaders = 10
/** Bytes of a header's value. */
const longestHeader = 4_096
const ownHeaders = /^(aeg-.*|host|connection|content-.*|transfer-encoding)$/i

const headersSchema = z
  .record(
    z
      .string()
      .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'is not a header name.')
      .refine(name => !ownHeaders.test(name), 'is a header that Event Grid sets itself.'),
    z
      .string('must be a text.')
      .regex(/^[\t\x20-\x7e]*$/, 'may have printable ASCII characters only.')
      .max(longestHeader, `has at most ${longestHeader} bytes.`),
  )
  .refine(headers => Object.keys(headers).length <= mostHeaders, `are at most ${mostHeaders} headers.`)

const subscriptionSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9-]{3,64}$/, 'has 3 to 64 letters, digits or hyphens.'),
  destination: destinationSchema,
  filter: filterSchema.optional(),
  eventDeliverySchema: schemas.optional(),
  maxDeliveryAttempts: wholeNumber(1, 30).optional(),
  eventTimeToLiveInMinutes: wholeNumber(1, 1_440).optional(),
  batching: batchingSchema.optional(),
  headers: headersSchema.optional(),
  deadLetterDestination: deadLetterSchema.optional(),
})

/** One of a topic's listeners, as the configuration file declares it. */
export type SubscriptionConfig = z.infer<typeof subscriptionSchema>

const topicSchema = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9-]{3,50}$/, 'has 3 to 50 letters, digits or hyphens.'),
    /** What publishers prove themselves with. */
    key: z.base64('must be base64.').min(1, 'must be base64.'),
    inputSchema: schemas,
    subscriptions: z.array(subscriptionSchema, 'must be an array.'),
  })
  .superRefine(({ inputSchema, subscriptions }, { addIssue }) => {
    for (const [index, subscription] of subscriptions.entries()) {
      const message = contradiction(inputSchema, subscription)
      if (message) addIssue({ code: 'custom', path: ['subscriptions', index, message.member], message: message.says })
    }
  })

/** A topic with its subscriptions. */
export type TopicConfig = z.infer<typeof topicSchema>

/** What goes wrong on purpose; each number is a probability from 0 to 1. The server's seed decides when. */
const faultsSchema = z.strictObject({
  /** An event that was delivered is delivered again. */
  duplicates: z.number().min(0, 'is 0 to 1.').max(1, 'is 0 to 1.').optional(),
  /** An attempt fails as if the endpoint were busy. */
  failures: z.number().min(0, 'is 0 to 1.').max(1, 'is 0 to 1.').optional(),
  /** What is ready is sent in any order. */
  shuffle: z.boolean().optional(),
})

export type Faults = z.infer<typeof faultsSchema>

const fileSchema = z.strictObject({
  topics: z.array(topicSchema, 'must be an array.'),
  faults: faultsSchema.optional(),
})

/** What a configuration file holds. */
export type Configuration = z.infer<typeof fileSchema>

/** Checks a whole file, or topics from code. Throws a ConfigurationError that names the topic and the member. */
export function checkConfiguration(value: unknown): Configuration {
  const { success, data, error } = fileSchema.safeParse(value)
  if (!success) throw new ConfigurationError(describeProblem(error.issues[0], value))
  unique('topic', data.topics)
  for (const topic of data.topics) unique(`subscription of topic "${topic.name}"`, topic.subscriptions)
  return data
}

function contradiction(inputSchema: Schema, one: SubscriptionConfig): { member: string; says: string } | undefined {
  if (inputSchema === 'cloud-event' && one.eventDeliverySchema === 'event-grid') {
    return { member: 'eventDeliverySchema', says: 'must be "cloud-event": Event Grid never turns CloudEvents back.' }
  }
  if (one.destination.type !== 'storage-queue') return undefined
  const member = one.headers ? 'headers' : one.batching ? 'batching' : undefined
  return member && { member, says: 'is nothing that a storage queue knows.' }
}

function unique(what: string, named: { name: string }[]): void {
  const seen = new Set<string>()
  for (const { name } of named) {
    if (seen.has(name.toLowerCase())) throw new ConfigurationError(`There is more than one ${what} named "${name}".`)
    seen.add(name.toLowerCase())
  }
}
