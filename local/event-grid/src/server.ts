import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { refusal } from './authorization.ts'
import { type Clock, systemClock } from './clock.ts'
import { checkTopics, type TopicConfig } from './configuration.ts'
import type { Faults } from './faults.ts'
import { openPendingStore } from './pending-store.ts'
import { seededRandom } from './randomness.ts'
import { RefusedRequest, readEvents } from './read-events.ts'
import { openTopic, type Topic } from './topic.ts'

/** What to serve, and how. */
export interface EventGridOptions {
  topics: TopicConfig[]
  /** 0, the default, lets the system choose. */
  port?: number
  host?: string
  /** Folder for what is not delivered yet; without it a restart forgets. */
  data?: string
  clock?: Clock
  /** For jitter and faults; default 1. */
  seed?: number
  faults?: Faults
  log?: (message: string) => void
}

/** A server that takes events. */
export interface EventGrid {
  endpoint: string
  /** Resolves when nothing is under way and all that could be sent now is sent. For tests. */
  settled(): Promise<void>
  /** Stops; what is not delivered stays stored. */
  close(): Promise<void>
}

const apiVersion = '2018-01-01'

/** Starts topics on one port. Throws a ConfigurationError for topics that Event Grid would refuse. */
export async function startEventGrid(options: EventGridOptions): Promise<EventGrid> {
  const configs = checkTopics(options.topics)
  const clock = options.clock ?? systemClock
  const topics = new Map<string, Topic>()
  const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    answer(topics, clock, { request, response }).catch(error => refuse(response, error))
  })
  await listen(server, options.port ?? 0, options.host ?? '127.0.0.1')
  const { address, port } = server.address() as AddressInfo
  const endpoint = `http://${address}:${port}`
  const store = openPendingStore(options.data)
  const report = options.log ?? (() => {})
  const place = {
    endpoint,
    store,
    clock,
    random: seededRandom(options.seed ?? 1),
    faults: options.faults ?? {},
    report,
  }
  const left = store.all()
  for (const config of configs) {
    const topic = openTopic(config, place)
    topics.set(config.name.toLowerCase(), topic)
    topic.resume(left.filter(one => one.topic === config.name))
  }
  const subscriptions = [...topics.values()].flatMap(topic => topic.subscriptions)
  for (const subscription of subscriptions) subscription.consent.ask()
  return {
    endpoint,
    async settled() {
      while (!subscriptions.every(one => one.idle())) await sleep(1)
    },
    async close() {
      for (const subscription of subscriptions) subscription.close()
      const closed = new Promise(resolve => server.close(resolve))
      server.closeAllConnections()
      await closed
      store.close()
    },
  }
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
}

interface Exchange {
  request: IncomingMessage
  response: ServerResponse
}

async function answer(topics: Map<string, Topic>, clock: Clock, { request, response }: Exchange): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://local')
  const call = `${request.method} ${url.pathname}`
  const publish = /^POST \/([^/]+)\/api\/events$/.exec(call)
  const look = /^GET \/topics\/([^/]+)\/deliveries$/.exec(call)
  const validate = /^GET \/topics\/([^/]+)\/subscriptions\/([^/]+)\/validate$/.exec(call)
  const name = (publish ?? look ?? validate)?.[1]
  if (name === undefined) throw new RefusedRequest(404, `${call} is not emulated.`)
  const topic = topics.get(name.toLowerCase())
  if (!topic) throw new RefusedRequest(404, `There is no topic "${name}".`)
  if (look) return answerJson(response, 200, topic.deliveries())
  if (validate) return confirm(topic, validate[2] ?? '', { url, response })
  const reason = refusal(request, topic.config.key, clock.now())
  if (reason !== undefined) throw new RefusedRequest(401, reason)
  const version = url.searchParams.get('api-version')
  if (version !== apiVersion) throw new RefusedRequest(400, `The api-version must be ${apiVersion}, not ${version}.`)
  topic.publish(await readEvents(request, topic.config.inputSchema))
  response.writeHead(200, { 'content-length': '0' })
  response.end()
}

function confirm(topic: Topic, name: string, { url, response }: { url: URL; response: ServerResponse }): void {
  const subscription = topic.subscriptions.find(one => one.config.name.toLowerCase() === name.toLowerCase())
  const confirmed = subscription?.consent.confirm(url.searchParams.get('id') ?? '') === true
  if (!confirmed) throw new RefusedRequest(400, 'The validation code is wrong.')
  answerJson(response, 200, 'Webhook successfully validated as a subscription endpoint.')
}

const codes: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  404: 'NotFound',
  413: 'RequestEntityTooLarge',
}

function refuse(response: ServerResponse, error: unknown): void {
  const status = error instanceof RefusedRequest ? error.status : 500
  const message = error instanceof Error ? error.message : String(error)
  // The rest of a body that is too large is not read.
  if (status === 413) response.setHeader('connection', 'close')
  answerJson(response, status, { error: { code: codes[status] ?? 'InternalServerError', message } })
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) })
  response.end(text)
}
