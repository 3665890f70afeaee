import type { Context } from '../../engine.ts'
import type { CosmosAnswer } from '../../exchange.ts'
import { describeContainer, feed } from './describe-container.ts'

export function listContainers({ engine, address }: Context): CosmosAnswer {
  const database = engine.database(address.names.dbs)
  return feed(database, [...database.containers.values()].map(describeContainer))
}
