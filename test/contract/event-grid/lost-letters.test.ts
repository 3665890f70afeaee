import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { blobsIn, letters, publishedTo, withStorage } from './letter-box.ts'
import { cloudEvents, order, startTopic, subscriber, to } from './topic-under-test.ts'

const minute = 60_000
const hour = 60 * minute

withStorage()

describe('without a place', () => {
  test('an event is dropped, and the log says so', async () => {
    const { topic } = await publishedTo(400, {})
    expect(topic.log.at(-1)).toBe(
      'Topic "orders", subscription "Mail-1": event 1 is dropped after 1 attempts (UndeliverableDueToClientError, last outcome BadRequest); there is no dead-letter place.',
    )
    expect((await topic.deliveries()).dead).toMatchObject([{ eventId: '1', lost: 'there is no dead-letter place' }])
  })

  test('a container that does not exist is no place either', async () => {
    const { deadLetterDestination } = await letters()
    const { topic } = await publishedTo(400, {
      deadLetterDestination: { ...deadLetterDestination, blobContainerName: 'nowhere' },
    })
    await topic.pass(5 * minute)
    expect(topic.log.at(-1)).toContain('event 1 is dropped: the container of its dead letters does not exist.')
    await topic.pass(5 * hour)
    expect((await topic.deliveries()).dead).toHaveLength(1)
  })
})

describe('a storage that is down', () => {
  const down = 'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:1/a;'
  const nowhere = { type: 'storage-blob' as const, connectionString: down, blobContainerName: 'letters' }

  test('is tried again for four hours, then the event is dropped', async () => {
    const { topic } = await publishedTo(400, { deadLetterDestination: nowhere })
    await topic.pass(4 * hour)
    expect(topic.log.at(-1)).toContain('dead letters cannot be written')
    expect((await topic.deliveries()).dead).toMatchObject([{ blob: null, lost: null }])
    await topic.pass(6 * minute)
    expect(topic.log.at(-1)).toContain('event 1 is dropped: its dead letter could not be written for four hours.')
    expect((await topic.deliveries()).dead).toMatchObject([{ blob: null, lost: expect.stringContaining('four hours') }])
  })

  test('loses nothing over a restart: the next process writes the blob', async () => {
    const data = await mkdtemp(join(tmpdir(), 'event-grid-'))
    onTestFinished(() => rm(data, { recursive: true }))
    const { container, deadLetterDestination } = await letters()
    const listener = await subscriber(() => ({ status: 400 }))
    const subscription = { ...to(listener.url), deadLetterDestination: nowhere }
    const first = await startTopic({ subscriptions: [subscription], data })
    await cloudEvents(first).send([order('1')])
    await first.server.settled()
    await first.pass(hour)
    await first.server.close()
    const second = await startTopic({ subscriptions: [{ ...subscription, deadLetterDestination }], data })
    await second.pass(hour + minute)
    expect((await blobsIn(container)).map(blob => blob.events.map(event => event.id))).toEqual([['1']])
  })
})
