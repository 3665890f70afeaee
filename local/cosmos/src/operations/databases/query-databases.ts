import type { Context } from '../../engine.ts'
import { answer, type CosmosAnswer } from '../../exchange.ts'
import { isObject } from '../../json.ts'
import { queryRecords } from '../query-records.ts'
import { describe } from './describe-database.ts'

export function queryDatabases({ engine, request }: Context): CosmosAnswer {
  const found = queryRecords(request, [...engine.databases.values()].map(describe)).filter(isObject)
  return answer(200, { _rid: '', Databases: found, _count: found.length })
}
