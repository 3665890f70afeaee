import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type BindingData, membersOf } from '../bindings/expression.ts'
import type { Invocation, Invoker } from '../invoke.ts'
import { forwardStream } from './forward-stream.ts'
import { readBody } from './read-body.ts'
import type { HttpFunction } from './route-table.ts'
import { answerEmpty, giveUp, type HttpAnswer, writeAnswer } from './write-answer.ts'

/** A request and the function its path and method lead to. */
export interface RoutedRequest {
  request: IncomingMessage
  response: ServerResponse
  http: HttpFunction
  params: Record<string, string>
}

/** When the app's own server does not answer. */
const statusOf = { broken: 502, silent: 504 }

/** Calls an HTTP function and writes its answer: 500 with nothing when it throws, 204 when it answers nothing. */
export async function callHttpFunction(invoker: Invoker, routed: RoutedRequest): Promise<void> {
  const { app } = routed.http.target
  if (app.streamsTo !== undefined) return callWithStreams(invoker, routed, app.streamsTo)
  const { request, response, http: called } = routed
  const body = await readBody(request, app.bodyLimit)
  if (body === 'too-large') {
    response.setHeader('connection', 'close')
    return answerEmpty(response, 413)
  }
  const invocation = invocationOf(routed, body)
  // A function that fails was logged by the invoker; the caller learns nothing of the reason.
  const answer = await invoker.invoke(called.target, invocation).catch(() => undefined)
  if (response.writableEnded || response.destroyed) return
  if (!answer) return answerEmpty(response, 500)
  const http = answer.returnValue?.http as unknown as HttpAnswer | undefined
  if (http) writeAnswer(response, http)
  else answerEmpty(response, 204)
}

/**
 * The app's library reads the request and writes the answer on a server of its own, matching it with the invocation
 * by its id. The function goes on when its client is gone; its end only tells whether it failed.
 */
async function callWithStreams(invoker: Invoker, routed: RoutedRequest, address: URL): Promise<void> {
  const { request, response, http, params } = routed
  const invocationId = randomUUID()
  const forwarding = forwardStream({
    request,
    response,
    address,
    headers: { 'x-ms-invocation-id': invocationId },
  })
  const bindingData = addressData(routed)
  const triggerMetadata = {
    ...Object.fromEntries(Object.entries(params).map(([name, string]) => [name, { string }])),
    Query: { json: JSON.stringify(bindingData.Query) },
    Headers: { json: JSON.stringify(request.headers) },
  }
  const invocation = {
    invocationId,
    inputData: [{ name: http.target.triggerName, data: { http: {} } }],
    triggerMetadata,
    traceContext: traceContextOf(request),
    bindingData,
  }
  const ran = invoker.invoke(http.target, invocation).then(
    () => true,
    () => {
      forwarding.abort()
      return false
    },
  )
  const [succeeded, end] = await Promise.all([ran, forwarding.end])
  if (end !== 'answered' && !response.destroyed) giveUp(response, succeeded ? statusOf[end] : 500)
}

function invocationOf(routed: RoutedRequest, body: Buffer | undefined): Invocation {
  const { request, http, params } = routed
  const url = request.url ?? '/'
  const data: Record<string, unknown> = {
    method: request.method,
    url: `http://${request.headers.host ?? 'localhost'}${url}`,
    headers: request.headers,
    params,
    query: queryOf(url),
  }
  if (body !== undefined) data.body = { bytes: body }
  const { inputs, outputs } = http.target
  const hasBindings = inputs.length > 0 || outputs.length > 0
  return {
    inputData: [{ name: http.target.triggerName, data: { http: data } }],
    traceContext: traceContextOf(request),
    ...(hasBindings ? { bindingData: { ...membersOf(body?.toString('utf8') ?? ''), ...addressData(routed) } } : {}),
  }
}

/** What a request's address and headers say, for `{name}`, `{Query.name}` and `{headers.name}` in bindings. */
function addressData({ request, params }: RoutedRequest): BindingData {
  const query = queryOf(request.url ?? '/')
  return { ...query, ...params, Query: query, headers: request.headers }
}

/** A key given twice arrives as one value joined by commas, as the host hands it to the worker. */
function queryOf(url: string): Record<string, string> {
  const query: Record<string, string> = {}
  const start = url.indexOf('?')
  if (start === -1) return query
  for (const [key, value] of new URLSearchParams(url.slice(start + 1))) {
    query[key] = Object.hasOwn(query, key) ? `${query[key]},${value}` : value
  }
  return query
}

/** The caller's trace goes on with a span of the host's own; without one a trace begins. */
function traceContextOf(request: IncomingMessage): { traceParent: string; traceState: string } {
  const { traceparent, tracestate } = request.headers
  const random = randomBytes(24).toString('hex')
  const span = random.slice(32)
  const given =
    typeof traceparent === 'string' ? /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/.exec(traceparent) : null
  return {
    traceParent: given ? `00-${given[1]}-${span}-${given[2]}` : `00-${random.slice(0, 32)}-${span}-00`,
    traceState: given && typeof tracestate === 'string' ? tracestate : '',
  }
}
