import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AppHub } from '../durable/app-hub.ts'
import { manageHubs } from '../durable/webhook.ts'
import { deliverEvents, type EventGridFunctions } from '../event-grid/webhook.ts'
import type { Invoker } from '../invoke.ts'
import { StartError } from '../start-error.ts'
import { callHttpFunction } from './call-function.ts'
import { type HostKeys, isAdmin, mayCall } from './keys.ts'
import type { RouteTable } from './route-table.ts'
import { answerEmpty } from './write-answer.ts'

/** What requests are answered from. */
export interface Doors {
  routes: RouteTable
  eventGrid: EventGridFunctions
  /** Task hubs of the apps. */
  durable: AppHub[]
  invoker: Invoker
  keys: HostKeys
  /** Milliseconds within which an answer must have begun. */
  responseTimeout: number
}

/** Idle connections stay open this long, in milliseconds. */
const keepAlive = 120_000

/** Opens the address. Throws a StartError when the port is taken. */
export async function listen(doors: Doors, address: { host: string; port: number }): Promise<Server> {
  const server = createServer({ keepAliveTimeout: keepAlive, requestTimeout: 0 }, (request, response) => {
    handle(doors, request, response).catch(() => {
      if (!response.headersSent) answerEmpty(response, 500)
      else response.destroy()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(new StartError(`Cannot listen on port ${address.port}: ${error.message}`)))
    server.listen(address.port, address.host, resolve)
  })
  return server
}

/** The address a server listens on, without a slash at its end. */
export function endpointOf(server: Server): string {
  const { port, address, family } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

/** Takes no new connection and waits for the running answers, at most `limit` milliseconds. */
export async function closeServer(server: Server, limit: number): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  server.closeIdleConnections()
  const late = setTimeout(() => server.closeAllConnections(), limit)
  // A client that keeps its connection alive would hold the server open for ever.
  const idle = setInterval(() => server.closeIdleConnections(), 20)
  await closed
  clearTimeout(late)
  clearInterval(idle)
}

async function handle(doors: Doors, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? '/'
  const end = url.indexOf('?')
  const path = end === -1 ? url : url.slice(0, end)
  // The host's own paths come first: a route that takes everything must not take these.
  const lower = path.toLowerCase()
  if (lower === '/runtime/webhooks/eventgrid') return deliverEvents(doors, request, response)
  if (/^\/runtime\/webhooks\/durabletask(\/|$)/.test(lower)) return manageHubs(doors, request, response)
  if (/^\/(admin|runtime)(\/|$)/.test(lower)) {
    response.writeHead(501, { 'content-type': 'text/plain' })
    response.end(`${request.method} ${path} is not emulated by this host.`)
    return
  }
  const found = doors.routes.find(request.method ?? 'GET', path)
  if (!found) return answerEmpty(response, 404)
  const { http, params } = found
  const { app, name } = http.target
  for (const [header, value] of app.hostJson.customHeaders) response.setHeader(header, value)
  if (!mayCall(request, http.authLevel, { keys: doors.keys, name })) return answerEmpty(response, 401)
  // Whoever administers the app may still try it.
  if (http.disabled && !isAdmin(request, doors.keys)) return answerEmpty(response, 404)
  const late = setTimeout(() => {
    if (!response.headersSent) answerEmpty(response, 504)
  }, doors.responseTimeout)
  response.once('close', () => clearTimeout(late))
  const admitted = await app.throttle.admit(() => callHttpFunction(doors.invoker, { request, response, http, params }))
  if (!admitted) answerEmpty(response, 429)
}
