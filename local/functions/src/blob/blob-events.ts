import type { EventDoor, HearEvent } from '../event-grid/webhook.ts'
import type { HostKeys } from '../http/keys.ts'

/** Functions that hear of blobs from Event Grid, by their ids in lower case. */
export type BlobEvents = Map<string, HearEvent>

/** `POST /runtime/webhooks/blobs?functionName=Host.Functions.NAME&code=KEY`: where a storage account's events go. */
export function blobDoor(events: BlobEvents, keys: HostKeys): EventDoor {
  return { keys, find: name => events.get(name.toLowerCase()) }
}

/** The blob an event says was made; undefined for every other event. Both schemas say it alike. */
export function createdBlob(event: Record<string, unknown>): { container: string; name: string } | undefined {
  const type = event.eventType ?? event.type
  if (type !== 'Microsoft.Storage.BlobCreated' || typeof event.subject !== 'string') return undefined
  const [, container, name] = /^\/blobServices\/default\/containers\/([^/]+)\/blobs\/(.+)$/.exec(event.subject) ?? []
  return container !== undefined && name !== undefined ? { container, name } : undefined
}
