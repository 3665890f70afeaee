import type { IncomingMessage } from 'node:http'
import type { Schema } from './configuration.ts'
import type { EventObject } from './filter.ts'

/** The longest body and the longest single event, in bytes. */
const bodyLimit = 1_048_576

/** A publisher's request cannot be accepted. */
export class RefusedRequest extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/** What a topic takes. */
export interface Expected {
  schema: Schema
  /** The topic as events name it. */
  topic: string
}

/** Reads and checks what is published. Throws a RefusedRequest with 400 or 413. */
export async function readEvents(request: IncomingMessage, { schema, topic }: Expected): Promise<EventObject[]> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  const single = schema === 'cloud-event' && type === 'application/cloudevents+json'
  const expected = schema === 'cloud-event' ? 'application/cloudevents-batch+json' : 'application/json'
  if (!single && type !== expected) throw new RefusedRequest(400, `The content type must be ${expected}.`)
  const parsed = parse(await readBody(request))
  const events = single ? [parsed] : parsed
  if (!Array.isArray(events)) throw new RefusedRequest(400, 'The body must be a JSON array of events.')
  for (const [index, event] of events.entries()) {
    const problem = problemOf(event, { schema, topic })
    if (problem) throw new RefusedRequest(400, `Event ${index}: ${problem}`)
  }
  return events as EventObject[]
}

async function readBody(request: IncomingMessage): Promise<string> {
  const tooLarge = new RefusedRequest(413, `The maximum size (${bodyLimit}) has been exceeded.`)
  if (Number(request.headers['content-length'] ?? 0) > bodyLimit) throw tooLarge
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    chunks.push(chunk)
    length += chunk.length
    if (length > bodyLimit) throw tooLarge
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new RefusedRequest(400, 'The body is not valid JSON.')
  }
}

function problemOf(event: unknown, { schema, topic }: Expected): string | undefined {
  if (event === null || typeof event !== 'object' || Array.isArray(event)) return 'it must be an object.'
  return schema === 'cloud-event'
    ? cloudEventProblem(event as EventObject)
    : gridEventProblem(event as EventObject, topic)
}

function cloudEventProblem(event: EventObject): string | undefined {
  const missing = ['id', 'source', 'type'].find(name => !isText(event[name]))
  if (missing) return `"${missing}" must be a text that is not empty.`
  if (event.specversion !== '1.0') return '"specversion" must be "1.0".'
  if ('data' in event && 'data_base64' in event) return '"data" and "data_base64" exclude each other.'
  if (event.time !== undefined && Number.isNaN(Date.parse(String(event.time)))) return '"time" is not a time.'
  const bad = Object.keys(event).find(name => name !== 'data_base64' && !/^[a-z0-9]*$/.test(name))
  return bad === undefined ? undefined : `"${bad}" is not an attribute name: lower-case letters and digits only.`
}

function gridEventProblem(event: EventObject, topic: string): string | undefined {
  const missing = ['id', 'subject', 'eventType', 'eventTime'].find(name => !isText(event[name]))
  if (missing) return `"${missing}" must be a text that is not empty.`
  if (Number.isNaN(Date.parse(String(event.eventTime)))) return '"eventTime" is not a time.'
  if (typeof event.dataVersion !== 'string') return '"dataVersion" must be a text.'
  if (event.data === null || typeof event.data !== 'object') return '"data" must be an object.'
  if (event.topic !== undefined && event.topic !== topic) return `"topic" must be left out, or ${topic}.`
  if (event.metadataVersion !== undefined && event.metadataVersion !== '1') {
    return '"metadataVersion" must be left out, or "1".'
  }
  return undefined
}
