import http from 'node:http'
import https from 'node:https'
import type { Clock } from 'local-clock/clock'
import { answerTimeout, type Outcome, outcomeOf, outcomeWithoutAnswer, TimeoutError } from './outcome.ts'

/** What an endpoint answered. */
export interface WebhookAnswer {
  status: number
  headers: http.IncomingHttpHeaders
  body: string
}

export interface WebhookRequest {
  method: 'POST' | 'OPTIONS'
  headers: Record<string, string>
  body: string
}

/** An endpoint, with sockets of its own, so that a slow one keeps nobody else from sending. */
export interface Webhook {
  /** Rejects when the endpoint cannot be reached or takes longer than 30 s. */
  send(request: WebhookRequest): Promise<WebhookAnswer>
  close(): void
}

/** More of an answer than this is not read, in characters. */
const answerLimit = 65_536

/** @param connections how many requests may be under way at once. */
export function openWebhook(url: string, clock: Clock, connections: number): Webhook {
  const { request, Agent } = url.startsWith('https:') ? https : http
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  return {
    close: () => agent.destroy(),
    send: ({ method, headers, body }) =>
      new Promise((resolve, reject) => {
        const sent = request(url, {
          agent,
          method,
          headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
        })
        const cancel = clock.setTimer(answerTimeout, () => sent.destroy(new TimeoutError()))
        sent.on('response', response => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', chunk => {
            if (text.length < answerLimit) text += chunk
          })
          response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
          response.on('error', reject)
        })
        sent.on('error', reject)
        sent.on('close', cancel)
        sent.end(body)
      }),
  }
}

/** Sends events and says how it went; never rejects. */
export async function attempt(webhook: Webhook, request: WebhookRequest): Promise<Outcome> {
  try {
    const { status } = await webhook.send(request)
    return outcomeOf(status)
  } catch (error) {
    return outcomeWithoutAnswer(error)
  }
}
