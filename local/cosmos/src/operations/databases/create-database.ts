import type { Context } from '../../engine.ts'
import { CosmosError } from '../../errors.ts'
import { answer, type CosmosAnswer } from '../../exchange.ts'
import { objectBody, resourceId } from '../../request-body.ts'
import { databaseRid } from '../../resource-ids.ts'
import { newEtag, requestedThroughput } from '../containers/definitions.ts'
import { describe } from './describe-database.ts'

export function createDatabase({ engine, request }: Context): CosmosAnswer {
  const id = resourceId(objectBody(request.body))
  if (engine.databases.has(id)) throw new CosmosError(409, `Database with id '${id}' already exists.`)
  const number = engine.nextNumber()
  const throughput = requestedThroughput(request)
  const ts = Math.floor(engine.now() / 1000)
  const record = { number, rid: databaseRid(number), id, etag: newEtag(), ts, ...(throughput && { throughput }) }
  engine.addDatabase(record)
  engine.catalog.saveDatabase(record)
  return answer(201, describe(engine.database(id)), { charge: 4.95, headers: { etag: record.etag } })
}
