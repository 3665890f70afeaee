import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Engine } from './engine.ts'
import { CosmosError } from './errors.ts'
import { type CosmosAnswer, type CosmosRequest, complete, errorAnswer, receivedBody } from './exchange.ts'

const maxBodyBytes = 8 * 1024 * 1024
const keepAliveMs = 60_000

/** The HTTP/1.1 door: collects a body, hands the request to the engine, writes the answer in one piece. */
export function openHttpDoor(engine: Engine): Server {
  const server = createServer((incoming, outgoing) => {
    collect(incoming)
      .then(bytes => engine.handle(requestOf(incoming, bytes)))
      .then(
        answer => send(outgoing, answer),
        error =>
          error instanceof CosmosError ? send(outgoing, complete(errorAnswer(error))) : incoming.socket.destroy(),
      )
  })
  server.keepAliveTimeout = keepAliveMs
  server.on('clientError', refuseConnection)
  return server
}

/** What is no HTTP, or has headers larger than Node takes, is answered here: it never becomes a request. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const isHuge = error.code === 'HPE_HEADER_OVERFLOW'
  const refusal = isHuge
    ? new CosmosError(431, 'The headers of the request are too large.')
    : new CosmosError(400, 'The request is not well-formed HTTP.')
  const { status, headers, body } = complete(errorAnswer(refusal))
  const all = { ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`)
}

function collect(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= maxBodyBytes) chunks.push(chunk)
    })
    incoming.on('end', () => {
      if (bytes > maxBodyBytes) reject(new CosmosError(413, 'Message: {"Errors":["Request size is too large"]}'))
      else resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks))
    })
    incoming.on('error', reject)
  })
}

function requestOf(incoming: IncomingMessage, bytes: Buffer): CosmosRequest {
  return {
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    origin: `http://${incoming.headers.host ?? 'localhost'}`,
    headers: incoming.headers as Record<string, string | undefined>,
    ...receivedBody(bytes),
  }
}

/** Errors are parsed by clients only with a Content-Length; 204 and 304 have no body at all. */
function send(outgoing: ServerResponse, { status, headers, body }: CosmosAnswer): void {
  if (status === 204 || status === 304) {
    outgoing.writeHead(status, headers).end()
    return
  }
  headers['content-length'] = String(Buffer.byteLength(body))
  outgoing.writeHead(status, headers).end(body)
}
