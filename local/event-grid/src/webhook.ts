import http from 'node:http'
import https from 'node:https'
import type { Clock } from './clock.ts'

/** How an attempt ended. `reason` is Event Grid's name for it; `status` is there when the endpoint answered. */
export interface Outcome {
  delivered: boolean
  reason: string
  status?: number
}

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

/** Milliseconds an endpoint has to answer. */
const answerTimeout = 30_000
/** More of an answer than this is not read, in characters. */
const answerLimit = 65_536

const reasons: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  408: 'TimedOut',
  413: 'PayloadTooLarge',
  429: 'Busy',
  503: 'Busy',
}

class TimeoutError extends Error {}

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
          response.on('end', () => {
            cancel()
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text })
          })
          response.on('error', reject)
        })
        sent.on('error', error => {
          cancel()
          reject(error)
        })
        sent.end(body)
      }),
  }
}

/** Sends events and says how it went; never rejects. */
export async function attempt(webhook: Webhook, request: WebhookRequest): Promise<Outcome> {
  try {
    const { status } = await webhook.send(request)
    const delivered = status >= 200 && status <= 204
    return { delivered, reason: delivered ? 'Delivered' : (reasons[status] ?? 'GenericError'), status }
  } catch (error) {
    if (error instanceof TimeoutError) return { delivered: false, reason: 'TimedOut' }
    const code = (error as { code?: unknown }).code
    const unresolved = code === 'ENOTFOUND' || code === 'EAI_AGAIN'
    return { delivered: false, reason: unresolved ? 'ResolutionError' : 'SocketError' }
  }
}
