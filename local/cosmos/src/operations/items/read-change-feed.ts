import { feedCharge } from '../../charges.ts'
import type { Context } from '../../engine.ts'
import { badRequest, notEmulated } from '../../errors.ts'
import { answer, type CosmosAnswer, type CosmosRequest } from '../../exchange.ts'
import { checkSession, lsnHeaders, pageSize, sessionHeaders } from '../../headers.ts'
import { parseKey } from '../../partition-key/definition.ts'
import type { Bounds } from '../../partition-key/ranges.ts'
import type { Container } from '../../store/container.ts'
import type { Partition, Start } from '../../store/items.ts'
import type { Range } from '../../store/range.ts'
import { metered } from '../../throughput.ts'
import { boundsByHeader, rangeByHeader } from './ranges-asked.ts'

/** Of a range: one partition key value, or a part of the ring, or all of it. */
type Slice = { container: Container; range: Range; partition?: Partition; bounds?: Bounds | undefined }

const maxPageBytes = 4 * 1024 * 1024

/**
 * The change feed in latest version mode, of one range, a part of a range, or one partition key value. The etag is the
 * LSN up to which the caller has seen everything; with 304 too. A poll without news costs one comparison.
 */
export function readChangeFeed({ engine, request, address }: Context): CosmosAnswer {
  const container = engine.container(address)
  if (request.headers['a-im']?.toLowerCase() !== 'incremental feed')
    throw notEmulated(`The change feed mode '${request.headers['a-im']}'`)
  const slice = sliceOf(container, request)
  checkSession(request, [slice.range])
  const start = startOf(request, slice.range)
  const wanted = { limit: pageSize(request), now: engine.now() }
  return metered({ throughput: engine.throughput, container, ranges: [slice.range] }, () =>
    answerSlice(slice, start, wanted),
  )
}

type Wanted = { limit: number; now: number }

function answerSlice(slice: Slice, start: Start, wanted: Wanted): CosmosAnswer {
  const { container } = slice
  if (start.lsn >= slice.range.lsn) return notModified(slice)
  const page = collect(slice, start, wanted)
  if (page.texts.length === 0) return notModified(slice)
  const headers = { ...feedHeaders(slice, page.lsn), 'x-ms-item-count': String(page.texts.length) }
  const body = `{"_rid":"${container.record.rid}","Documents":[${page.texts.join(',')}],"_count":${page.texts.length}}`
  return answer(200, body, { charge: feedCharge(page.texts), headers })
}

function sliceOf(container: Container, request: CosmosRequest): Slice {
  const key = request.headers['x-ms-documentdb-partitionkey']
  if (key !== undefined) {
    const components = parseKey(key, container.record.partitionKey)
    const partition = container.partition(components)
    return { container, range: container.rangeOf(partition), partition }
  }
  const range = rangeByHeader(container, request) ?? onlyRange(container)
  return { container, range, bounds: boundsByHeader(request) }
}

function onlyRange(container: Container): Range {
  const [first, ...others] = container.ranges
  if (first === undefined || others.length > 0) {
    throw badRequest(
      'A change feed of a container with several ranges needs x-ms-documentdb-partitionkeyrangeid or a partition key.',
    )
  }
  return first
}

/** Where to read on: an etag goes before a time, a time before the beginning. */
function startOf(request: CosmosRequest, range: Range): Start {
  const seen = request.headers['if-none-match']
  if (seen === '*') return { lsn: range.lsn, afterSecond: -1 }
  if (seen !== undefined && seen !== '') {
    const lsn = Number(seen.replace(/^"|"$/g, ''))
    if (!Number.isInteger(lsn) || lsn < 0)
      throw badRequest(`Invalid change feed continuation in If-None-Match: ${seen}.`)
    return { lsn, afterSecond: -1 }
  }
  const since = request.headers['if-modified-since']
  if (since === undefined) return { lsn: 0, afterSecond: -1 }
  const time = Date.parse(since)
  if (Number.isNaN(time)) throw badRequest(`Invalid time in If-Modified-Since: ${since}.`)
  return { lsn: 0, afterSecond: Math.floor(time / 1000) }
}

/** A page ends between transactions only, even if that makes it longer than asked for. */
function collect({ container, range, partition, bounds }: Slice, start: Start, { limit, now }: Wanted) {
  const texts: string[] = []
  let lsn = start.lsn
  let change = 0
  let bytes = 0
  const { items } = container
  const changed = partition ? items.changedIn(partition, range, start) : items.changed(range, start, bounds)
  for (const entry of changed) {
    if (entry.lsn !== lsn && (texts.length >= limit || bytes > maxPageBytes)) {
      range.remember(lsn, change)
      return { texts, lsn }
    }
    lsn = entry.lsn
    change = entry.change
    if (container.isExpired(entry, now)) continue
    texts.push(`${entry.text.slice(0, -1)},"_lsn":${entry.lsn}}`)
    bytes += entry.text.length
  }
  range.remember(range.lsn, container.changes)
  return { texts, lsn: range.lsn }
}

function notModified(slice: Slice): CosmosAnswer {
  return answer(304, undefined, { headers: { ...feedHeaders(slice, slice.range.lsn), 'x-ms-item-count': '0' } })
}

function feedHeaders({ container, range }: Slice, lsn: number): Record<string, string> {
  return { etag: `"${lsn}"`, ...sessionHeaders(container, [range]), ...lsnHeaders(range) }
}
