import {
  AzureKeyCredential,
  AzureSASCredential,
  EventGridPublisherClient,
  generateSharedAccessSignature,
} from '@azure/eventgrid'
import { describe, expect, test } from 'vitest'
import { cloudEvents, gridEvents, key, order, startTopic } from './topic-under-test.ts'

describe('publishing', () => {
  const raw = (address: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${address}?api-version=2018-01-01`, {
      method: 'POST',
      headers: { 'aeg-sas-key': key, 'content-type': 'application/cloudevents-batch+json; charset=utf-8', ...headers },
      body,
    })

  test('takes CloudEvents and Event Grid events from the official client', async () => {
    await cloudEvents(await startTopic({ subscriptions: [] })).send([order('1'), order('2')])
    const other = await startTopic({ schema: 'event-grid', subscriptions: [] })
    await gridEvents(other).send([{ subject: 's', eventType: 't', dataVersion: '1', data: { a: 1 } }])
  })

  test('refuses a wrong key with 401', async () => {
    const topic = await startTopic({ subscriptions: [] })
    await expect(cloudEvents(topic, 'd3Jvbmc=').send([order('1')])).rejects.toMatchObject({ statusCode: 401 })
  })

  test('takes a SAS token until it expires', async () => {
    const topic = await startTopic({ subscriptions: [] })
    const send = async (until: Date) => {
      const signature = await generateSharedAccessSignature(topic.address, new AzureKeyCredential(key), until)
      const client = new EventGridPublisherClient(topic.address, 'CloudEvent', new AzureSASCredential(signature), {
        allowInsecureConnection: true,
      })
      await client.send([order('1')])
    }
    await send(new Date(topic.clock.now() + 60_000))
    await expect(send(new Date(topic.clock.now() - 60_000))).rejects.toMatchObject({ statusCode: 401 })
  })

  test.each([
    ['no array', '{}'],
    ['no JSON', '['],
    ['a missing source', '[{"id":"1","type":"t","specversion":"1.0"}]'],
    ['a wrong version', '[{"id":"1","type":"t","source":"s","specversion":"0.3"}]'],
    ['a bad attribute name', '[{"id":"1","type":"t","source":"s","specversion":"1.0","Bad_Name":1}]'],
  ])('refuses %s with 400', async (_, body) => {
    const topic = await startTopic({ subscriptions: [] })
    expect((await raw(topic.address, body)).status).toBe(400)
  })

  test('refuses the other schema, another version and what is too large', async () => {
    const topic = await startTopic({ subscriptions: [] })
    await expect(
      gridEvents(topic).send([{ subject: 's', eventType: 't', dataVersion: '1', data: {} }]),
    ).rejects.toMatchObject({ statusCode: 400 })
    expect((await fetch(topic.address, { method: 'POST', headers: { 'aeg-sas-key': key } })).status).toBe(400)
    const large = order('1', { text: 'x'.repeat(1_048_576) })
    await expect(cloudEvents(topic).send([large])).rejects.toMatchObject({ statusCode: 413 })
  })

  test('names what is not emulated', async () => {
    const { server } = await startTopic({ subscriptions: [] })
    expect(await (await fetch(`${server.endpoint}/topics`)).json()).toEqual({
      error: { code: 'NotFound', message: 'GET /topics is not emulated.' },
    })
  })

  test.each([
    [{ destination: { type: 'queue', url: 'x' } }, 'the destination type "queue" is not emulated'],
    [{ deadLetter: 'x' }, '"deadLetter" is not emulated'],
    [{ maxDeliveryAttempts: 31 }, '"maxDeliveryAttempts" is 1 to 30'],
    [{ filter: { advancedFilters: [{ operatorType: 'Almost', key: 'id' }] } }, 'the operator "Almost" is unknown'],
  ])('a configuration that Event Grid would refuse is a start error: %j', async (wrong, says) => {
    const subscription = { name: 'all', destination: { type: 'webhook', url: 'http://127.0.0.1:1' }, ...wrong }
    await expect(startTopic({ subscriptions: [subscription as never] })).rejects.toThrow(says)
  })
})
