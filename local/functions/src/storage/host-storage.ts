import type { BlobListener } from '../blob/trigger.ts'

/** Times of this host that Azure fixes. Only tests give others. All in milliseconds. */
export interface StorageTimes {
  /** How long a message stays invisible while its function runs; renewed at half of it. */
  messageVisibility: number
  /** Between two looks into a blob container. */
  blobPollInterval: number
}

/** What the functions of one host share of storage. */
export interface HostStorage {
  times: StorageTimes
  /** One for all functions of an app that wait for blobs, by host id. */
  blobListeners: Map<string, BlobListener>
}

const azuresTimes: StorageTimes = { messageVisibility: 10 * 60_000, blobPollInterval: 10_000 }

/** @param times instead of Azure's */
export function hostStorage(times: Partial<StorageTimes> = {}): HostStorage {
  return { times: { ...azuresTimes, ...times }, blobListeners: new Map() }
}
