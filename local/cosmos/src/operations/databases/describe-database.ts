import type { Database } from '../../engine.ts'
import type { JsonObject } from '../../json.ts'

export function describe({ record }: Database): JsonObject {
  const { id, rid, etag, ts } = record
  return { id, _rid: rid, _self: `dbs/${rid}/`, _etag: etag, _colls: 'colls/', _users: 'users/', _ts: ts }
}
