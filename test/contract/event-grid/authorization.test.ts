import { createHmac } from 'node:crypto'
import {
  AzureKeyCredential,
  AzureSASCredential,
  EventGridPublisherClient,
  generateSharedAccessSignature,
} from '@azure/eventgrid'
import { describe, expect, test } from 'vitest'
import {
  cloudEvents,
  errorOf,
  key,
  order,
  publishRaw,
  rawOrder,
  startTopic,
  type TopicUnderTest,
} from './topic-under-test.ts'

const otherKey = Buffer.from('another key').toString('base64')
const minute = 60_000

function withToken(topic: TopicUnderTest, token: string) {
  return new EventGridPublisherClient(topic.address, 'CloudEvent', new AzureSASCredential(token), {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  })
}

const token = (resource: string, until: number, secret = key) =>
  generateSharedAccessSignature(resource, new AzureKeyCredential(secret), new Date(until))

/** A token as somebody writes it who does not use the client library. */
function handmade(resource: string, expiry: string): string {
  const unsigned = `r=${encodeURIComponent(resource)}&e=${encodeURIComponent(expiry)}`
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(unsigned).digest('base64')
  return `${unsigned}&s=${encodeURIComponent(signature)}`
}

describe('authorization', () => {
  test('takes the key of the topic', async () => {
    const topic = await startTopic({ subscriptions: [] })
    await cloudEvents(topic).send([order('1')])
  })

  test.each([
    ['another key', otherKey],
    ['the beginning of the key', key.slice(0, -4)],
    ['the key and more', `${key}AAAA`],
  ])('refuses %s with 401', async (_, wrong) => {
    const topic = await startTopic({ subscriptions: [] })
    await expect(cloudEvents(topic, wrong).send([order('1')])).rejects.toMatchObject({ statusCode: 401 })
  })

  test('takes a SAS token until the minute it expires', async () => {
    const topic = await startTopic({ subscriptions: [] })
    const client = withToken(topic, await token(topic.address, topic.clock.now() + minute))
    await client.send([order('1')])
    await topic.pass(minute)
    await expect(client.send([order('2')])).rejects.toMatchObject({
      statusCode: 401,
      message: expect.stringContaining('expired'),
    })
  })

  test('takes a token whose expiry says its zone, and one in the Authorization header', async () => {
    const topic = await startTopic({ subscriptions: [] })
    await withToken(topic, handmade(topic.address, '2025-01-01T00:01:00Z')).send([order('1')])
    const authorization = `SharedAccessSignature ${handmade(topic.address, '1/1/2025 12:01:00 AM')}`
    expect((await publishRaw(topic, [rawOrder('2')], { authorization })).status).toBe(200)
  })

  test.each([
    ['of another topic', (topic: TopicUnderTest) => topic.address.replace('/orders/', '/others/'), /another resource/],
    ['of another host', () => 'https://orders.westeurope-1.eventgrid.azure.net/api/events', /another resource/],
    ['of nothing', () => '', /another resource/],
  ])('refuses a SAS token %s with 401', async (_, resource, says) => {
    const topic = await startTopic({ subscriptions: [] })
    const client = withToken(topic, await token(resource(topic), topic.clock.now() + minute))
    await expect(client.send([order('1')])).rejects.toMatchObject({
      statusCode: 401,
      message: expect.stringMatching(says),
    })
  })

  test('refuses a SAS token signed with another key', async () => {
    const topic = await startTopic({ subscriptions: [] })
    const client = withToken(topic, await token(topic.address, topic.clock.now() + minute, otherKey))
    await expect(client.send([order('1')])).rejects.toMatchObject({ statusCode: 401 })
  })

  test('refuses a SAS token whose expiry was moved', async () => {
    const topic = await startTopic({ subscriptions: [] })
    const moved = (await token(topic.address, topic.clock.now() - minute)).replace('2024', '2044')
    await expect(withToken(topic, moved).send([order('1')])).rejects.toMatchObject({ statusCode: 401 })
  })

  test.each([
    ['no proof at all', {}, /neither aeg-sas-key nor aeg-sas-token/],
    ['a bearer token', { authorization: 'Bearer abc' }, /Bearer tokens are not emulated/],
    ['a token without a signature', { 'aeg-sas-token': 'r=x&e=y' }, /no signature/],
    ['a signature that is no text', { 'aeg-sas-token': 'r=x&e=y&s=%' }, /signature .* wrong/],
    ['an empty key', { 'aeg-sas-key': '' }, /not the key/],
  ])('refuses %s with 401 and says why', async (_, headers, says) => {
    const topic = await startTopic({ subscriptions: [] })
    const answer = await publishRaw(topic, [rawOrder('1')], headers)
    expect(answer.status).toBe(401)
    expect(await errorOf(answer)).toMatchObject({ code: 'Unauthorized', message: expect.stringMatching(says) })
  })

  test('looks at the key before it looks at the events', async () => {
    const topic = await startTopic({ subscriptions: [] })
    expect((await publishRaw(topic, 'no events', { 'aeg-sas-key': otherKey })).status).toBe(401)
  })
})
