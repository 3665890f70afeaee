import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createVirtualClock } from 'local-clock/clock'
import { openWebhook } from 'local-event-grid/webhook'
import { expect, onTestFinished, test } from 'vitest'
import { cloudEvents, idsOf, order, startTopic, subscriber, to } from './topic-under-test.ts'

const minute = 60_000

async function listening(server: Server): Promise<string> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test.each([1, 2, 3, 4, 5, 6])(
  'an event that becomes due while another is sent, at look %i at the clock, is sent',
  async passAt => {
    const base = createVirtualClock(Date.UTC(2025, 0, 1))
    let ahead = 0
    let left = Number.POSITIVE_INFINITY
    const clock = {
      ...base,
      now: () => {
        if (--left === 0) ahead += minute
        return base.now() + ahead
      },
    }
    let status = 500
    const listener = await subscriber(() => ({ status }))
    const topic = await startTopic({ clock, subscriptions: [to(listener.url)] })
    for (const id of ['1', '2']) {
      await cloudEvents(topic).send([order(id)])
      await topic.server.settled()
    }
    status = 200
    left = passAt
    base.runNext()
    for (let timer = 0; timer < 3; timer++) {
      await topic.server.settled()
      base.runNext(minute)
    }
    await topic.server.settled()
    expect(idsOf(listener).slice(2).sort()).toEqual(['1', '2'])
  },
)

test('closing while a dead letter is written ends quietly', async () => {
  let answer: ((response: ServerResponse) => void) | undefined
  const asked = new Promise<ServerResponse>(resolve => {
    answer = resolve
  })
  const blobs = await listening(
    createServer((request, response) => {
      request.resume()
      answer?.(response)
    }),
  )
  const connectionString = `DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=${blobs}/a;`
  const deadLetterDestination = { type: 'storage-blob' as const, connectionString, blobContainerName: 'letters' }
  const listener = await subscriber(() => ({ status: 400 }))
  const topic = await startTopic({ subscriptions: [{ ...to(listener.url), deadLetterDestination }] })
  await cloudEvents(topic).send([order('1')])
  await topic.server.settled()
  topic.clock.runNext(5 * minute)
  const response = await asked
  await topic.server.close()
  response.writeHead(201, { etag: '"1"' }).end()
  // What nobody catches fails the run.
  await new Promise(resolve => setTimeout(resolve, 50))
})

test('a request whose answer breaks off leaves no timer behind', async () => {
  let timers = 0
  const clock = {
    now: () => 0,
    setTimer: () => {
      timers++
      return () => void timers--
    },
  }
  const url = await listening(
    createServer((_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half')
      setImmediate(() => response.destroy())
    }),
  )
  const webhook = openWebhook(url, clock, 1)
  await expect(webhook.send({ method: 'POST', headers: {}, body: '{}' })).rejects.toThrow()
  webhook.close()
  await expect.poll(() => timers).toBe(0)
})
