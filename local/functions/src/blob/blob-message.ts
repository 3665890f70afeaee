/** What stands in the queue for a blob that a function is to be called with, in the words of the real host. */
export interface BlobMessage {
  Type: 'BlobTrigger'
  FunctionId: string
  BlobType: string
  ContainerName: string
  BlobName: string
  ETag: string
}

/** Answers undefined for what is no such message. */
export function readBlobMessage(text: string): BlobMessage | undefined {
  try {
    const { FunctionId, ContainerName, BlobName, ETag } = JSON.parse(text) as BlobMessage
    const isWhole = [FunctionId, ContainerName, BlobName, ETag].every(member => typeof member === 'string')
    return isWhole ? (JSON.parse(text) as BlobMessage) : undefined
  } catch {
    return undefined
  }
}
