import { randomUUID } from 'node:crypto'
import type { Schema } from './configuration.ts'
import type { Webhook } from './webhook.ts'

/** Whom events come from, as CloudEvents endpoints see it. */
const origin = 'eventgrid.azure.net'

/** What an endpoint is asked before it gets its first event. */
export interface Handshake {
  webhook: Webhook
  schema: Schema
  topic: string
  subscription: string
  /** Where an endpoint that does not answer with the code can confirm by a GET. */
  validationUrl: string
  /** The secret the endpoint sends back. */
  code: string
  /** Milliseconds since 1970. */
  now: number
}

export type Consent = 'given' | 'refused'

/** Asks once. Rejects when the endpoint cannot be reached. */
export function askConsent(handshake: Handshake): Promise<Consent> {
  return handshake.schema === 'cloud-event' ? askByOptions(handshake) : askByEvent(handshake)
}

/** CloudEvents: consent is the header, whatever the status; or a GET of the address that is sent along. */
async function askByOptions({ webhook, validationUrl }: Handshake): Promise<Consent> {
  const headers = { 'WebHook-Request-Origin': origin, 'WebHook-Request-Callback': validationUrl }
  const answer = await webhook.send({ method: 'OPTIONS', headers, body: '' })
  const allowed = answer.headers['webhook-allowed-origin']
  return allowed === '*' || allowed === origin ? 'given' : 'refused'
}

async function askByEvent({ webhook, topic, subscription, validationUrl, code, now }: Handshake): Promise<Consent> {
  const event = {
    id: randomUUID(),
    topic,
    subject: '',
    data: { validationCode: code, validationUrl },
    eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
    eventTime: new Date(now).toISOString(),
    metadataVersion: '1',
    dataVersion: '2',
  }
  const answer = await webhook.send({
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'aeg-event-type': 'SubscriptionValidation',
      'aeg-subscription-name': subscription.toUpperCase(),
    },
    body: JSON.stringify([event]),
  })
  // Any other status is no consent, not even 202.
  return answer.status === 200 && echoed(answer.body) === code ? 'given' : 'refused'
}

function echoed(body: string): unknown {
  try {
    return (JSON.parse(body) as { validationResponse?: unknown }).validationResponse
  } catch {
    return undefined
  }
}
