import type { Context } from '../engine.ts'
import { answer, type CosmosAnswer } from '../exchange.ts'
import { containerHeaders } from '../headers.ts'
import { withinLimits } from '../query/limits.ts'
import { checkOrderIndex } from '../query/order-index.ts'
import { planOf } from '../query/plan.ts'
import { readQuery } from './query-items.ts'

/** What a client needs to run a query over all ranges itself. Its 400 is the user's 400. */
export function planQuery({ engine, request, address }: Context): CosmosAnswer {
  const container = engine.container(address)
  const { compiled } = readQuery(request)
  checkOrderIndex(compiled.query, container.record.definition.indexingPolicy)
  const plan = withinLimits(() => planOf(compiled))
  return answer(200, plan, { headers: containerHeaders(container) })
}
