import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from 'local-clock/clock'
import { answerJson, answerPage } from 'local-plain-pages/answer'
import { whyNotLocal } from 'local-plain-pages/local-callers'
import { refusal } from './authorization.ts'
import type { DeadLetterStore } from './dead-letter-store.ts'
import { topicReport } from './delivery-report.ts'
import { overviewPage } from './pages/overview-page.ts'
import { topicPage } from './pages/topic-page.ts'
import type { PendingStore } from './pending-store.ts'
import { RefusedRequest, readEvents } from './read-events.ts'
import type { Topic } from './topic.ts'

/** What answers are made of. */
export interface Served {
  /** By their names in lower case. */
  topics: Map<string, Topic>
  clock: Clock
  store: PendingStore
  dead: DeadLetterStore
}

interface Exchange {
  request: IncomingMessage
  response: ServerResponse
}

interface Call extends Exchange {
  served: Served
  url: URL
  topic: Topic
  /** What the path says after the topic. */
  detail: string
}

const apiVersion = '2018-01-01'

/** A door of a topic. Those for people are open for callers on this machine only. */
const doors: { path: RegExp; forPeople: boolean; open: (call: Call) => void | Promise<void> }[] = [
  { path: /^POST \/([^/]+)\/api\/events$/, forPeople: false, open: publish },
  { path: /^GET \/topics\/([^/]+)\/subscriptions\/([^/]+)\/validate$/, forPeople: false, open: confirm },
  { path: /^GET \/topics\/([^/]+)\/deliveries$/, forPeople: true, open: report },
  { path: /^GET \/topics\/([^/]+)$/, forPeople: true, open: look },
  { path: /^POST \/topics\/([^/]+)\/dead-letters\/(\d+)\/redeliver$/, forPeople: true, open: redeliver },
]

/** Answers a request. Rejects with a RefusedRequest when it cannot. */
export async function answer(served: Served, { request, response }: Exchange): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://local')
  const called = `${request.method} ${url.pathname}`
  if (called === 'GET /') {
    mustBeLocal(request)
    return answerPage(response, overviewPage(reports(served)))
  }
  for (const { path, forPeople, open } of doors) {
    const found = path.exec(called)
    if (!found) continue
    if (forPeople) mustBeLocal(request)
    const [, name = '', detail = ''] = found
    const topic = served.topics.get(name.toLowerCase())
    if (!topic) throw new RefusedRequest(404, `There is no topic "${name}".`)
    return open({ served, request, response, url, topic, detail })
  }
  throw new RefusedRequest(404, `${called} is not emulated.`)
}

function mustBeLocal(request: IncomingMessage): void {
  const reason = whyNotLocal(request)
  if (reason !== undefined) throw new RefusedRequest(403, reason)
}

async function publish({ served, request, response, url, topic }: Call): Promise<void> {
  const reason = refusal(request, topic.config.key, served.clock.now())
  if (reason !== undefined) throw new RefusedRequest(401, reason)
  const version = url.searchParams.get('api-version')
  if (version !== apiVersion) throw new RefusedRequest(400, `The api-version must be ${apiVersion}, not ${version}.`)
  topic.publish(await readEvents(request, { schema: topic.config.inputSchema, topic: topic.path }))
  response.writeHead(200, { 'content-length': '0' })
  response.end()
}

function confirm({ response, url, topic, detail }: Call): void {
  const subscription = topic.subscriptions.find(one => one.config.name.toLowerCase() === detail.toLowerCase())
  const confirmed = subscription?.consent.confirm(url.searchParams.get('id') ?? '') === true
  if (!confirmed) throw new RefusedRequest(400, 'The validation code is wrong, or older than 10 minutes.')
  answerJson(response, 200, 'Webhook successfully validated as a subscription endpoint.')
}

function report({ served, response, topic }: Call): void {
  answerJson(response, 200, topicReport(topic, served))
}

function look({ served, response, topic }: Call): void {
  answerPage(response, topicPage(topicReport(topic, served)))
}

function redeliver({ request, response, topic, detail }: Call): void {
  // A body has no meaning here, and an unread one would keep the connection busy.
  request.resume()
  if (!topic.redeliver(Number(detail))) {
    throw new RefusedRequest(404, `There is no dead letter ${detail}, or no subscription to send it to.`)
  }
  response.writeHead(303, { location: `/topics/${topic.config.name}`, 'content-length': '0' })
  response.end()
}

function reports(served: Served) {
  return [...served.topics.values()].map(topic => topicReport(topic, served))
}

const codes: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  413: 'RequestEntityTooLarge',
}

/** Answers with what went wrong. */
export function refuse(response: ServerResponse, error: unknown): void {
  const status = error instanceof RefusedRequest ? error.status : 500
  const message = error instanceof Error ? error.message : String(error)
  // The rest of a body that is too large is not read.
  if (status === 413) response.setHeader('connection', 'close')
  answerJson(response, status, { error: { code: codes[status] ?? 'InternalServerError', message } })
}
