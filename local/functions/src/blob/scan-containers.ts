import { setTimeout as sleep } from 'node:timers/promises'
import type { ContainerClient } from '@azure/storage-blob'
import type { QueueClient } from '@azure/storage-queue'
import { messageOf } from '../start-error.ts'
import { statusOf } from '../storage/host-container.ts'
import { presentBlob, queueBlob } from './queue-blob.ts'
import { handOverOnce } from './receipts.ts'
import type { BlobFunction } from './trigger.ts'

/** What is looked through, and where what is found goes. */
export interface Scan {
  hostId: string
  functions: Map<string, BlobFunction>
  queue: QueueClient
  receipts: ContainerClient
  warn(message: string): void
  onHandedOver(): void
}

/** Looks again and again for blobs that are new or changed, those that were there before the first look included. */
export async function scanContainers(
  scan: Scan,
  { interval, stop }: { interval: number; stop: AbortSignal },
): Promise<void> {
  /** The version of each blob that is done with: saves asking for its receipt every time. */
  const done = new Map<string, string>()
  while (!stop.aborted) {
    for (const one of scan.functions.values()) {
      if (!one.isScanned) continue
      await scanContainer(scan, one, { done, stop }).catch(error => {
        if (statusOf(error) === 404) return
        scan.warn(`looking through the container "${one.pattern.container}" failed: ${messageOf(error)}`)
      })
    }
    await sleep(interval, undefined, { signal: stop }).catch(() => {})
  }
}

async function scanContainer(
  scan: Scan,
  one: BlobFunction,
  { done, stop }: { done: Map<string, string>; stop: AbortSignal },
): Promise<void> {
  const container = one.account.blobs().getContainerClient(one.pattern.container)
  for await (const { name, properties } of container.listBlobsFlat()) {
    if (stop.aborted) return
    const key = `${one.id}/${name}`
    if (!one.pattern.match(name) || done.get(key) === properties.etag) continue
    if (await handOver(scan, one, name)) done.set(key, properties.etag)
  }
}

/** Answers false when it is to be tried again. */
async function handOver(scan: Scan, one: BlobFunction, name: string): Promise<boolean> {
  const blob = await presentBlob(one, name)
  if (!blob) return true
  const version = { owner: `${scan.hostId}/${one.id}`, container: one.pattern.container, name, etag: blob.etag }
  return handOverOnce(scan.receipts, version, async () => {
    await queueBlob(scan.queue, one, blob)
    scan.onHandedOver()
  })
}
