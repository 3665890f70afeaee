import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { AppHub } from '../durable/app-hub.ts'
import { manageHubs } from '../durable/webhook.ts'
import { deliverEvents, type EventDoor } from '../event-grid/webhook.ts'
import type { Invoker } from '../invoke.ts'
import { StartError } from '../start-error.ts'
import { callHttpFunction } from './call-function.ts'
import { forwardStream } from './forward-stream.ts'
import { type HostKeys, isAdmin, mayCall } from './keys.ts'
import type { RouteTable } from './route-table.ts'
import { answerEmpty, giveUp } from './write-answer.ts'

/** What requests are answered from. */
export interface Doors {
  routes: RouteTable
  /** By path, in lower case. */
  eventDoors: Map<string, EventDoor>
  /** Task hubs of the apps. */
  durable: AppHub[]
  invoker: Invoker
  keys: HostKeys
  forward: Forward[]
  /** Milliseconds within which an answer must have begun. */
  responseTimeout: number
}

/** A path that another process answers, with everything below it. */
export interface Forward {
  /** Begins with a slash. */
  path: string
  address: URL
}

/** Idle connections stay open this long, in milliseconds. */
const keepAlive = 120_000

/** An open address. */
export interface OpenAddress {
  /** Without a slash at its end. */
  endpoint: string
  /** Takes no new connection and waits for the running answers, at most `limit` milliseconds. */
  close(limit: number): Promise<void>
}

/** Opens the address. Throws a StartError when the port is taken. */
export async function listen(doors: Doors, address: { host: string; port: number }): Promise<OpenAddress> {
  /** Connections over which nothing was asked yet: Node takes them for busy, and they would hold up the end. */
  const silent = new Set<Socket>()
  const server = createServer({ keepAliveTimeout: keepAlive, requestTimeout: 0 }, (request, response) => {
    silent.delete(request.socket)
    handle(doors, request, response).catch(() => giveUp(response, 500))
  })
  server.on('connection', socket => {
    silent.add(socket)
    socket.once('close', () => silent.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(new StartError(`Cannot listen on port ${address.port}: ${error.message}`)))
    server.listen(address.port, address.host, resolve)
  })
  return {
    endpoint: endpointOf(server),
    async close(limit) {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      const closeIdle = () => {
        server.closeIdleConnections()
        for (const socket of silent) socket.destroy()
      }
      closeIdle()
      const late = setTimeout(() => server.closeAllConnections(), limit)
      // A client that keeps its connection alive would hold the server open for ever.
      const idle = setInterval(closeIdle, 20)
      await closed
      clearTimeout(late)
      clearInterval(idle)
    },
  }
}

function endpointOf(server: Server): string {
  const { port, address, family } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

async function handle(doors: Doors, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? '/'
  const end = url.indexOf('?')
  const path = end === -1 ? url : url.slice(0, end)
  // The host's own paths come first: a route that takes everything must not take these.
  const lower = path.toLowerCase()
  const elsewhere = doors.forward.find(one => `${lower}/`.startsWith(`${one.path}/`))
  if (elsewhere) {
    const end = await forwardStream({ request, response, address: elsewhere.address }).end
    if (end !== 'answered' && !response.destroyed) giveUp(response, 502)
    return
  }
  const eventDoor = doors.eventDoors.get(lower)
  if (eventDoor) return deliverEvents(eventDoor, { request, response })
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
