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
    const message = JSON.parse(text) as BlobMessage
    const { FunctionId, ContainerName, BlobName, ETag } = message
    const isWhole = [FunctionId, ContainerName, BlobName, ETag].every(member => typeof member === 'string')
    return isWhole ? message : undefined
  } catch {
    return undefined
  }
}
