import type { Context, Database } from '../../engine.ts'
import { notFound } from '../../errors.ts'
import { answer, type CosmosAnswer } from '../../exchange.ts'
import { containerHeaders } from '../../headers.ts'
import type { JsonObject } from '../../json.ts'
import type { Container } from '../../store/container.ts'

export function feed(database: Database, found: JsonObject[]): CosmosAnswer {
  const body = { _rid: database.record.rid, DocumentCollections: found, _count: found.length }
  return answer(200, body, { headers: { 'x-ms-item-count': String(found.length) } })
}

/** A missing container is a plain 404 here; for its items it is a missing owner. */
export function findContainer({ engine, address }: Context): Container {
  engine.database(address.names.dbs)
  try {
    return engine.container(address)
  } catch {
    throw notFound()
  }
}

export function single(status: number, container: Container): CosmosAnswer {
  const headers = { etag: container.record.etag, ...containerHeaders(container) }
  return answer(status, describeContainer(container), { charge: status === 200 ? 1 : 4.95, headers })
}

export function describeContainer(container: Container): JsonObject {
  const { definition, rid, databaseRid, etag, ts } = container.record
  return {
    ...definition,
    _rid: rid,
    _ts: ts,
    _self: `dbs/${databaseRid}/colls/${rid}/`,
    _etag: etag,
    _docs: 'docs/',
    _sprocs: 'sprocs/',
    _triggers: 'triggers/',
    _udfs: 'udfs/',
    _conflicts: 'conflicts/',
  }
}
