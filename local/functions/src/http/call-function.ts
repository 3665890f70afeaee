import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { InvocationResponse } from '../core-api.ts'
import type { Invocation, Invoker } from '../invoke.ts'
import { readBody } from './read-body.ts'
import type { HttpFunction } from './route-table.ts'
import { setCookie } from './set-cookie.ts'

/** A request and the function its path and method lead to. */
export interface RoutedRequest {
  request: IncomingMessage
  response: ServerResponse
  http: HttpFunction
  params: Record<string, string>
}

/** Ends the response with a status and no body. */
export function answerEmpty(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': '0' })
  response.end()
}

/** Calls an HTTP function and writes its answer: 500 with nothing when it throws, 204 when it answers nothing. */
export async function callHttpFunction(invoker: Invoker, routed: RoutedRequest): Promise<void> {
  const { request, response, http: called } = routed
  const body = await readBody(request)
  if (body === 'too-large') {
    response.setHeader('connection', 'close')
    return answerEmpty(response, 413)
  }
  let answer: InvocationResponse
  try {
    answer = await invoker.invoke(called.target, invocationOf(routed, body))
  } catch {
    // The invoker has logged it; the caller learns nothing of the reason.
    return answerEmpty(response, 500)
  }
  const http = answer.returnValue?.http as unknown as HttpAnswer | undefined
  if (http) writeAnswer(response, http)
  else answerEmpty(response, 204)
}

function invocationOf({ request, http, params }: RoutedRequest, body: Buffer | undefined): Invocation {
  const url = request.url ?? '/'
  const data: Record<string, unknown> = {
    method: request.method,
    url: `http://${request.headers.host ?? 'localhost'}${url}`,
    headers: request.headers,
    params,
    query: queryOf(url),
  }
  if (body !== undefined) data.body = { bytes: body }
  return {
    inputData: [{ name: http.target.triggerName, data: { http: data } }],
    traceContext: traceContextOf(request),
  }
}

/** A key given twice arrives as one value joined by commas, as the host hands it to the worker. */
function queryOf(url: string): Record<string, string> {
  const query: Record<string, string> = {}
  const start = url.indexOf('?')
  if (start === -1) return query
  for (const [key, value] of new URLSearchParams(url.slice(start + 1))) {
    query[key] = key in query ? `${query[key]},${value}` : value
  }
  return query
}

function traceContextOf(request: IncomingMessage): { traceParent: string; traceState: string } {
  const { traceparent, tracestate } = request.headers
  const state = typeof tracestate === 'string' ? tracestate : ''
  if (typeof traceparent === 'string') return { traceParent: traceparent, traceState: state }
  const random = randomBytes(24).toString('hex')
  return { traceParent: `00-${random.slice(0, 32)}-${random.slice(32)}-00`, traceState: state }
}

interface HttpAnswer {
  statusCode: string
  headers: Record<string, string>
  cookies: Parameters<typeof setCookie>[0][]
  body?: { bytes?: Uint8Array }
}

function writeAnswer(response: ServerResponse, http: HttpAnswer): void {
  const headers: Record<string, string | string[]> = { ...http.headers }
  if (http.cookies.length > 0) headers['set-cookie'] = http.cookies.map(setCookie)
  const status = Number(http.statusCode)
  const bytes = http.body?.bytes ?? new Uint8Array(0)
  // These statuses never have a body, and a length would announce one.
  if (status === 204 || status === 304) {
    delete headers['content-length']
    response.writeHead(status, headers)
    response.end()
    return
  }
  headers['content-length'] = String(bytes.byteLength)
  response.writeHead(status, headers)
  response.end(bytes)
}
