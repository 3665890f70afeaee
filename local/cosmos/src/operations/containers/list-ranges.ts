import type { Context } from '../../engine.ts'
import { answer, type CosmosAnswer } from '../../exchange.ts'
import { containerHeaders } from '../../headers.ts'
import { rangesEver } from '../../store/split.ts'

/** The ranges, as a change feed of their own: clients ask again with the etag until they get 304. */
export function listPartitionKeyRanges({ engine, request, address }: Context): CosmosAnswer {
  const container = engine.container(address)
  const etag = `"${rangesEver(container)}"`
  const headers = { etag, ...containerHeaders(container) }
  if (request.headers['if-none-match'] === etag) return answer(304, undefined, { headers })
  const { rid, databaseRid, ts } = container.record
  const ranges = container.ranges.map((range, index) => ({
    _rid: rid,
    id: range.id,
    _etag: etag,
    minInclusive: range.bounds.min,
    maxExclusive: range.bounds.max,
    ridPrefix: index,
    _self: `dbs/${databaseRid}/colls/${rid}/pkranges/${range.id}/`,
    throughputFraction: 1 / container.ranges.length,
    status: 'online',
    parents: range.parents,
    _ts: ts,
    _lsn: range.lsn,
  }))
  return answer(
    200,
    { _rid: rid, PartitionKeyRanges: ranges, _count: ranges.length },
    {
      headers: { ...headers, 'x-ms-item-count': String(ranges.length) },
    },
  )
}
