import type { Context } from '../../engine.ts'
import { answer, type CosmosAnswer } from '../../exchange.ts'
import { describe } from './describe-database.ts'

export function readDatabase({ engine, address }: Context): CosmosAnswer {
  const database = engine.database(address.names.dbs)
  return answer(200, describe(database), { charge: 2, headers: { etag: database.record.etag } })
}
