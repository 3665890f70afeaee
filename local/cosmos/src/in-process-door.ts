import type { Engine } from './engine.ts'
import { receivedBody } from './exchange.ts'

/** What this door needs of the SDK's pipeline request; written out so that the package needs no SDK. */
type PipelineRequestLike = {
  url: string
  method: string
  headers: Iterable<[name: string, value: string]>
  body?: unknown
}

/** Headers with the methods the SDK's pipeline expects. */
class AnswerHeaders implements Iterable<[string, string]> {
  private readonly values: Map<string, string>

  constructor(headers: Record<string, string>) {
    this.values = new Map(Object.entries(headers))
  }

  get(name: string): string | undefined {
    return this.values.get(name.toLowerCase())
  }

  has(name: string): boolean {
    return this.values.has(name.toLowerCase())
  }

  set(name: string, value: string | number | boolean): void {
    this.values.set(name.toLowerCase(), String(value))
  }

  delete(name: string): void {
    this.values.delete(name.toLowerCase())
  }

  toJSON(): Record<string, string> {
    return Object.fromEntries(this.values)
  }

  [Symbol.iterator](): Iterator<[string, string]> {
    return this.values.entries()
  }
}

export type InProcessResponse<R> = {
  request: R
  status: number
  headers: AnswerHeaders
  bodyAsText: string
  /** The body of a binary answer; `bodyAsText` is empty then. */
  bodyAsBytes?: Uint8Array
}

/**
 * The door without a port: an `httpClient` for `new CosmosClient({ endpoint, key, httpClient })`.
 * Rejects with code ECONNRESET when a fault loses the answer.
 */
export function openInProcessDoor(engine: Engine) {
  return {
    async sendRequest<R extends PipelineRequestLike>(request: R): Promise<InProcessResponse<R>> {
      const found = /^(https?:\/\/[^/?#]+)(.*)$/s.exec(request.url)
      const path = found?.[2] ?? '/'
      const headers: Record<string, string> = {}
      for (const [name, value] of request.headers) headers[name.toLowerCase()] = value
      const received = receivedInProcess(request.body)
      const answer = await engine.handle({
        method: request.method,
        path,
        origin: found?.[1] ?? '',
        headers,
        ...received,
      })
      const body = answer.status === 204 || answer.status === 304 ? '' : answer.body
      return {
        request,
        status: answer.status,
        headers: new AnswerHeaders(answer.headers),
        ...(typeof body === 'string' ? { bodyAsText: body } : { bodyAsText: '', bodyAsBytes: body }),
      }
    },
  }
}

/** A text stays as it is; bytes are what a binary batch is sent as. */
function receivedInProcess(body: unknown): ReturnType<typeof receivedBody> {
  if (!(body instanceof Uint8Array)) return { body: typeof body === 'string' ? body : '' }
  return receivedBody(Buffer.from(body.buffer, body.byteOffset, body.byteLength))
}
