import { createHmac } from 'node:crypto'
import type { Connection } from './connection.ts'
import type { PlainAnswer } from './read-answer.ts'
import { openSockets } from './sockets.ts'

/** What a request is about: the resource's type, and the link that is signed. */
export interface Resource {
  type: 'dbs' | 'colls' | 'docs' | 'pkranges'
  /** As signed, not percent-encoded; for a list, the link of its parent. */
  link: string
  /** As requested. */
  path: string
}

export interface WireRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  resource: Resource
  headers?: Record<string, string>
  body?: string
}

/** Sends one signed request. Rejects when the server cannot be reached. */
export type Wire = (request: WireRequest) => Promise<PlainAnswer>

/** The Cosmos DB protocol, no more of it than the trigger needs, over connections that stay open. */
export function openWire({ endpoint, key }: Connection): { send: Wire; close(): void } {
  const sockets = openSockets(endpoint)
  const sign = createSigner(key)
  const send: Wire = ({ method, resource, headers = {}, body }) => {
    let head = `${method} ${resource.path} HTTP/1.1\r\nhost: ${endpoint.host}\r\naccept: application/json\r\n`
    head += sign(method, resource)
    for (const name in headers) head += `${name}: ${headers[name]}\r\n`
    if (body === undefined) return sockets.exchange(`${head}\r\n`)
    head += `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
    return sockets.exchange(head + body)
  }
  return { send, close: sockets.close }
}

/** The header lines that prove the key. The date has whole seconds, so they serve all equal requests of a second. */
function createSigner(key: string): (method: string, resource: Resource) => string {
  const secret = Buffer.from(key, 'base64')
  let second = 0
  let date = ''
  const known = new Map<string, string>()
  return (method, { type, link }) => {
    const now = Math.floor(Date.now() / 1000)
    if (now !== second) {
      second = now
      date = new Date(now * 1000).toUTCString()
      known.clear()
    }
    const name = `${method} ${type} ${link}`
    const found = known.get(name)
    if (found !== undefined) return found
    const text = `${method.toLowerCase()}\n${type}\n${link}\n${date.toLowerCase()}\n\n`
    const signature = createHmac('sha256', secret).update(text).digest('base64')
    const authorization = encodeURIComponent(`type=master&ver=1.0&sig=${signature}`)
    const lines = `authorization: ${authorization}\r\nx-ms-date: ${date}\r\nx-ms-version: 2020-07-15\r\n`
    known.set(name, lines)
    return lines
  }
}
