import { Agent, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export type Asked = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
}

export type Answer = {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Parsed where it is JSON, else the text. */
  readonly body: unknown
}

/** Nobody answered, or only to say "not now", for longer than the patience lasts. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

export type Client = {
  /**
   * Sends until an answer says something: the same request with the same key after 429, 502, 503, 504 and whenever the
   * connection breaks.
   *
   * @throws Unreachable when that takes longer than the patience.
   */
  readonly send: (asked: Asked) => Promise<Answer>
  /** Sends once and cuts the connection without listening. Whether the request arrived, nobody knows. */
  readonly drop: (asked: Asked) => Promise<void>
  readonly counts: { sent: number; retried: number; dropped: number }
  readonly close: () => void
}

export type ClientOptions = {
  readonly address: string
  /** Connections at most. */
  readonly sockets: number
  /** How long silence is borne, in milliseconds. */
  readonly patience: number
}

/** Longest silence on an open connection, in milliseconds: more than any answer may be waited for. */
const SILENCE = 30_000
/** Pauses between tries grow from the first to the last of these, in milliseconds. */
const FIRST_PAUSE = 20
const LAST_PAUSE = 1_000
/** Longest pause the service may ask for, in milliseconds. */
const LONGEST_PAUSE = 10_000
const NOT_NOW = [429, 502, 503, 504]

/** An HTTP client with a bounded number of kept connections. */
export function createClient({ address, sockets, patience }: ClientOptions): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets, scheduling: 'lifo' })
  const counts = { sent: 0, retried: 0, dropped: 0 }
  const start = (asked: Asked): ClientRequest => {
    counts.sent++
    const text = asked.body === undefined ? undefined : JSON.stringify(asked.body)
    const json = text && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }
    const options = { method: asked.method, agent, timeout: SILENCE, headers: { ...asked.headers, ...json } }
    return request(address + asked.path, options).end(text)
  }
  const send = async (asked: Asked) => {
    let failingSince: number | undefined
    for (let attempt = 0; ; attempt++) {
      const got = await answerTo(start(asked)).catch((error: Error) => error)
      if (!(got instanceof Error) && !NOT_NOW.includes(got.status)) return got
      failingSince ??= performance.now()
      if (performance.now() - failingSince > patience) {
        const what = got instanceof Error ? got.message : `status ${got.status}`
        throw new Unreachable(`${asked.method} ${asked.path}: ${what}, for longer than ${patience / 1000} s`)
      }
      counts.retried++
      await sleep(pauseAfter(got, attempt))
    }
  }
  const drop = (asked: Asked) => {
    counts.dropped++
    return cutOff(start(asked))
  }
  return { send, drop, counts, close: () => agent.destroy() }
}

function pauseAfter(got: Answer | Error, attempt: number): number {
  const grown = Math.min(FIRST_PAUSE * 2 ** Math.min(attempt, 10), LAST_PAUSE)
  if (got instanceof Error) return grown
  const wished = Number(got.headers['retry-after'])
  return Number.isFinite(wished) ? Math.min(wished * 1000, LONGEST_PAUSE) : grown
}

function answerTo(asked: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    asked.on('error', reject)
    asked.once('timeout', () => asked.destroy(new Error('no answer')))
    asked.once('response', (response: IncomingMessage) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () => {
        const { statusCode = 0, headers, complete } = response
        if (!complete) return reject(new Error('the answer broke off'))
        resolve({ status: statusCode, headers, body: parsed(Buffer.concat(chunks).toString()) })
      })
    })
  })
}

/** Lets the request leave and then ends the connection. */
function cutOff(asked: ClientRequest): Promise<void> {
  return new Promise(resolve => {
    asked.on('error', () => undefined)
    asked.once('close', () => resolve())
    asked.once('finish', () => setImmediate(() => asked.destroy()))
  })
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return text
  }
}
