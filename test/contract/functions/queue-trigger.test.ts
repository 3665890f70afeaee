import { randomUUID } from 'node:crypto'
import type { QueueClient } from '@azure/storage-queue'
import { createNap } from 'local-functions/queue/nap'
import { workOffQueue } from 'local-functions/queue/work-off-queue'
import { queueOptions } from 'local-functions/storage/host-options'
import { expect, test } from 'vitest'
import { type HostProcess, sample } from './host-process.ts'
import { base64, said, storageAccount } from './storage-account.ts'

const account = storageAccount()

/** An app that says what it gets, over a queue of its own which it looks into often. */
async function queueApp({ body = '', options = '', queues = {}, times = {} }: Partial<AppParts> = {}) {
  const name = `q-${randomUUID()}`
  const queue = account().queues.getQueueClient(name)
  await queue.create()
  const hostJson = { extensions: { queues: { maxPollingInterval: '00:00:00.2', ...queues } } }
  const folder = await account().app(
    `app.storageQueue('work', { queueName: '${name}', connection: 'AzureWebJobsStorage', ${options}
      handler: async (item, context) => {
        const { triggerMetadata } = context
        context.log('got ' + JSON.stringify({ item, triggerMetadata, bytes: Buffer.isBuffer(item) }))
        ${body}
      } })`,
    hostJson,
  )
  const start = () => account().start(folder, { times })
  return { name, queue, start, poison: account().queues.getQueueClient(`${name}-poison`) }
}

type AppParts = { body: string; options: string; queues: object; times: { messageVisibility?: number } }

type Got = { item: unknown; triggerMetadata: Record<string, unknown>; bytes: boolean }

const got = (lines: readonly string[]) => said(lines, 'got') as Got[]
const all = (host: HostProcess) => host.entries.map(entry => entry.message)

/** How many messages there are, also those nobody sees. */
async function count(queue: QueueClient): Promise<number | undefined> {
  return (await queue.getProperties()).approximateMessagesCount
}

test.each([
  ['a text', 'hello', 'hello'],
  ['a text that is no ASCII', 'zwölf Boxkämpfer ✓', 'zwölf Boxkämpfer ✓'],
  ['an object', '{"a":1,"b":{"c":[2]}}', { a: 1, b: { c: [2] } }],
  ['a list', '[1,"two"]', [1, 'two']],
  ['a number', '42', 42],
  ['what only looks like JSON', '{not json', '{not json'],
  ['nothing', '', ''],
])('a function gets %s', async (_, sent, expected) => {
  const { queue, start } = await queueApp()
  await queue.sendMessage(base64(sent))
  const host = await start()
  const lines = await host.logged(messages => got(messages).length === 1)
  expect(got(lines)[0]?.item).toEqual(expected)
  await expect.poll(() => count(queue)).toBe(0)
})

test('a function gets bytes when it asks for them', async () => {
  const { queue, start } = await queueApp({ options: `dataType: 'binary',` })
  await queue.sendMessage(Buffer.from([0, 255, 128]).toString('base64'))
  const host = await start()
  const [one] = got(await host.logged(messages => got(messages).length === 1))
  expect(one?.bytes).toBe(true)
  expect(one?.item).toEqual({ type: 'Buffer', data: [0, 255, 128] })
})

test('messages are plain with messageEncoding "none"', async () => {
  const { queue, start } = await queueApp({ queues: { messageEncoding: 'none' } })
  await queue.sendMessage('plain')
  const host = await start()
  expect(got(await host.logged(messages => got(messages).length === 1))[0]?.item).toBe('plain')
})

test('a function is told about its message', async () => {
  const { queue, start } = await queueApp()
  const sent = await queue.sendMessage(base64('{"Colour":"red","list":[1]}'))
  const host = await start()
  const [one] = got(await host.logged(messages => got(messages).length === 1))
  const metadata = one?.triggerMetadata ?? {}
  expect(metadata).toMatchObject({ id: sent.messageId, dequeueCount: 1, colour: 'red' })
  expect(metadata.queueTrigger).toEqual({ colour: 'red', list: [1] })
  expect(metadata).not.toHaveProperty('list')
  expect(metadata.popReceipt).not.toBe(sent.popReceipt)
  expect(metadata.insertionTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/)
  expect(Date.parse(String(metadata.insertionTime))).toBe(sent.insertedOn.getTime())
  const week = Date.parse(String(metadata.expirationTime)) - Date.parse(String(metadata.insertionTime))
  expect(week).toBe(7 * 24 * 60 * 60_000)
  expect(Date.parse(String(metadata.nextVisibleTime)) - Date.now()).toBeGreaterThan(9 * 60_000)
})

test('a message that fails comes again, then becomes poison with its content as it was', async () => {
  const { queue, poison, start } = await queueApp({ body: `throw new Error('no')`, queues: { maxDequeueCount: 3 } })
  await queue.sendMessage(base64('{"n":1}'))
  const host = await start()
  const lines = await host.logged(messages => messages.some(line => line.includes('Moving message to queue')))
  expect(got(lines).map(({ triggerMetadata }) => triggerMetadata.dequeueCount)).toEqual([1, 2, 3])
  await expect.poll(() => count(queue)).toBe(0)
  const { receivedMessageItems } = await poison.receiveMessages()
  expect(receivedMessageItems.map(one => one.messageText)).toEqual([base64('{"n":1}')])
})

test('it becomes poison after five times when nothing else is said', async () => {
  const { queue, poison, start } = await queueApp({ body: `throw new Error('no')` })
  await queue.sendMessage(base64('x'))
  const host = await start()
  await host.logged(messages => messages.some(line => line.includes('MaxDequeueCount of 5')))
  expect(got(all(host))).toHaveLength(5)
  await expect.poll(async () => (await poison.exists()) && count(poison)).toBe(1)
})

test('a message that failed stays invisible for visibilityTimeout', async () => {
  const { queue, start } = await queueApp({ body: `throw new Error('no')`, queues: { visibilityTimeout: '00:05:00' } })
  await queue.sendMessage(base64('x'))
  const host = await start()
  await host.logged(messages => messages.some(line => line.includes('failed: Error: no')))
  await host.stop()
  expect((await queue.peekMessages()).peekedMessageItems).toEqual([])
  expect(await count(queue)).toBe(1)
  expect(got(all(host))).toHaveLength(1)
})

test('what is not Base64 is poison at once, without a call', async () => {
  const { queue, poison, start } = await queueApp()
  await queue.sendMessage('not base64!')
  const host = await start()
  await host.logged(messages => messages.some(line => line.includes('Moving message to queue')))
  await expect.poll(async () => (await poison.exists()) && count(poison)).toBe(1)
  expect((await poison.peekMessages()).peekedMessageItems[0]?.messageText).toBe('not base64!')
  expect(got(all(host))).toEqual([])
  await expect.poll(() => count(queue)).toBe(0)
})

test('a queue that is missing is looked for until it is there', async () => {
  const { queue, start } = await queueApp()
  await queue.delete()
  const host = await start()
  await queue.create()
  await queue.sendMessage(base64('late'))
  expect(got(await host.logged(messages => got(messages).length === 1))[0]?.item).toBe('late')
})

test('poison has no poison queue of its own: it stays invisible', async () => {
  const name = `q-${randomUUID().slice(0, 8)}-poison`
  const queue = account().queues.getQueueClient(name)
  await queue.create()
  await queue.sendMessage(base64('x'))
  const host = await account().run(
    `app.storageQueue('work', { queueName: '${name}', connection: '', handler: () => { throw new Error('no') } })`,
    { hostJson: { extensions: { queues: { maxDequeueCount: 1 } } } },
  )
  await host.logged(messages => messages.some(line => line.includes('failed: Error: no')))
  await host.stop()
  expect(await count(queue)).toBe(1)
  expect((await queue.peekMessages()).peekedMessageItems).toEqual([])
  expect(await account().queues.getQueueClient(`${name}-poison`).exists()).toBe(false)
})

test('as many messages run at once as batchSize and newBatchThreshold allow, and no more', async () => {
  const body = `globalThis.running = (globalThis.running ?? 0) + 1
    context.log('running ' + globalThis.running)
    await new Promise(resolve => setTimeout(resolve, item % 2 === 0 ? 50 : 600))
    globalThis.running--`
  const { queue, start } = await queueApp({ body, queues: { batchSize: 2, newBatchThreshold: 1 } })
  for (let n = 0; n < 9; n++) await queue.sendMessage(base64(`${n}`))
  const host = await start()
  await host.logged(messages => got(messages).length === 9)
  expect(Math.max(...(said(all(host), 'running') as number[]))).toBe(3)
  expect(new Set(got(all(host)).map(({ item }) => item)).size).toBe(9)
})

test("a killed host's message comes again when it becomes visible", async () => {
  const body = `if (triggerMetadata.dequeueCount === 1) await new Promise(() => setInterval(() => {}, 1000))`
  const { queue, start } = await queueApp({ body, times: { messageVisibility: 2_000 } })
  await queue.sendMessage(base64('x'))
  const first = await start()
  await first.logged(messages => got(messages).length === 1)
  await first.kill()
  const second = await start()
  const lines = await second.logged(messages => got(messages).length === 1)
  expect(got(lines)[0]?.triggerMetadata.dequeueCount).toBe(2)
  await expect.poll(() => count(queue)).toBe(0)
})

test('a message is kept invisible for as long as its function runs', async () => {
  const body = `await new Promise(resolve => setTimeout(resolve, 4500)); context.log('through {}')`
  const { queue, start } = await queueApp({ body, times: { messageVisibility: 2_000 } })
  await queue.sendMessage(base64('x'))
  const host = await start()
  await host.logged(messages => said(messages, 'through').length === 1)
  await expect.poll(() => count(queue)).toBe(0)
  expect(got(all(host))).toHaveLength(1)
})

test('a host that stops lets its messages run to their end and takes no more', async () => {
  const body = `await new Promise(resolve => setTimeout(resolve, 500)); context.log('through ' + JSON.stringify(item))`
  const { queue, start } = await queueApp({ body, queues: { batchSize: 1, newBatchThreshold: 0 } })
  await queue.sendMessage(base64('first'))
  const host = await start()
  await host.logged(messages => got(messages).length === 1)
  await queue.sendMessage(base64('second'))
  await host.stop()
  expect(said(all(host), 'through')).toEqual(['first'])
  expect(got(all(host))).toHaveLength(1)
  const left = await queue.peekMessages()
  expect(left.peekedMessageItems.map(one => [one.messageText, one.dequeueCount])).toEqual([[base64('second'), 0]])
})

test('a retry policy is ignored, which is said', async () => {
  const options = `retry: { strategy: 'fixedDelay', maxRetryCount: 5, delayInterval: 1 },`
  const body = `throw new Error('no')`
  const { queue, poison, start } = await queueApp({ options, body, queues: { maxDequeueCount: 1 } })
  await queue.sendMessage(base64('x'))
  const host = await start()
  await host.logged(messages => messages.some(line => line.includes('takes no retry policy')))
  await expect.poll(async () => (await poison.exists()) && count(poison)).toBe(1)
  expect(got(all(host))).toHaveLength(1)
})

/** Works off a queue in this process. */
async function workOff(queue: QueueClient, stop: AbortSignal, handle: () => Promise<void>): Promise<void> {
  await workOffQueue({
    queue,
    options: queueOptions('host.json', {}),
    visibility: 60_000,
    isReadable: () => true,
    handle,
    poisonQueue: () => undefined,
    warn() {},
    nap: createNap(),
    stop,
  })
}

test('a message that arrives while the host begins to stop is given back', async () => {
  const { queue } = await queueApp()
  await queue.sendMessage(base64('x'))
  const stop = new AbortController()
  const receive = queue.receiveMessages.bind(queue)
  queue.receiveMessages = async options => {
    const answer = await receive(options)
    stop.abort()
    return answer
  }
  let handled = 0
  await workOff(queue, stop.signal, async () => void handled++)
  expect(handled).toBe(0)
  expect((await receive()).receivedMessageItems).toHaveLength(1)
})

test('a host has not stopped before its messages are deleted', async () => {
  const { queue } = await queueApp()
  await queue.sendMessage(base64('x'))
  const stop = new AbortController()
  let through = false
  await workOff(queue, stop.signal, async () => {
    setTimeout(() => stop.abort(), 50)
    await new Promise(resolve => setTimeout(resolve, 400))
    through = true
  })
  expect(through).toBe(true)
  expect(await count(queue)).toBe(0)
})

test('the last failure makes it poison at once, whatever the visibilityTimeout', async () => {
  const queues = { maxDequeueCount: 1, visibilityTimeout: '00:05:00' }
  const { queue, poison, start } = await queueApp({ body: `throw new Error('no')`, queues })
  await queue.sendMessage(base64('x'))
  await start()
  await expect.poll(async () => (await poison.exists()) && count(poison), { timeout: 5_000 }).toBe(1)
})

test('what is no text fails for a function that gets texts, which is said', async () => {
  const { queue, poison, start } = await queueApp({ queues: { maxDequeueCount: 1 } })
  await queue.sendMessage(Buffer.from([0xff, 0xfe]).toString('base64'))
  const host = await start()
  await host.logged(messages => messages.some(line => line.includes('is not UTF-8')))
  await expect.poll(async () => (await poison.exists()) && count(poison)).toBe(1)
  expect(got(all(host))).toEqual([])
})

test('the quickstart runs unchanged', async () => {
  const queue = account().queues.getQueueClient('js-queue-items')
  await queue.create()
  await queue.sendMessage(base64('a letter'))
  const host = await account().start(sample('queue-quickstart'))
  await host.logged(lines => lines.includes('Storage queue function processed work item: a letter'))
})
