import type { QueueClient } from '@azure/storage-queue'
import { readConfiguration } from 'local-functions/configuration'
import { createNap } from 'local-functions/queue/nap'
import { workOffQueue } from 'local-functions/queue/work-off-queue'
import { queueOptions } from 'local-functions/storage/host-options'
import { expect, test } from 'vitest'
import { base64, said, storageAccount } from './storage-account.ts'
import { all, count, got, queueApp } from './storage-queue-app.ts'

const account = storageAccount()

/** Works off a queue in this process. */
async function workOff(queue: QueueClient, stop: AbortSignal, handle: () => Promise<void>): Promise<void> {
  await workOffQueue({
    queue,
    options: queueOptions('host.json', readConfiguration('host.json', {}, {})),
    visibility: 60_000,
    isReadable: () => true,
    handle,
    poisonQueue: () => undefined,
    warn() {},
    nap: createNap(),
    stop,
  })
}

test('as many messages run at once as batchSize and newBatchThreshold allow, and no more', async () => {
  const body = `globalThis.running = (globalThis.running ?? 0) + 1
    context.log('running ' + globalThis.running)
    await new Promise(resolve => setTimeout(resolve, item % 2 === 0 ? 50 : 600))
    globalThis.running--`
  const { queue, start } = await queueApp(account(), { body, queues: { batchSize: 2, newBatchThreshold: 1 } })
  for (let n = 0; n < 9; n++) await queue.sendMessage(base64(`${n}`))
  const host = await start()
  await host.logged(messages => got(messages).length === 9)
  expect(Math.max(...(said(all(host), 'running') as number[]))).toBe(3)
  expect(new Set(got(all(host)).map(({ item }) => item)).size).toBe(9)
})

test("a killed host's message comes again when it becomes visible", async () => {
  const body = `if (triggerMetadata.dequeueCount === 1) await new Promise(() => setInterval(() => {}, 1000))`
  const { queue, start } = await queueApp(account(), { body, times: { messageVisibility: 2_000 } })
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
  const { queue, start } = await queueApp(account(), { body, times: { messageVisibility: 2_000 } })
  await queue.sendMessage(base64('x'))
  const host = await start()
  await host.logged(messages => said(messages, 'through').length === 1)
  await expect.poll(() => count(queue)).toBe(0)
  expect(got(all(host))).toHaveLength(1)
})

test('a host that stops lets its messages run to their end and takes no more', async () => {
  const body = `await new Promise(resolve => setTimeout(resolve, 500)); context.log('through ' + JSON.stringify(item))`
  const { queue, start } = await queueApp(account(), { body, queues: { batchSize: 1, newBatchThreshold: 0 } })
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

test('a message that arrives while the host begins to stop is given back', async () => {
  const { queue } = await queueApp(account())
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
  const { queue } = await queueApp(account())
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
