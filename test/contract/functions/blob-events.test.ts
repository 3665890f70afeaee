import { AzureKeyCredential, EventGridPublisherClient } from '@azure/eventgrid'
import { startEventGrid } from 'local-event-grid/server'
import { describe, expect, test } from 'vitest'
import { sample } from './host-process.ts'
import { storageAccount } from './storage-account.ts'
import { all, blobApp, reaches } from './storage-blob-app.ts'

const account = storageAccount()

describe('a blob trigger that Event Grid tells', () => {
  const created = (container: string, blob: string, more: object = {}) => ({
    id: '1',
    eventType: 'Microsoft.Storage.BlobCreated',
    subject: `/blobServices/default/containers/${container}/blobs/${blob}`,
    eventTime: '2026-01-01T00:00:00Z',
    dataVersion: '',
    data: { api: 'PutBlob' },
    ...more,
  })
  const tell = (endpoint: string, events: unknown, { kind = 'Notification', name = 'Host.Functions.work' } = {}) =>
    fetch(`${endpoint}/runtime/webhooks/blobs?functionName=${name}`, {
      method: 'POST',
      headers: { 'aeg-event-type': kind },
      body: JSON.stringify(events),
    })

  test('calls the function with the blob that was made, its names and its properties', async () => {
    const app = await blobApp(account(), { pattern: 'in/{name}.txt', options: "source: 'EventGrid'," })
    const host = await app.start()
    await app.put('in/a.txt', 'hello', { kind: 'letter' })
    expect((await tell(host.endpoint, [created(app.name, 'in/a.txt')])).status).toBe(202)
    await reaches(host, 1)
    const [got] = all(host)
    expect(got).toMatchObject({ text: 'hello', isBuffer: true })
    expect(got?.metadata).toMatchObject({
      name: 'a',
      blobTrigger: `${app.name}/in/a.txt`,
      metadata: { kind: 'letter' },
    })
  })

  test('looks into no container by itself', async () => {
    const app = await blobApp(account(), { options: "source: 'EventGrid'," })
    await app.put('unheard', 'x')
    const host = await app.start()
    await app.put('heard', 'y')
    await tell(host.endpoint, [created(app.name, 'heard')])
    await reaches(host, 1)
    expect(all(host).map(one => one.text)).toEqual(['y'])
  })

  test('CloudEvents are as good; what is no new blob of its path is accepted and left alone', async () => {
    const app = await blobApp(account(), { pattern: '{name}.txt', options: "source: 'EventGrid'," })
    const host = await app.start()
    for (const name of ['a.txt', 'b.png', 'c.txt']) await app.put(name, name)
    const others = [
      created(app.name, 'b.png'),
      created('elsewhere', 'a.txt'),
      created(app.name, 'gone.txt'),
      created(app.name, 'a.txt', { eventType: 'Microsoft.Storage.BlobDeleted' }),
      created(app.name, 'a.txt', { subject: 'orders/1' }),
    ]
    expect((await tell(host.endpoint, others)).status).toBe(202)
    const { eventType: type, ...rest } = created(app.name, 'c.txt')
    expect((await tell(host.endpoint, { ...rest, type, specversion: '1.0', source: '/shop' })).status).toBe(202)
    await reaches(host, 1)
    expect(all(host).map(one => one.text)).toEqual(['c.txt'])
  })

  test('an unknown function is 404, an unknown kind 400, the handshake answers its code', async () => {
    const app = await blobApp(account(), { options: "source: 'EventGrid'," })
    const { endpoint } = await app.start()
    expect((await tell(endpoint, [], { name: 'Host.Functions.other' })).status).toBe(404)
    expect((await tell(endpoint, [], { name: 'work' })).status).toBe(404)
    expect((await tell(endpoint, [], { kind: 'Other' })).status).toBe(400)
    const asked = await tell(endpoint, [{ data: { validationCode: 'abc' } }], { kind: 'SubscriptionValidation' })
    expect(await asked.json()).toEqual({ validationResponse: 'abc' })
  })

  test('a blob that keeps failing is poison after five tries', async () => {
    const app = await blobApp(account(), { options: "source: 'EventGrid',", body: "throw new Error('no')" })
    const host = await app.start()
    await app.put('bad', 'x')
    await tell(host.endpoint, [created(app.name, 'bad')])
    await reaches(host, 5)
    const poison = account().queues.getQueueClient('webjobs-blobtrigger-poison')
    const found = async () => {
      const { peekedMessageItems } = await poison
        .peekMessages({ numberOfMessages: 32 })
        .catch(() => ({ peekedMessageItems: [] }))
      return peekedMessageItems.some(({ messageText }) =>
        Buffer.from(messageText, 'base64').toString().includes(`"ContainerName":"${app.name}"`),
      )
    }
    await expect.poll(found, { timeout: 10_000 }).toBe(true)
  })

  test('the quickstart, told by the local Event Grid', async () => {
    const host = await account().start(sample('event-grid-blob-quickstart'), {
      settings: { MyStorageAccountAppSetting: account().connectionString },
    })
    const url = `${host.endpoint}/runtime/webhooks/blobs?functionName=Host.Functions.uploaded`
    const subscriptions = [{ name: 'blobs', destination: { type: 'webhook' as const, url } }]
    const eventGrid = await startEventGrid({
      topics: [{ name: 'storage', key: 'a2V5', inputSchema: 'event-grid', subscriptions }],
    })
    const container = account().blobs.getContainerClient('samples-workitems')
    await container.create()
    await container.getBlockBlobClient('report.pdf').upload('12345', 5)
    const client = new EventGridPublisherClient(
      `${eventGrid.endpoint}/storage/api/events`,
      'EventGrid',
      new AzureKeyCredential('a2V5'),
      { allowInsecureConnection: true },
    )
    await client.send([{ ...created('samples-workitems', 'report.pdf'), eventTime: new Date() }])
    await host.logged(lines => lines.includes('Storage blob function processed blob "report.pdf" with size 5 bytes'))
    await eventGrid.close()
  })
})
