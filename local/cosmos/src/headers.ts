import { badRequest, CosmosError } from './errors.ts'
import type { CosmosRequest } from './exchange.ts'
import type { Container } from './store/container.ts'
import type { Range } from './store/range.ts'

export function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true'
}

/** The headers by which a client keeps track of its session: whose container, and how far the ranges that served are. */
export function sessionHeaders(container: Container, ranges: readonly Range[]): Record<string, string> {
  const { record } = container
  return {
    'x-ms-session-token': ranges.map(range => `${range.id}:-1#${range.lsn}`).join(','),
    'x-ms-content-path': record.rid,
    'x-ms-alt-content-path': encodeURI(`dbs/${record.databaseId}/colls/${container.id}`),
  }
}

/** The same for answers about the container itself: one range speaks for all, and some clients can read no more. */
export function containerHeaders(container: Container): Record<string, string> {
  return sessionHeaders(container, container.ranges.slice(0, 1))
}

export function lsnHeaders(range: Range): Record<string, string> {
  return { lsn: String(range.lsn), 'x-ms-documentdb-partitionkeyrangeid': range.id }
}

/**
 * Refuses a reader that has seen more of a range than there is, which happens when the token is of another container. Each
 * part of a token is `<range>:<LSN>` or `<range>:<version>#<LSN>`, with more behind another `#` in accounts of several regions.
 * Throws 404 with substatus 1002, and 400 for what is no token.
 */
export function checkSession({ headers }: CosmosRequest, ranges: readonly Range[]): void {
  const token = headers['x-ms-session-token']
  if (!token || headers['x-ms-consistency-level']?.toLowerCase() === 'eventual') return
  for (const part of token.split(',')) {
    const [, id = '', first, second] = /^\s*(\d+):(-?\d+)(?:#(\d+)(?:#\S*)?)?\s*$/.exec(part) ?? []
    if (id === '') throw badRequest(`The session token '${part}' is invalid.`)
    const isAhead = ({ id: own, parents, lsn }: Range) =>
      [own, ...parents].includes(id) && Number(second ?? first) > lsn
    if (ranges.some(isAhead))
      throw new CosmosError(404, 'The read session is not available for the input session token.', { substatus: 1002 })
  }
}

/** Page size: absent and -1 (dynamic) are 1000. Throws 400. */
export function pageSize(request: CosmosRequest): number {
  const text = request.headers['x-ms-max-item-count']
  if (text === undefined || text === '' || text === '-1') return 1000
  const size = Number(text)
  if (!Number.isInteger(size) || size < 1 || size > 2147483647) {
    throw badRequest(`Invalid value ${text} for header x-ms-max-item-count.`)
  }
  return size
}
