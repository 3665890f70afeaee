import type { Context } from '../../engine.ts'
import type { CosmosAnswer } from '../../exchange.ts'
import { isObject } from '../../json.ts'
import { queryRecords } from '../query-records.ts'
import { describeContainer, feed } from './describe-container.ts'

export function queryContainers({ engine, request, address }: Context): CosmosAnswer {
  const database = engine.database(address.names.dbs)
  return feed(
    database,
    queryRecords(request, [...database.containers.values()].map(describeContainer)).filter(isObject),
  )
}
