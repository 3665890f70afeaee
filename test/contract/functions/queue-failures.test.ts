import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { base64, storageAccount } from './storage-account.ts'
import { all, count, got, queueApp } from './storage-queue-app.ts'

const account = storageAccount()

test('a message that fails comes again, then becomes poison with its content as it was', async () => {
  const { queue, poison, start } = await queueApp(account(), {
    body: `throw new Error('no')`,
    queues: { maxDequeueCount: 3 },
  })
  await queue.sendMessage(base64('{"n":1}'))
  const host = await start()
  const lines = await host.logged(messages => messages.some(line => line.includes('Moving message to queue')))
  expect(got(lines).map(({ triggerMetadata }) => triggerMetadata.dequeueCount)).toEqual([1, 2, 3])
  await expect.poll(() => count(queue)).toBe(0)
  const { receivedMessageItems } = await poison.receiveMessages()
  expect(receivedMessageItems.map(one => one.messageText)).toEqual([base64('{"n":1}')])
})

test('it becomes poison after five times when nothing else is said', async () => {
  const { queue, poison, start } = await queueApp(account(), { body: `throw new Error('no')` })
  await queue.sendMessage(base64('x'))
  const host = await start()
  await host.logged(messages => messages.some(line => line.includes('MaxDequeueCount of 5')))
  expect(got(all(host))).toHaveLength(5)
  await expect.poll(async () => (await poison.exists()) && count(poison)).toBe(1)
})

test('what a trigger warns of has a category of its own, which host.json may silence', async () => {
  const warnings = async (logLevel: object) => {
    const { queue, poison, start } = await queueApp(account(), { logLevel })
    await queue.sendMessage('not base64!')
    const host = await start()
    await expect.poll(async () => (await poison.exists()) && count(poison)).toBe(1)
    await host.stop()
    return host.entries.filter(entry => entry.level === 'warning').map(entry => entry.category)
  }
  expect(await warnings({})).toEqual(['Host.Triggers.Queue'])
  expect(await warnings({ 'Host.Triggers.Queue': 'Error' })).toEqual([])
})

test('a message that failed stays invisible for visibilityTimeout', async () => {
  const { queue, start } = await queueApp(account(), {
    body: `throw new Error('no')`,
    queues: { visibilityTimeout: '00:05:00' },
  })
  await queue.sendMessage(base64('x'))
  const host = await start()
  await host.logged(messages => messages.some(line => /\(Failed, .*\)\nError: no/.test(line)))
  await host.stop()
  expect((await queue.peekMessages()).peekedMessageItems).toEqual([])
  expect(await count(queue)).toBe(1)
  expect(got(all(host))).toHaveLength(1)
})

test('what is not Base64 is poison at once, without a call', async () => {
  const { queue, poison, start } = await queueApp(account())
  await queue.sendMessage('not base64!')
  const host = await start()
  await host.logged(messages => messages.some(line => line.includes('Moving message to queue')))
  await expect.poll(async () => (await poison.exists()) && count(poison)).toBe(1)
  expect((await poison.peekMessages()).peekedMessageItems[0]?.messageText).toBe('not base64!')
  expect(got(all(host))).toEqual([])
  await expect.poll(() => count(queue)).toBe(0)
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
  await host.logged(messages => messages.some(line => /\(Failed, .*\)\nError: no/.test(line)))
  await host.stop()
  expect(await count(queue)).toBe(1)
  expect((await queue.peekMessages()).peekedMessageItems).toEqual([])
  expect(await account().queues.getQueueClient(`${name}-poison`).exists()).toBe(false)
})

test('a retry policy is ignored, which is said', async () => {
  const options = `retry: { strategy: 'fixedDelay', maxRetryCount: 5, delayInterval: 1 },`
  const body = `throw new Error('no')`
  const { queue, poison, start } = await queueApp(account(), { options, body, queues: { maxDequeueCount: 1 } })
  await queue.sendMessage(base64('x'))
  const host = await start()
  await host.logged(messages => messages.some(line => line.includes('takes no retry policy')))
  await expect.poll(async () => (await poison.exists()) && count(poison)).toBe(1)
  expect(got(all(host))).toHaveLength(1)
})

test('the last failure makes it poison at once, whatever the visibilityTimeout', async () => {
  const queues = { maxDequeueCount: 1, visibilityTimeout: '00:05:00' }
  const { queue, poison, start } = await queueApp(account(), { body: `throw new Error('no')`, queues })
  await queue.sendMessage(base64('x'))
  await start()
  await expect.poll(async () => (await poison.exists()) && count(poison), { timeout: 5_000 }).toBe(1)
})

test('what is no text fails for a function that gets texts, which is said', async () => {
  const { queue, poison, start } = await queueApp(account(), { queues: { maxDequeueCount: 1 } })
  await queue.sendMessage(Buffer.from([0xff, 0xfe]).toString('base64'))
  const host = await start()
  await host.logged(messages => messages.some(line => line.includes('is not UTF-8')))
  await expect.poll(async () => (await poison.exists()) && count(poison)).toBe(1)
  expect(got(all(host))).toEqual([])
})
