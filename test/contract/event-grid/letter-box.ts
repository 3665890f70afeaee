import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob'
import type { SubscriptionConfig } from 'local-event-grid/configuration'
import { type LocalStorage, startStorage } from 'local-storage/storage'
import { afterAll, beforeAll } from 'vitest'
import { cloudEvents, order, startTopic, subscriber, to } from './topic-under-test.ts'

let storage: LocalStorage
let containers = 0

/** Starts a storage for the tests of a file. */
export function withStorage(): void {
  beforeAll(async () => {
    storage = await startStorage()
  })
  afterAll(() => storage.stop())
}

/** A container of the test's own, and the member that leads to it. */
export async function letters() {
  const blobContainerName = `letters-${++containers}`
  const service = BlobServiceClient.fromConnectionString(storage.connectionString)
  const container = service.getContainerClient(blobContainerName)
  await container.create()
  const { connectionString } = storage
  return {
    container,
    deadLetterDestination: { type: 'storage-blob' as const, connectionString, blobContainerName },
  }
}

/** Names and contents of all blobs. */
export async function blobsIn(container: ContainerClient) {
  const blobs: { name: string; events: Record<string, unknown>[] }[] = []
  for await (const { name } of container.listBlobsFlat()) {
    const content = await container.getBlobClient(name).downloadToBuffer()
    blobs.push({ name, events: JSON.parse(content.toString()) })
  }
  return blobs
}

/** A topic that publishes one event to a webhook with such answers. */
export async function publishedTo(status: number, more: Partial<SubscriptionConfig>, events = [order('1')]) {
  const listener = await subscriber(() => ({ status }))
  const topic = await startTopic({ subscriptions: [{ ...to(listener.url, 'Mail-1'), ...more }] })
  await cloudEvents(topic).send(events)
  await topic.server.settled()
  return { topic, listener }
}
