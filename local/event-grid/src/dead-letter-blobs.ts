import { randomUUID } from 'node:crypto'
import type { ContainerClient } from '@azure/storage-blob'
import type { Schema } from './configuration.ts'
import type { DeadLetter } from './dead-letter-store.ts'
import { outgoing } from './delivery-schema.ts'
import type { StorageAccount } from './storage-accounts.ts'
import { statusOf } from './storage-queue.ts'

/** A container for dead letters. */
export interface DeadLetterBlobs {
  /** Answers the blob's address, or that there is no such container. Rejects when the storage cannot be reached. */
  write(path: string, content: string): Promise<{ blob: string } | 'no-container'>
}

/** Real milliseconds a storage has to answer. */
const patience = 30_000

export function openDeadLetterBlobs(account: StorageAccount, container: string): DeadLetterBlobs {
  let opening: Promise<ContainerClient> | undefined

  async function open(): Promise<ContainerClient> {
    const { BlobServiceClient } = await import('@azure/storage-blob')
    const service = BlobServiceClient.fromConnectionString(account.connectionString, {
      retryOptions: { maxTries: 1, tryTimeoutInMs: patience },
    })
    const client = service.getContainerClient(container)
    if (account.own) await client.createIfNotExists()
    return client
  }

  return {
    async write(path, content) {
      opening ??= open()
      const client = await opening.catch(error => {
        opening = undefined
        throw error
      })
      const blob = client.getBlockBlobClient(path)
      try {
        await blob.upload(content, Buffer.byteLength(content), {
          blobHTTPHeaders: { blobContentType: 'application/json' },
        })
      } catch (error) {
        if (statusOf(error) === 404) return 'no-container'
        throw error
      }
      return { blob: blob.url }
    },
  }
}

/** `<SUBSCRIPTION>/YYYY/M/D/H/<guid>.json` in UTC, numbers without leading zeros. */
export function deadLetterPath(subscription: string, now: number): string {
  const time = new Date(now)
  const folders = [time.getUTCFullYear(), time.getUTCMonth() + 1, time.getUTCDate(), time.getUTCHours()]
  return [subscription.toUpperCase(), ...folders, `${randomUUID()}.json`].join('/')
}

/** An array of events that say why they are here. */
export function deadLetterContent(letters: DeadLetter[], from: Schema, to: Schema): string {
  return JSON.stringify(letters.map(letter => withReason(letter, from, to)))
}

function withReason(letter: DeadLetter, from: Schema, to: Schema): object {
  const isoTime = (time: number) => new Date(time).toISOString()
  const reasons = {
    deadLetterReason: letter.reason,
    deliveryAttempts: letter.attempts,
    lastDeliveryOutcome: letter.lastOutcome,
    publishTime: isoTime(letter.published),
    ...(letter.lastAttempt === null ? {} : { lastDeliveryAttemptTime: isoTime(letter.lastAttempt) }),
  }
  const lowerCase = Object.fromEntries(Object.entries(reasons).map(([name, value]) => [name.toLowerCase(), value]))
  return { ...JSON.parse(outgoing(letter, from, to)), ...(to === 'cloud-event' ? lowerCase : reasons) }
}
