import type { BlobClient, BlobGetPropertiesResponse } from '@azure/storage-blob'
import type { QueueClient } from '@azure/storage-queue'
import { encodeMessage } from '../queue/message-text.ts'
import { sendMessage } from '../queue/send-message.ts'
import { statusOf } from '../storage/host-container.ts'
import type { BlobMessage } from './blob-message.ts'
import type { BlobFunction } from './trigger.ts'

/** What is known of a blob; undefined when there is no such blob. */
export async function propertiesOf(blob: BlobClient): Promise<BlobGetPropertiesResponse | undefined> {
  return blob.getProperties().catch(error => {
    if (statusOf(error) === 404) return undefined
    throw error
  })
}

/** A version of a function's blob. */
export interface PresentBlob {
  name: string
  etag: string
  blobType: string
}

/** The present version of a blob; undefined when there is no such blob. */
export async function presentBlob({ account, pattern }: BlobFunction, name: string): Promise<PresentBlob | undefined> {
  const properties = await propertiesOf(account.blobs().getContainerClient(pattern.container).getBlobClient(name))
  if (properties?.etag === undefined) return undefined
  return { name, etag: properties.etag, blobType: properties.blobType ?? 'BlockBlob' }
}

/** Puts a version of a blob into the queue of its function. */
export async function queueBlob(queue: QueueClient, one: BlobFunction, blob: PresentBlob): Promise<void> {
  const message: BlobMessage = {
    Type: 'BlobTrigger',
    FunctionId: one.id,
    BlobType: blob.blobType,
    ContainerName: one.pattern.container,
    BlobName: blob.name,
    ETag: blob.etag,
  }
  await sendMessage(queue, encodeMessage(Buffer.from(JSON.stringify(message)), 'base64'))
}
