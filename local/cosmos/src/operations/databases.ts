import type { Context, Database } from '../engine.ts'
import { CosmosError } from '../errors.ts'
import { answer, type CosmosAnswer } from '../exchange.ts'
import { isObject, type JsonObject } from '../json.ts'
import { resourceId } from '../request-body.ts'
import { databaseRid } from '../resource-ids.ts'
import { boundedBody } from './bounded-body.ts'
import { newEtag, requestedThroughput } from './definitions.ts'
import { queryRecords } from './query-records.ts'

export function createDatabase({ engine, request }: Context): CosmosAnswer {
  const id = resourceId(boundedBody(request.body))
  if (engine.databases.has(id)) throw new CosmosError(409, `Database with id '${id}' already exists.`)
  const number = engine.nextNumber()
  const throughput = requestedThroughput(request)
  const ts = Math.floor(engine.now() / 1000)
  const record = { number, rid: databaseRid(number), id, etag: newEtag(), ts, ...(throughput && { throughput }) }
  engine.addDatabase(record)
  engine.catalog.saveDatabase(record)
  return answer(201, describe(engine.database(id)), { charge: 4.95, headers: { etag: record.etag } })
}

export function readDatabase({ engine, address }: Context): CosmosAnswer {
  const database = engine.database(address.names.dbs)
  return answer(200, describe(database), { charge: 2, headers: { etag: database.record.etag } })
}

export function deleteDatabase({ engine, address }: Context): CosmosAnswer {
  const database = engine.database(address.names.dbs)
  for (const container of database.containers.values()) engine.catalog.deleteContainer(container)
  engine.databases.delete(database.record.id)
  engine.catalog.deleteDatabase(database.record)
  return answer(204, undefined, { charge: 4.95 })
}

export function listDatabases({ engine }: Context): CosmosAnswer {
  const all = [...engine.databases.values()].map(describe)
  return answer(
    200,
    { _rid: '', Databases: all, _count: all.length },
    { headers: { 'x-ms-item-count': String(all.length) } },
  )
}

export function queryDatabases({ engine, request }: Context): CosmosAnswer {
  const found = queryRecords(request, [...engine.databases.values()].map(describe)).filter(isObject)
  return answer(200, { _rid: '', Databases: found, _count: found.length })
}

function describe({ record }: Database): JsonObject {
  const { id, rid, etag, ts } = record
  return { id, _rid: rid, _self: `dbs/${rid}/`, _etag: etag, _colls: 'colls/', _users: 'users/', _ts: ts }
}
