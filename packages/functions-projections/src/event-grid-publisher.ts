import { AzureKeyCredential, EventGridPublisherClient } from '@azure/eventgrid'
import { DefaultAzureCredential } from '@azure/identity'
import type { Publisher } from './publish-events.ts'

/** Events in one request; Event Grid takes at most 1 MB, and one event of ours is well under 2 KB. */
const EVENTS_PER_REQUEST = 200

/**
 * Publishes to a custom topic of Event Grid.
 *
 * @param topic `endpoint` ends in `/api/events`; without a key the app's own managed identity is used.
 */
export function eventGridPublisher(topic: { readonly endpoint: string; readonly key: string | undefined }): Publisher {
  const credential = topic.key === undefined ? new DefaultAzureCredential() : new AzureKeyCredential(topic.key)
  const allowInsecureConnection = topic.endpoint.startsWith('http://127.0.0.1:')
  const options = allowInsecureConnection ? { allowInsecureConnection } : {}
  const client = new EventGridPublisherClient(topic.endpoint, 'CloudEvent', credential, options)

  return async news => {
    for (let start = 0; start < news.length; start += EVENTS_PER_REQUEST) {
      await client.send(news.slice(start, start + EVENTS_PER_REQUEST).map(one => ({ ...one })))
    }
  }
}
