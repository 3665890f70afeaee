import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlobServiceClient } from '@azure/storage-blob'
import { QueueServiceClient } from '@azure/storage-queue'
import { startStorage } from 'local-storage/storage'
import { expect, test } from 'vitest'

test('keeps blobs and messages over a restart when it has a folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'remit-storage-'))
  try {
    const first = await startStorage({ folder })
    const blobs = BlobServiceClient.fromConnectionString(first.connectionString).getContainerClient('letters')
    await blobs.create()
    await blobs.getBlockBlobClient('a.txt').upload('hello', 5)
    const queue = QueueServiceClient.fromConnectionString(first.connectionString).getQueueClient('work')
    await queue.create()
    await queue.sendMessage('first')
    await first.stop()

    const second = await startStorage({ folder })
    const again = BlobServiceClient.fromConnectionString(second.connectionString).getContainerClient('letters')
    expect((await again.getBlobClient('a.txt').downloadToBuffer()).toString()).toBe('hello')
    const messages = await QueueServiceClient.fromConnectionString(second.connectionString)
      .getQueueClient('work')
      .receiveMessages()
    expect(messages.receivedMessageItems.map(one => one.messageText)).toEqual(['first'])
    await second.stop()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('says what Azurite said when it cannot start', async () => {
  await expect(startStorage({ folder: '/dev/null/nowhere' })).rejects.toThrow(/Azurite ended \(1\).*\n[\s\S]*ENOTDIR/)
})
