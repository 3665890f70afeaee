import { readFileSync } from 'node:fs'
import { checkConfiguration } from 'local-event-grid/configuration'
import { describe, expect, test } from 'vitest'
import { key } from './topic-under-test.ts'

const webhook = { type: 'webhook', url: 'http://127.0.0.1:1/hook' }
const queue = { type: 'storage-queue', connectionString: 'UseDevelopmentStorage=true', queueName: 'work' }
const subscription = { name: 'all', destination: webhook }
const topic = { name: 'orders', key, inputSchema: 'cloud-event', subscriptions: [subscription] }

const withTopic = (changes: object) => ({ topics: [{ ...topic, ...changes }] })
const withSubscription = (changes: object) => withTopic({ subscriptions: [{ ...subscription, ...changes }] })
const headers = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, 'v']))

const place = 'Topic "orders", subscription "all": '

describe('a configuration', () => {
  test('may say everything at once', () => {
    const everything = {
      topics: [
        {
          ...topic,
          inputSchema: 'event-grid',
          subscriptions: [
            {
              name: 'mail',
              destination: webhook,
              eventDeliverySchema: 'cloud-event',
              filter: {
                includedEventTypes: ['order.placed'],
                subjectBeginsWith: 'orders/',
                subjectEndsWith: '/paid',
                isSubjectCaseSensitive: true,
                enableAdvancedFilteringOnArrays: true,
                advancedFilters: [{ operatorType: 'NumberGreaterThan', key: 'data.amount', value: 100 }],
              },
              maxDeliveryAttempts: 30,
              eventTimeToLiveInMinutes: 1_440,
              batching: { maxEventsPerBatch: 5_000, preferredBatchSizeInKilobytes: 1_024 },
              headers: headers(10),
              deadLetterDestination: { type: 'storage-blob', connectionString: '%STORAGE%', blobContainerName: 'dead' },
            },
            {
              name: 'book',
              destination: { type: 'azure-function', url: 'http://127.0.0.1:7071', functionName: 'book', key: 'k' },
            },
            { name: 'queue', destination: { ...queue, queueMessageTimeToLiveInSeconds: -1 } },
          ],
        },
      ],
      faults: { duplicates: 0.1, failures: 1, shuffle: true },
    }
    expect(checkConfiguration(everything)).toEqual(everything)
  })

  test('is the one the README shows', () => {
    const readme = readFileSync(new URL('../../../local/event-grid/README.md', import.meta.url), 'utf8')
    const example: unknown = JSON.parse(/```json\n(.*?)```/s.exec(readme)?.[1] ?? '')
    expect(checkConfiguration(example)).toEqual(example)
  })

  test.each<[string, unknown, string]>([
    ['no object', [], 'The configuration: "": Invalid input: expected object, received array'],
    ['no topics', {}, 'The configuration: "topics" must be an array.'],
    ['an unknown member of the file', { topics: [], domains: [] }, 'The configuration: "domains" is not emulated.'],
    [
      'a fault out of range',
      { topics: [], faults: { failures: 2 } },
      'The configuration: "faults.failures" is 0 to 1.',
    ],
    ['an unknown fault', { topics: [], faults: { delay: 1 } }, 'The configuration: "faults.delay" is not emulated.'],
    ['a short name', withTopic({ name: 'or' }), 'Topic "or": "name" has 3 to 50 letters, digits or hyphens.'],
    [
      'a missing name',
      withTopic({ name: undefined }),
      'Topic number 0: "name": Invalid input: expected string, received undefined',
    ],
    ['a missing key', withTopic({ key: undefined }), 'Topic "orders": "key" must be base64.'],
    ['a key that is not base64', withTopic({ key: 'a key!' }), 'Topic "orders": "key" must be base64.'],
    ['an empty key', withTopic({ key: '' }), 'Topic "orders": "key" must be base64.'],
    [
      'a custom schema',
      withTopic({ inputSchema: 'custom' }),
      'Topic "orders": "inputSchema" is not emulated as "custom"; there are "cloud-event" and "event-grid".',
    ],
    [
      'an unknown member of a topic',
      withTopic({ publicNetworkAccess: true }),
      'Topic "orders": "publicNetworkAccess" is not emulated.',
    ],
    [
      'subscriptions that are no array',
      withTopic({ subscriptions: {} }),
      'Topic "orders": "subscriptions" must be an array.',
    ],
    [
      'two topics of one name',
      { topics: [topic, { ...topic, name: 'ORDERS' }] },
      'There is more than one topic named "ORDERS".',
    ],
    [
      'two subscriptions of one name',
      withTopic({ subscriptions: [subscription, subscription] }),
      'There is more than one subscription of topic "orders" named "all".',
    ],
    ['an unknown member of a subscription', withSubscription({ labels: [] }), `${place}"labels" is not emulated.`],
    [
      'a name with a dot',
      withSubscription({ name: 'a.ll' }),
      'Topic "orders", subscription "a.ll": "name" has 3 to 64 letters, digits or hyphens.',
    ],
    ['0 attempts', withSubscription({ maxDeliveryAttempts: 0 }), `${place}"maxDeliveryAttempts" is 1 to 30.`],
    ['31 attempts', withSubscription({ maxDeliveryAttempts: 31 }), `${place}"maxDeliveryAttempts" is 1 to 30.`],
    ['half an attempt', withSubscription({ maxDeliveryAttempts: 1.5 }), `${place}"maxDeliveryAttempts" is 1 to 30.`],
    [
      'more than a day',
      withSubscription({ eventTimeToLiveInMinutes: 1_441 }),
      `${place}"eventTimeToLiveInMinutes" is 1 to 1440.`,
    ],
    [
      '5,001 events a batch',
      withSubscription({ batching: { maxEventsPerBatch: 5_001 } }),
      `${place}"batching.maxEventsPerBatch" is 1 to 5000.`,
    ],
    [
      '1,025 kilobytes a batch',
      withSubscription({ batching: { preferredBatchSizeInKilobytes: 1_025 } }),
      `${place}"batching.preferredBatchSizeInKilobytes" is 1 to 1024.`,
    ],
    ['11 headers', withSubscription({ headers: headers(11) }), `${place}"headers" are at most 10 headers.`],
    [
      "a header of Event Grid's own",
      withSubscription({ headers: { 'aeg-x': 'v' } }),
      `${place}"headers.aeg-x" is a header that Event Grid sets itself.`,
    ],
    [
      'a header with a line break',
      withSubscription({ headers: { x: 'a\nb' } }),
      `${place}"headers.x" may have printable ASCII characters only.`,
    ],
    [
      'a header that is too long',
      withSubscription({ headers: { x: 'v'.repeat(4_097) } }),
      `${place}"headers.x" has at most 4096 bytes.`,
    ],
    [
      'CloudEvents turned back',
      withSubscription({ eventDeliverySchema: 'event-grid' }),
      `${place}"eventDeliverySchema" must be "cloud-event": Event Grid never turns CloudEvents back.`,
    ],
    [
      'another destination',
      withSubscription({ destination: { type: 'event-hub' } }),
      `${place}"destination.type" is not emulated as "event-hub"; there is "webhook", "azure-function", "storage-queue".`,
    ],
    [
      'a webhook without a URL',
      withSubscription({ destination: { ...webhook, url: 'here' } }),
      `${place}"destination.url" must be an http or https URL.`,
    ],
    [
      'a webhook over another protocol',
      withSubscription({ destination: { ...webhook, url: 'ftp://x' } }),
      `${place}"destination.url" must be an http or https URL.`,
    ],
    [
      'a tenant of a webhook',
      withSubscription({ destination: { ...webhook, azureActiveDirectoryTenantId: 'x' } }),
      `${place}"destination.azureActiveDirectoryTenantId" is not emulated.`,
    ],
    [
      'a function without a name',
      withSubscription({ destination: { type: 'azure-function', url: 'http://x', functionName: '' } }),
      `${place}"destination.functionName" is not the name of a function.`,
    ],
    [
      'a queue with a capital letter',
      withSubscription({ destination: { ...queue, queueName: 'Work' } }),
      `${place}"destination.queueName" has 3 to 63 lower-case letters, digits and single hyphens.`,
    ],
    [
      'messages that do not live',
      withSubscription({ destination: { ...queue, queueMessageTimeToLiveInSeconds: 0 } }),
      `${place}"destination.queueMessageTimeToLiveInSeconds" is -1 for ever, or at least 1.`,
    ],
    [
      'headers for a queue',
      withSubscription({ destination: queue, headers: headers(1) }),
      `${place}"headers" is nothing that a storage queue knows.`,
    ],
    [
      'batches for a queue',
      withSubscription({ destination: queue, batching: {} }),
      `${place}"batching" is nothing that a storage queue knows.`,
    ],
    [
      'another dead-letter place',
      withSubscription({ deadLetterDestination: { type: 'queue' } }),
      `${place}"deadLetterDestination.type" is not emulated as "queue"; there is "storage-blob".`,
    ],
    [
      'an unknown filter',
      withSubscription({ filter: { subjectContains: 'x' } }),
      `${place}"filter.subjectContains" is not emulated.`,
    ],
    [
      'a wrong operator',
      withSubscription({ filter: { advancedFilters: [{ operatorType: 'Almost', key: 'id' }] } }),
      `${place}"filter.advancedFilters.0.operatorType" is wrong: the operator "Almost" is unknown.`,
    ],
  ])('is refused with %s', (_, value, says) => {
    expect(() => checkConfiguration(value)).toThrow(says)
  })
})
