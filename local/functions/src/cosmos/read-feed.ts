import { type Container, expectStatus, itemsResource } from './container.ts'
import type { Resource, Wire } from './wire.ts'

/** Where a range without a continuation begins. */
export type FeedStart = { from: 'beginning' } | { from: 'now' } | { from: 'time'; time: Date }

/** One answer of the feed. */
export type FeedPage =
  | { kind: 'documents'; documents: unknown[]; continuation: string }
  | { kind: 'nothing'; continuation: string }
  | { kind: 'split' }

/** Reads the next page of one range. */
export type FeedReader = (rangeId: string, continuation: string | null) => Promise<FeedPage>

/** @param maxItems documents per page, unless one transaction has more. */
export function openFeed(
  send: Wire,
  container: Container,
  options: { maxItems: number; start: FeedStart },
): FeedReader {
  const resource: Resource = itemsResource(container)
  const first = startHeaders(options.start)
  return async (rangeId, continuation) => {
    const answer = await send({
      method: 'GET',
      resource,
      headers: {
        'a-im': 'Incremental Feed',
        'x-ms-max-item-count': String(options.maxItems),
        'x-ms-documentdb-partitionkeyrangeid': rangeId,
        ...(continuation === null ? first : { 'if-none-match': continuation }),
      },
    })
    if (answer.status === 410) return { kind: 'split' }
    expectStatus(`Reading the feed of range ${rangeId}`, answer, 200, 304)
    const next = answer.headers.etag ?? continuation ?? ''
    if (answer.status === 304) return { kind: 'nothing', continuation: next }
    const { Documents: documents } = JSON.parse(answer.body) as { Documents: unknown[] }
    return documents.length === 0
      ? { kind: 'nothing', continuation: next }
      : { kind: 'documents', documents, continuation: next }
  }
}

function startHeaders(start: FeedStart): Record<string, string> {
  if (start.from === 'now') return { 'if-none-match': '*' }
  return start.from === 'time' ? { 'if-modified-since': start.time.toUTCString() } : {}
}
