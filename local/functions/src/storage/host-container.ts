import type { ContainerClient } from '@azure/storage-blob'
import type { StorageAccount } from './connection.ts'

/** The container a host keeps its own state in: locks, schedules, receipts. */
export function hostContainer(account: StorageAccount): ContainerClient {
  return account.blobs().getContainerClient('azure-webjobs-hosts')
}

/** The HTTP status of a storage answer that is an error. */
export function statusOf(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown } | undefined)?.statusCode
  return typeof status === 'number' ? status : undefined
}

/** Uploads a blob, making its container where that is missing. */
export async function uploadBlob(
  container: ContainerClient,
  name: string,
  { content, metadata, onlyNew }: { content: Uint8Array; metadata?: Record<string, string>; onlyNew?: boolean },
): Promise<void> {
  const send = () =>
    container.getBlockBlobClient(name).upload(content, content.length, {
      ...(metadata ? { metadata } : {}),
      ...(onlyNew ? { conditions: { ifNoneMatch: '*' } } : {}),
    })
  try {
    await send()
  } catch (error) {
    if (statusOf(error) !== 404) throw error
    await container.createIfNotExists()
    await send()
  }
}
