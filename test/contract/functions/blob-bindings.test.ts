import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { base64, storageAccount } from './storage-account.ts'

const account = storageAccount()

const text = (name: string, blob: string) =>
  account()
    .blobs.getContainerClient(name)
    .getBlobClient(blob)
    .downloadToBuffer()
    .then(buffer => buffer.toString())

/** A function behind HTTP that answers what its blob holds. */
async function read(path: string, options = '') {
  const host = await account().run(
    `const blob = input.storageBlob({ path: '${path}', connection: 'AzureWebJobsStorage', ${options} })
    app.http('read', { route: 'read/{name?}', authLevel: 'anonymous', extraInputs: [blob], handler: (request, context) => {
      const value = context.extraInputs.get(blob)
      const kind = value === undefined ? 'undefined' : Buffer.isBuffer(value) ? 'bytes' : typeof value
      return { jsonBody: { kind, value: Buffer.isBuffer(value) ? value.toString() : value } }
    } })`,
  )
  return async () => (await fetch(`${host.endpoint}/api/read`)).json()
}

async function place(blob: string, content: string): Promise<string> {
  const name = `c-${randomUUID()}`
  const container = account().blobs.getContainerClient(name)
  await container.create()
  await container.getBlockBlobClient(blob).upload(content, Buffer.byteLength(content))
  return name
}

test.each([
  ['bytes', '', 'zwölf', { kind: 'bytes', value: 'zwölf' }],
  ['a text when it asks for one', `dataType: 'string'`, 'zwölf', { kind: 'string', value: 'zwölf' }],
  ['what a text holds when it is JSON', `dataType: 'string'`, '{"a":1}', { kind: 'object', value: { a: 1 } }],
  ['bytes when it asks for them', `dataType: 'binary'`, '{"a":1}', { kind: 'bytes', value: '{"a":1}' }],
])('an input is %s', async (_, options, content, expected) => {
  const name = await place('in/a.txt', content)
  expect(await (await read(`${name}/in/a.txt`, options))()).toEqual(expected)
})

test('an input that is missing is undefined, be it the blob or its container', async () => {
  const name = await place('a', 'x')
  expect(await (await read(`${name}/b`))()).toEqual({ kind: 'undefined' })
  expect(await (await read(`c-${randomUUID()}/b`))()).toEqual({ kind: 'undefined' })
})

test('an input is read anew each time', async () => {
  const name = await place('a', 'one')
  const call = await read(`${name}/a`)
  expect(await call()).toMatchObject({ value: 'one' })
  await account().blobs.getContainerClient(name).getBlockBlobClient('a').upload('two', 3)
  expect(await call()).toMatchObject({ value: 'two' })
})

test.each([
  ['a text', `'zwölf'`, 'zwölf'],
  ['an object', '{ a: [1] }', '{"a":[1]}'],
  ['a list', '[1, 2]', '[1,2]'],
  ['bytes', `Buffer.from('bytes')`, 'bytes'],
  ['nothing but an empty text', `''`, ''],
])('an output writes %s into a container that is made for it', async (_, answer, expected) => {
  const name = `c-${randomUUID()}`
  const host = await account().run(
    `app.http('write', { authLevel: 'anonymous', extraOutputs: [globalThis.blob = output.storageBlob({ path: '${name}/out/a.txt', connection: '' })],
      handler: (request, context) => { context.extraOutputs.set(globalThis.blob, ${answer}); return {} } })`,
  )
  expect((await fetch(`${host.endpoint}/api/write`)).status).toBe(200)
  expect(await text(name, 'out/a.txt')).toBe(expected)
})

test('an output overwrites what was there', async () => {
  const name = await place('a', 'a long text that was there')
  const queue = account().queues.getQueueClient(`q-${name}`.slice(0, 60))
  await queue.create()
  await queue.sendMessage(base64(JSON.stringify({ to: `${name}/a`, text: 'new' })))
  await account().run(
    `app.storageQueue('write', { queueName: '${queue.name}', connection: '',
      return: output.storageBlob({ path: '{to}', connection: '' }), handler: item => item.text })`,
  )
  await expect.poll(() => text(name, 'a'), { timeout: 10_000 }).toBe('new')
})

test('nothing returned writes nothing', async () => {
  const name = `c-${randomUUID()}`
  const host = await account().run(
    `const blob = output.storageBlob({ path: '${name}/a', connection: '' })
    app.http('write', { authLevel: 'anonymous', extraOutputs: [blob], handler: () => ({}) })`,
  )
  expect((await fetch(`${host.endpoint}/api/write`)).status).toBe(200)
  expect(await account().blobs.getContainerClient(name).exists()).toBe(false)
})

test('a queue message names the blob that is read and the one that is written', async () => {
  const name = await place('in/7.txt', 'seven')
  const queue = account().queues.getQueueClient(`copy-${randomUUID()}`)
  await queue.create()
  const sent = await queue.sendMessage(base64('{"file":"7"}'))
  await account().run(
    `const source = input.storageBlob({ path: '${name}/in/{file}.txt', connection: '' })
    app.storageQueue('copy', { queueName: '${queue.name}', connection: '', extraInputs: [source],
      return: output.storageBlob({ path: '${name}/out/{file}-{id}.txt', connection: '' }),
      handler: (item, context) => context.extraInputs.get(source) })`,
  )
  await expect.poll(() => text(name, `out/7-${sent.messageId}.txt`).catch(() => ''), { timeout: 10_000 }).toBe('seven')
})

test('a blob function copies its blob by the name in its path', async () => {
  const name = await place('in/a.txt', 'hello')
  await account().run(
    `app.storageBlob('copy', { path: '${name}/in/{name}', connection: '',
      return: output.storageBlob({ path: '${name}/out/{name}', connection: '' }), handler: blob => blob.toString().toUpperCase() })`,
    { times: { blobPollInterval: 100 } },
  )
  await expect.poll(() => text(name, 'out/a.txt').catch(() => ''), { timeout: 10_000 }).toBe('HELLO')
})

test('a path that resolves to no blob fails the invocation', async () => {
  const queue = account().queues.getQueueClient(`bad-${randomUUID()}`)
  await queue.create()
  await queue.sendMessage(base64('{"to":"nowhere"}'))
  const host = await account().run(
    `app.storageQueue('write', { queueName: '${queue.name}', connection: '',
      return: output.storageBlob({ path: '{to}', connection: '' }), handler: () => 'x' })`,
  )
  await host.logged(lines => lines.some(line => line.includes('"nowhere" is not the path of a blob.')))
})
