import { type ClientRequest, type IncomingMessage, request as openRequest, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'

/** How a forwarded request ended: with an answer, without one, or in silence. */
export type ForwardingEnd = 'answered' | 'broken' | 'silent'

/** A request on its way to another server, and the answer on its way back. */
export interface Forwarding {
  end: Promise<ForwardingEnd>
  abort(): void
}

interface ForwardedRequest {
  request: IncomingMessage
  response: ServerResponse
  /** Who answers it. */
  address: URL
  /** Beside the request's own. */
  headers?: Record<string, string>
}

/** Milliseconds without a byte in either direction before the host gives up. */
const silence = 240_000

/** They concern one connection only. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
])

/** Streams a request to another server, and its answer back as it comes. A client that is gone ends both. */
export function forwardStream({ request, response, address, headers = {} }: ForwardedRequest): Forwarding {
  const sent = openRequest(new URL(request.url ?? '/', address), {
    method: request.method,
    headers: {
      ...withoutHopByHop(request.headers),
      'x-forwarded-host': request.headers['x-forwarded-host'] ?? request.headers.host ?? 'localhost',
      'x-forwarded-proto': request.headers['x-forwarded-proto'] ?? 'http',
      ...headers,
    },
    timeout: silence,
  })
  let silent = false
  sent.on('timeout', () => {
    silent = true
    sent.destroy()
  })
  response.once('close', () => sent.destroy())
  // An answer may come before all of the request was read, and without it.
  pipeline(request, sent).catch(() => {})
  const end = answerOf(sent)
    .then(answer => passOn(answer, response))
    .then(
      () => 'answered' as const,
      () => (silent ? 'silent' : 'broken'),
    )
  return { end, abort: () => sent.destroy() }
}

function answerOf(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.once('response', resolve)
    sent.once('error', reject)
    sent.once('close', () => reject(new Error('There was no answer.')))
  })
}

async function passOn(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.headers))
  // What a stream says first may be all it says for long.
  response.flushHeaders()
  await pipeline(answer, response)
}

function withoutHopByHop(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  const kept = Object.entries(headers).filter(([name, value]) => !hopByHop.has(name) && value !== undefined)
  return Object.fromEntries(kept) as Record<string, string | string[]>
}
