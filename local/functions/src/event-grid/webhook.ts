import type { IncomingMessage, ServerResponse } from 'node:http'
import { type HostKeys, mayDeliver } from '../http/keys.ts'
import { readBody } from '../http/read-body.ts'
import { answerEmpty } from '../http/write-answer.ts'
import type { Invoker, LoadedFunction } from '../invoke.ts'

/** Functions with an Event Grid trigger, by their names in lower case. */
export type EventGridFunctions = Map<string, LoadedFunction>

/** What becomes of one event. A rejection lets the sender repeat its whole payload. */
export type HearEvent = (event: Record<string, unknown>) => Promise<unknown>

interface Exchange {
  request: IncomingMessage
  response: ServerResponse
}

/** A door Event Grid delivers to, under `/runtime/webhooks/`. */
export interface EventDoor {
  keys: HostKeys
  /** Who hears the events for the name in `functionName`, if anybody. */
  find(name: string): HearEvent | undefined
}

/** `POST /runtime/webhooks/EventGrid?functionName=NAME&code=KEY`: calls the function with each event. */
export function eventGridDoor(functions: EventGridFunctions, invoker: Invoker, keys: HostKeys): EventDoor {
  return {
    keys,
    find(name) {
      const target = functions.get(name.toLowerCase())
      return target && (event => runOne(invoker, target, event))
    },
  }
}

/** All events of a payload are heard at the same time; one failure answers 500 and the sender repeats them all. */
export async function deliverEvents(door: EventDoor, { request, response }: Exchange): Promise<void> {
  if (!mayDeliver(request, door.keys)) return answerEmpty(response, 401)
  const name = new URLSearchParams(request.url?.split('?', 2)[1]).get('functionName') ?? ''
  const hear = door.find(name)
  if (!hear) return answerText(response, 404, `cannot find function: '${name}'`)
  if (request.method === 'OPTIONS') return consent(request, response)
  const kind = String(request.headers['aeg-event-type'] ?? '').toLowerCase()
  if (kind === 'unsubscribe') return answerEmpty(response, 202)
  if (kind !== 'notification' && kind !== 'subscriptionvalidation') return answerEmpty(response, 400)
  const events = await readEvents(request)
  if (!events) return answerText(response, 400, 'The body must be an event or an array of events.')
  if (kind === 'subscriptionvalidation') return answerValidation(response, events)
  const results = await Promise.allSettled(events.map(hear))
  answerEmpty(response, results.some(result => result.status === 'rejected') ? 500 : 202)
}

function runOne(invoker: Invoker, target: LoadedFunction, event: Record<string, unknown>): Promise<unknown> {
  const traceParent = event.traceparent
  return invoker.invoke(target, {
    inputData: [{ name: target.triggerName, data: { json: JSON.stringify(event) } }],
    triggerMetadata: { data: { json: JSON.stringify(event.data ?? null) } },
    bindingData: event,
    ...(typeof traceParent === 'string' ? { traceContext: { traceParent, traceState: '' } } : {}),
  })
}

async function readEvents(request: IncomingMessage): Promise<Record<string, unknown>[] | undefined> {
  const body = await readBody(request)
  if (!Buffer.isBuffer(body)) return undefined
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'))
    const list = Array.isArray(parsed) ? parsed : [parsed]
    return list.every(one => one !== null && typeof one === 'object') ? list : undefined
  } catch {
    return undefined
  }
}

function answerValidation(response: ServerResponse, events: Record<string, unknown>[]): void {
  const code = (events[0]?.data as { validationCode?: unknown } | undefined)?.validationCode
  if (typeof code === 'string') {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ validationResponse: code }))
  } else {
    answerText(response, 400, 'The validation event has no validationCode.')
  }
}

/** The CloudEvents handshake: consent is the header, not the status. */
function consent(request: IncomingMessage, response: ServerResponse): void {
  const origin = request.headers['webhook-request-origin']
  if (typeof origin === 'string') response.setHeader('WebHook-Allowed-Origin', origin)
  answerEmpty(response, 200)
}

function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' })
  response.end(text)
}
