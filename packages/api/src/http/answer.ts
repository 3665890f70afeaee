import { type Problem, problems } from './problems.ts'

/** What a handler answers; fits what the Functions library takes. */
export type Answer = {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly body?: string
}

/** An answer that is told piece by piece, while more of it happens. */
export type StreamedAnswer = Omit<Answer, 'body'> & { readonly body: AsyncIterable<Uint8Array> }

const RETRY_AFTER_SECONDS = '1'

export function json(status: number, body: unknown, headers: Answer['headers'] = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
}

/** `application/problem+json`; nothing about internals, only a request id to ask about. */
export function problemAnswer(error: Problem, requestId: string): Answer {
  const { status, title, retryable } = problems[error.problem]
  const body = { type: `/problems/${error.problem}`, title, status, requestId, retryable, ...error.extra }
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' }
  if (status === 401) headers['www-authenticate'] = 'Bearer realm="remit"'
  if (status === 429 || status === 503) headers['retry-after'] = RETRY_AFTER_SECONDS
  return { status, headers, body: JSON.stringify(body) }
}

/** 200 with the version as ETag, or 304 when the client has this very version. */
export function versioned(body: unknown, version: number, request: { headers: { get(name: string): string | null } }) {
  const etag = `"${version}"`
  const known = request.headers
    .get('if-none-match')
    ?.split(',')
    .map(tag => tag.trim().replace(/^W\//, ''))
  if (known?.includes(etag) || known?.includes('*')) return { status: 304, headers: { etag } }
  return json(200, body, { etag, 'cache-control': 'private, no-cache' })
}
