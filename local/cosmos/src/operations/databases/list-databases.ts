import type { Context } from '../../engine.ts'
import { answer, type CosmosAnswer } from '../../exchange.ts'
import { describe } from './describe-database.ts'

export function listDatabases({ engine }: Context): CosmosAnswer {
  const all = [...engine.databases.values()].map(describe)
  return answer(
    200,
    { _rid: '', Databases: all, _count: all.length },
    { headers: { 'x-ms-item-count': String(all.length) } },
  )
}
