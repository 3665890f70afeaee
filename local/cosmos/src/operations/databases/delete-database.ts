import type { Context } from '../../engine.ts'
import { answer, type CosmosAnswer } from '../../exchange.ts'

export function deleteDatabase({ engine, address }: Context): CosmosAnswer {
  const database = engine.database(address.names.dbs)
  for (const container of database.containers.values()) engine.catalog.deleteContainer(container)
  engine.databases.delete(database.record.id)
  engine.catalog.deleteDatabase(database.record)
  return answer(204, undefined, { charge: 4.95 })
}
