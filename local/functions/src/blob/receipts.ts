import type { ContainerClient } from '@azure/storage-blob'
import { statusOf, uploadBlob } from '../storage/host-container.ts'

/** A version of a blob that some function was, or is to be, called with. */
export interface BlobVersion {
  /** Host id and function id, with a slash between. */
  owner: string
  container: string
  name: string
  /** With its quotation marks, as the service gives it. */
  etag: string
}

/** Seconds one instance has to hand over a blob before another may do it. */
const leaseSeconds = 30

/** A receipt that has this is not complete: whoever wrote it may have died before handing over the blob. */
const incomplete = { Incomplete: 'Incomplete' }

/**
 * Hands over a version of a blob unless its receipt says that this was done. A death in between lets it happen again.
 * Answers false when another instance is at it.
 */
export async function handOverOnce(
  container: ContainerClient,
  { owner, container: place, name, etag }: BlobVersion,
  handOver: () => Promise<void>,
): Promise<boolean> {
  const path = `blobreceipts/${owner}/${etag}/${place}/${name}`
  const receipt = container.getBlockBlobClient(path)
  const isComplete = async () => {
    const metadata = (await receipt.getProperties()).metadata ?? {}
    return !Object.keys(metadata).some(key => key.toLowerCase() === 'incomplete')
  }
  try {
    if (await isComplete()) return true
  } catch (error) {
    if (statusOf(error) !== 404) throw error
    if (!(await isNew(container, path))) return false
  }
  const lease = receipt.getBlobLeaseClient()
  try {
    await lease.acquireLease(leaseSeconds)
  } catch (error) {
    if (statusOf(error) === 409 || statusOf(error) === 404) return false
    throw error
  }
  try {
    if (!(await isComplete())) {
      await handOver()
      await receipt.setMetadata({}, { conditions: { leaseId: lease.leaseId } })
    }
    return true
  } finally {
    await lease.releaseLease().catch(() => {})
  }
}

async function isNew(container: ContainerClient, path: string): Promise<boolean> {
  try {
    await uploadBlob(container, path, { content: new Uint8Array(), metadata: incomplete, onlyNew: true })
    return true
  } catch (error) {
    if (statusOf(error) === 409 || statusOf(error) === 412) return false
    throw error
  }
}
