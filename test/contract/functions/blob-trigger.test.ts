import { randomUUID } from 'node:crypto'
import { parsePathPattern } from 'local-functions/blob/path-pattern'
import { handOverOnce } from 'local-functions/blob/receipts'
import { expect, test } from 'vitest'
import { sample } from './host-process.ts'
import { base64, said, storageAccount } from './storage-account.ts'
import { all, blobApp, got, reaches, times } from './storage-blob-app.ts'

const account = storageAccount()

test('a function gets what is there already and what comes later, as bytes', async () => {
  const { put, start } = await blobApp(account())
  await put('old.txt', 'there before')
  const host = await start()
  await reaches(host, 1)
  await put('new.txt', 'zwölf')
  await reaches(host, 2)
  expect(all(host).map(({ text, isBuffer }) => [text, isBuffer])).toEqual([
    ['there before', true],
    ['zwölf', true],
  ])
})

test('a blob that changes comes again', async () => {
  const { put, start } = await blobApp(account())
  await put('a', 'one')
  const host = await start()
  await reaches(host, 1)
  await put('a', 'two')
  await reaches(host, 2)
  expect(all(host).map(({ text }) => text)).toEqual(['one', 'two'])
})

test('dataType "string" makes it a text, which may be JSON', async () => {
  const { put, start } = await blobApp(account(), { options: `dataType: 'string',` })
  await put('a', '{"n":1}')
  const host = await start()
  await reaches(host, 1)
  expect(all(host)[0]).toMatchObject({ text: '{"n":1}', isBuffer: false })
})

test('an empty blob is no bytes', async () => {
  const { put, start } = await blobApp(account())
  await put('empty', '')
  const host = await start()
  await reaches(host, 1)
  expect(all(host)[0]).toMatchObject({ text: '', isBuffer: true })
})

test('a function is told about its blob', async () => {
  const { name, container, put, start } = await blobApp(account(), { pattern: '{folder}/{name}.{ext}' })
  await put('skipped', 'x')
  const { etag } = await put('2025/letters/a.b.txt', 'hello', { Colour: 'red' })
  const host = await start()
  await reaches(host, 1)
  const metadata = all(host)[0]?.metadata
  expect(metadata).toMatchObject({
    blobTrigger: `${name}/2025/letters/a.b.txt`,
    uri: container.getBlobClient('2025/letters/a.b.txt').url,
    folder: '2025/letters',
    name: 'a.b',
    ext: 'txt',
    metadata: { colour: 'red' },
    properties: { contentLength: 5, contentType: 'application/octet-stream', eTag: etag },
  })
})

test('only what the pattern means comes', async () => {
  const { put, start } = await blobApp(account(), { pattern: 'in/{name}.txt' })
  await put('in/a.csv', '1')
  await put('out/a.txt', '2')
  await put('in/b.txt', '3')
  const host = await start()
  await reaches(host, 1)
  await put('in/c.txt', '4')
  await reaches(host, 2)
  expect(all(host).map(({ text }) => text)).toEqual(['3', '4'])
})

test.each([
  ['abc/{name}', 'a/b.txt', { name: 'a/b.txt' }],
  ['abc/{name}.{ext}', 'a.b.c', { name: 'a.b', ext: 'c' }],
  ['abc/{name}.txt', 'a.csv', undefined],
  ['abc/{name}', '', { name: '' }],
  ['abc/in/a+b.txt', 'in/a+b.txt', {}],
  ['abc/in/a+b.txt', 'in/aab.txt', undefined],
  ['abc/in/a.txt', 'in/A.txt', undefined],
  ['abc', 'anything/at/all', {}],
  ['abc/{{20140101}}-{name}', '{20140101}-x', { name: 'x' }],
  ['abc/{a}-{b}', '1-2-3', { a: '1-2', b: '3' }],
])('the path %s and the blob %s: %j', (path, blob, expected) => {
  expect(parsePathPattern('f', path).match(blob)).toEqual(expected)
})

test('receipts keep a restart from running it again, and what changed meanwhile comes', async () => {
  const { name, hostId, put, start } = await blobApp(account())
  const { etag } = await put('a', 'one')
  await put('b', 'one')
  const first = await start()
  await reaches(first, 2)
  await first.stop()
  const hosts = account().blobs.getContainerClient('azure-webjobs-hosts')
  const receipt = hosts.getBlobClient(`blobreceipts/${hostId}/Host.Functions.work/${etag}/${name}/a`)
  expect((await receipt.getProperties()).metadata).toEqual({})
  await put('b', 'two')
  const second = await start()
  await reaches(second, 1)
  await put('c', 'three')
  await reaches(second, 2)
  expect(all(second).map(({ text }) => text)).toEqual(['two', 'three'])
})

test('a receipt that was begun by somebody who died is completed', async () => {
  const { name, hostId, put, start } = await blobApp(account())
  const { etag } = await put('a', 'one')
  const hosts = account().blobs.getContainerClient('azure-webjobs-hosts')
  await hosts.createIfNotExists()
  const receipt = hosts.getBlockBlobClient(`blobreceipts/${hostId}/Host.Functions.work/${etag}/${name}/a`)
  await receipt.upload('', 0, { metadata: { Incomplete: 'Incomplete' } })
  const host = await start()
  await reaches(host, 1)
  await expect.poll(async () => (await receipt.getProperties()).metadata).toEqual({})
})

test('however many instances are at it, a blob is handed over once', async () => {
  const receipts = account().blobs.getContainerClient(`c-${randomUUID()}`)
  const version = { owner: 'h/f', container: 'c', name: 'a', etag: '"0x1"' }
  await receipts.create()
  const path = `blobreceipts/${version.owner}/${version.etag}/c/a`
  await receipts.getBlockBlobClient(path).upload('', 0, { metadata: { Incomplete: 'Incomplete' } })
  let handed = 0
  const instance = () => handOverOnce(receipts, version, async () => void handed++)
  // Each asks until it is told that it is done, as the looks into a container do.
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (!(await instance())) await new Promise(resolve => setTimeout(resolve, 5))
    }),
  )
  expect(handed).toBe(1)
})

test('a blob that fails comes five times, then is told to the poison queue', async () => {
  const { name, put, start, queue } = await blobApp(account(), { body: `throw new Error('no')` })
  const { etag } = await put('a', 'one')
  const host = await start()
  await host.logged(lines => lines.some(line => line.includes(`Moving message to queue 'webjobs-blobtrigger-poison'`)))
  expect(all(host)).toHaveLength(5)
  const poison = account().queues.getQueueClient('webjobs-blobtrigger-poison')
  // The line comes before the message is there.
  const told = async () => {
    if (!(await poison.exists())) return undefined
    const { peekedMessageItems } = await poison.peekMessages({ numberOfMessages: 32 })
    const messages = peekedMessageItems.map(one => JSON.parse(Buffer.from(one.messageText, 'base64').toString()))
    return messages.find(({ ContainerName }) => ContainerName === name)
  }
  await expect.poll(told, { timeout: 10_000 }).toEqual({
    Type: 'BlobTrigger',
    FunctionId: 'Host.Functions.work',
    BlobType: 'BlockBlob',
    ContainerName: name,
    BlobName: 'a',
    ETag: etag,
  })
  await expect.poll(async () => (await queue.getProperties()).approximateMessagesCount).toBe(0)
})

test('poisonBlobThreshold says how often', async () => {
  const hostJson = { extensions: { blobs: { poisonBlobThreshold: 2 } } }
  const { put, start } = await blobApp(account(), { body: `throw new Error('no')`, hostJson })
  await put('a', 'one')
  const host = await start()
  await host.logged(lines => lines.some(line => line.includes('MaxDequeueCount of 2')))
  expect(all(host)).toHaveLength(2)
})

test('a message about a blob that is gone, has changed or belongs to nobody is dropped', async () => {
  const { name, put, start, queue } = await blobApp(account(), { pattern: 'only/{name}' })
  await put('only/changed', 'now')
  await queue.create()
  const message = { FunctionId: 'Host.Functions.work', ContainerName: name, BlobName: 'only/changed', ETag: '"0x1"' }
  await queue.sendMessage(base64(JSON.stringify(message)))
  await queue.sendMessage(base64(JSON.stringify({ ...message, BlobName: 'only/gone' })))
  await queue.sendMessage(base64(JSON.stringify({ ...message, FunctionId: 'Host.Functions.other' })))
  await queue.sendMessage('no message at all')
  const host = await start()
  await reaches(host, 1)
  await expect.poll(async () => (await queue.getProperties()).approximateMessagesCount).toBe(0)
  expect(all(host).map(({ text }) => text)).toEqual(['now'])
})

test('two functions of an app each get it', async () => {
  const more = `app.storageBlob('second', { path: 'CONTAINER/{name}', connection: 'AzureWebJobsStorage',
    handler: (blob, context) => context.log('second ' + JSON.stringify(blob.toString())) })`
  const { put, start } = await blobApp(account(), { more })
  await put('a', 'one')
  const host = await start()
  await host.logged(lines => got(lines).length === 1 && said(lines, 'second').length === 1)
})

test('two hosts share the blobs: each comes once', async () => {
  const { put, start } = await blobApp(account())
  const first = await start()
  const second = await start()
  for (let n = 0; n < 12; n++) await put(`${n}`, `${n}`)
  const both = () => [...all(first), ...all(second)].map(({ text }) => text)
  await expect.poll(() => new Set(both()).size, { timeout: 15_000 }).toBe(12)
  expect(both()).toHaveLength(12)
})

test('a container that is missing is looked for until it is there', async () => {
  const name = `c-${randomUUID()}`
  const host = await account().run(
    `app.storageBlob('work', { path: '${name}/{name}', connection: 'AzureWebJobsStorage',
      handler: (blob, context) => context.log('late ' + JSON.stringify(blob.toString())) })`,
    { times },
  )
  const container = account().blobs.getContainerClient(name)
  await container.create()
  await container.getBlockBlobClient('a').upload('x', 1)
  await host.logged(lines => said(lines, 'late').includes('x'))
})

test('the quickstart runs unchanged', async () => {
  const container = account().blobs.getContainerClient('samples-workitems')
  await container.createIfNotExists()
  await container.getBlockBlobClient('a.txt').upload('hello', 5)
  const host = await account().start(sample('blob-quickstart'), { times })
  await host.logged(lines => lines.includes('Storage blob function processed blob "a.txt" with size 5 bytes'))
})
