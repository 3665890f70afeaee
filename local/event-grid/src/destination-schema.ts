import { z } from 'zod'

/** `%NAME%` stands for a setting of the environment, `UseDevelopmentStorage=true` for a storage of the server's own. */
const connectionString = z.string().min(1, 'must be a connection string, or %NAME% for a setting.')

/** Rules for names: https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata */
const storageName = z
  .string()
  .regex(/^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, 'has 3 to 63 lower-case letters, digits and single hyphens.')

const address = z.string().refine(isAddress, 'must be an http or https URL.')

const timeToLive = 'is -1 for ever, or at least 1.'

const types = ['webhook', 'azure-function', 'storage-queue'].map(type => `"${type}"`).join(', ')

/** Where a subscription's events go. */
export const destinationSchema = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('webhook'), url: address }),
    z.strictObject({
      type: z.literal('azure-function'),
      /** Of the Functions host. */
      url: address,
      functionName: z.string().regex(/^[A-Za-z][\w-]{0,126}$/, 'is not the name of a function.'),
      /** The host's key for extensions, when it asks for one. */
      key: z.string().min(1, 'must not be empty.').optional(),
    }),
    z.strictObject({
      type: z.literal('storage-queue'),
      connectionString,
      queueName: storageName,
      /** Without it messages live 7 days. */
      queueMessageTimeToLiveInSeconds: z
        .int(timeToLive)
        .refine(seconds => seconds === -1 || seconds > 0, timeToLive)
        .optional(),
    }),
  ],
  { error: ({ input }) => notEmulated(input, types) },
)

/** Where events go that cannot be delivered. */
export const deadLetterSchema = z.discriminatedUnion(
  'type',
  [z.strictObject({ type: z.literal('storage-blob'), connectionString, blobContainerName: storageName })],
  { error: ({ input }) => notEmulated(input, '"storage-blob"') },
)

export type DestinationConfig = z.infer<typeof destinationSchema>
export type DeadLetterConfig = z.infer<typeof deadLetterSchema>

function isAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

function notEmulated(input: unknown, known: string): string {
  const type = input !== null && typeof input === 'object' && 'type' in input ? input.type : undefined
  return `is not emulated as "${type}"; there is ${known}.`
}
