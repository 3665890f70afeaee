import type { BlobClient } from '@azure/storage-blob'
import type { TypedData } from '../core-api.ts'
import { statusOf } from '../storage/host-container.ts'

/** A blob as a function gets it: bytes, or a text when `dataType` says so. Undefined when there is no such blob. */
export async function readContent(blob: BlobClient, dataType: unknown): Promise<TypedData | undefined> {
  try {
    const bytes = await blob.downloadToBuffer()
    const isText = typeof dataType === 'string' && dataType.toLowerCase() === 'string'
    return isText ? { string: bytes.toString('utf8') } : { bytes }
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw error
  }
}

/** What is written for something a function answers. */
export function contentOf({ string, json, bytes, int, double }: TypedData): Uint8Array {
  return bytes ?? Buffer.from(json ?? string ?? String(int ?? double))
}
