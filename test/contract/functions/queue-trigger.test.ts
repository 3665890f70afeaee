import { expect, test } from 'vitest'
import { sample } from './host-process.ts'
import { base64, storageAccount } from './storage-account.ts'
import { count, got, queueApp } from './storage-queue-app.ts'

const account = storageAccount()

test.each([
  ['a text', 'hello', 'hello'],
  ['a text that is no ASCII', 'zwölf Boxkämpfer ✓', 'zwölf Boxkämpfer ✓'],
  ['an object', '{"a":1,"b":{"c":[2]}}', { a: 1, b: { c: [2] } }],
  ['a list', '[1,"two"]', [1, 'two']],
  ['a number', '42', 42],
  ['what only looks like JSON', '{not json', '{not json'],
  ['nothing', '', ''],
])('a function gets %s', async (_, sent, expected) => {
  const { queue, start } = await queueApp(account())
  await queue.sendMessage(base64(sent))
  const host = await start()
  const lines = await host.logged(messages => got(messages).length === 1)
  expect(got(lines)[0]?.item).toEqual(expected)
  await expect.poll(() => count(queue)).toBe(0)
})

test('a function gets bytes when it asks for them', async () => {
  const { queue, start } = await queueApp(account(), { options: `dataType: 'binary',` })
  await queue.sendMessage(Buffer.from([0, 255, 128]).toString('base64'))
  const host = await start()
  const [one] = got(await host.logged(messages => got(messages).length === 1))
  expect(one?.bytes).toBe(true)
  expect(one?.triggerMetadata).not.toHaveProperty('queueTrigger')
  expect(one?.item).toEqual({ type: 'Buffer', data: [0, 255, 128] })
})

test('messages are plain with messageEncoding "none"', async () => {
  const { queue, start } = await queueApp(account(), { queues: { messageEncoding: 'none' } })
  await queue.sendMessage('plain')
  const host = await start()
  expect(got(await host.logged(messages => got(messages).length === 1))[0]?.item).toBe('plain')
})

test('a function is told about its message', async () => {
  const { queue, start } = await queueApp(account())
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

test('a queue that is missing is looked for until it is there', async () => {
  const { queue, start } = await queueApp(account())
  await queue.delete()
  const host = await start()
  await queue.create()
  await queue.sendMessage(base64('late'))
  expect(got(await host.logged(messages => got(messages).length === 1))[0]?.item).toBe('late')
})

test('the quickstart runs unchanged', async () => {
  const queue = account().queues.getQueueClient('js-queue-items')
  await queue.create()
  await queue.sendMessage(base64('a letter'))
  const host = await account().start(sample('queue-quickstart'))
  await host.logged(lines => lines.includes('Storage queue function processed work item: a letter'))
})
