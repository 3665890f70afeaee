import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { HostProcess } from './host-process.ts'
import { base64, storageAccount } from './storage-account.ts'

const account = storageAccount()

/** A function behind HTTP that answers to a queue. */
async function run(answer: string, { queueName = `out-${randomUUID()}`, hostJson = {}, how = '' } = {}) {
  const host = await account().run(
    `const queue = output.storageQueue({ queueName: '${queueName}', connection: 'AzureWebJobsStorage' })
    app.http('send', { authLevel: 'anonymous', extraOutputs: [queue], handler: async (request, context) => {
      context.extraOutputs.set(queue, ${answer})
      return { body: 'sent' }
    } })
    ${how}`,
    { hostJson },
  )
  return { host, queue: account().queues.getQueueClient(queueName) }
}

const call = (host: HostProcess) => fetch(`${host.endpoint}/api/send`)

test.each([
  ['a text', `'hello'`, ['hello']],
  ['an object', `{ a: 1, b: ['ä'] }`, ['{"a":1,"b":["ä"]}']],
  ['a number', '42', ['42']],
  ['a truth', 'true', ['true']],
  ['bytes', 'Buffer.from([0, 255])', [Buffer.from([0, 255])]],
  ['a list: several messages', `['one', { two: 2 }, 3]`, ['one', '{"two":2}', '3']],
  ['a text that is a JSON list: several messages', `'["one","two"]'`, ['one', 'two']],
  ['a text that only begins like a list', `'[x'`, ['[x']],
])('%s is sent as Base64 to a queue that is made for it', async (_, answer, expected) => {
  const { host, queue } = await run(answer)
  expect((await call(host)).status).toBe(200)
  const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32 })
  const wanted = expected.map(one => (typeof one === 'string' ? base64(one) : one.toString('base64')))
  expect(receivedMessageItems.map(one => one.messageText).sort()).toEqual(wanted.sort())
})

test('nothing set sends nothing', async () => {
  const { host, queue } = await run('undefined')
  expect((await call(host)).status).toBe(200)
  expect(await queue.exists()).toBe(false)
})

test('messageEncoding "none" sends it as it is', async () => {
  const { host, queue } = await run(`'plain <text>'`, {
    hostJson: { extensions: { queues: { messageEncoding: 'none' } } },
  })
  await call(host)
  expect((await queue.receiveMessages()).receivedMessageItems[0]?.messageText).toBe('plain <text>')
})

test('more than 64 KB fails the invocation', async () => {
  const { host, queue } = await run(`'x'.repeat(48 * 1024 + 1)`)
  await queue.create()
  expect((await call(host)).status).toBe(500)
  await host.logged(lines =>
    lines.some(line => line.includes("'Functions.send' (Failed") && line.includes('too large')),
  )
  expect((await queue.peekMessages()).peekedMessageItems).toEqual([])
})

test('just 64 KB goes', async () => {
  const { host } = await run(`'x'.repeat(48 * 1024)`)
  expect((await call(host)).status).toBe(200)
})

test('what a queue function returns goes on, to a queue its message names', async () => {
  const [from, to] = [`from-${randomUUID()}`, `to-${randomUUID()}`]
  await account().queues.getQueueClient(from).create()
  await account()
    .queues.getQueueClient(from)
    .sendMessage(base64(JSON.stringify({ where: { to }, n: 7 })))
  await account().run(
    `app.storageQueue('pass', { queueName: '${from}', connection: 'AzureWebJobsStorage',
      return: output.storageQueue({ queueName: '{where.to}', connection: 'AzureWebJobsStorage' }),
      handler: async (item, context) => ({ n: item.n + 1, at: context.triggerMetadata.dequeueCount }) })`,
  )
  const queue = account().queues.getQueueClient(to)
  await expect.poll(() => queue.exists(), { timeout: 10_000 }).toBe(true)
  await expect
    .poll(async () => (await queue.peekMessages()).peekedMessageItems[0]?.messageText)
    .toBe(base64('{"n":8,"at":1}'))
})

test('a message is not deleted when its output cannot be written', async () => {
  const name = `fail-${randomUUID()}`
  const queue = account().queues.getQueueClient(name)
  await queue.create()
  await queue.sendMessage(base64('{"n":1}'))
  const host = await account().run(
    `app.storageQueue('pass', { queueName: '${name}', connection: 'AzureWebJobsStorage',
      return: output.storageQueue({ queueName: '{missing}', connection: 'AzureWebJobsStorage' }), handler: () => 'x' })`,
    { hostJson: { extensions: { queues: { maxDequeueCount: 2 } } } },
  )
  await host.logged(lines => lines.filter(line => line.includes(`No value for named parameter 'missing'`)).length === 2)
  const poison = account().queues.getQueueClient(`${name}-poison`)
  await expect.poll(() => poison.exists()).toBe(true)
})
