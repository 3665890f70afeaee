import { createHmac } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import type { Connection } from './connection.ts'

/** What a request is about: the resource's type, and the link that is signed. */
export interface Resource {
  type: 'dbs' | 'colls' | 'docs' | 'pkranges'
  /** As signed, not percent-encoded; for a list, the link of its parent. */
  link: string
  /** As requested. */
  path: string
}

export interface WireAnswer {
  status: number
  headers: http.IncomingHttpHeaders
  body: string
}

export interface WireRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  resource: Resource
  headers?: Record<string, string>
  body?: string
}

/** Sends one signed request. Rejects when the server cannot be reached. */
export type Wire = (request: WireRequest) => Promise<WireAnswer>

/** Milliseconds before a silent server counts as unreachable. */
const answerTimeout = 60_000

/**
 * The Cosmos DB protocol over sockets that stay open. It does no more than the trigger needs, because an idle
 * trigger asks many times a second.
 */
export function openWire({ endpoint, key }: Connection): { send: Wire; close(): void } {
  const secure = endpoint.protocol === 'https:'
  const agent = new (secure ? https : http).Agent({ keepAlive: true, maxSockets: 64 })
  const sign = createSigner(key)
  const base = {
    agent,
    protocol: endpoint.protocol,
    hostname: endpoint.hostname.replace(/^\[|\]$/g, ''),
    port: endpoint.port || (secure ? 443 : 80),
    timeout: answerTimeout,
  }
  const send: Wire = ({ method, resource, headers, body }) =>
    new Promise((resolve, reject) => {
      const signed = { ...sign(method, resource), ...headers, ...(body === undefined ? {} : lengthOf(body)) }
      const request = (secure ? https : http).request({ ...base, method, path: resource.path, headers: signed })
      request.on('response', response => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', chunk => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
        response.on('error', reject)
      })
      request.on('timeout', () => request.destroy(new Error(`No answer within ${answerTimeout} ms.`)))
      request.on('error', reject)
      request.end(body)
    })
  return { send, close: () => agent.destroy() }
}

function lengthOf(body: string): Record<string, string> {
  return { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }
}

/** The date has whole seconds, so a signature serves every equal request of one second. */
function createSigner(key: string): (method: string, resource: Resource) => Record<string, string> {
  const secret = Buffer.from(key, 'base64')
  let second = 0
  let date = ''
  const known = new Map<string, Record<string, string>>()
  return (method, { type, link }) => {
    const now = Math.floor(Date.now() / 1000)
    if (now !== second) {
      second = now
      date = new Date(now * 1000).toUTCString()
      known.clear()
    }
    const name = `${method} ${type} ${link}`
    let headers = known.get(name)
    if (!headers) {
      const text = `${method.toLowerCase()}\n${type}\n${link}\n${date.toLowerCase()}\n\n`
      const signature = createHmac('sha256', secret).update(text).digest('base64')
      headers = {
        authorization: encodeURIComponent(`type=master&ver=1.0&sig=${signature}`),
        'x-ms-date': date,
        'x-ms-version': '2020-07-15',
      }
      known.set(name, headers)
    }
    return headers
  }
}
