import type { Context } from '../../engine.ts'
import { badRequest } from '../../errors.ts'
import { answer, type CosmosAnswer, type CosmosRequest } from '../../exchange.ts'
import { containerHeaders } from '../../headers.ts'
import { withinLimits } from '../../query/evaluation/limits.ts'
import { checkOrderIndex } from '../../query/pages/order-index.ts'
import { planOf } from '../../query/plan/plan.ts'
import { placeOfKey } from '../../query/plan/plan-ranges.ts'
import { readQuery } from './query-items.ts'

/** What a client needs to run a query over all ranges itself. Its 400 is the user's 400. */
export function planQuery({ engine, request, address }: Context): CosmosAnswer {
  const container = engine.container(address)
  const { compiled, parameters } = readQuery(request)
  checkOrderIndex(compiled.query, container)
  if (compiled.distinctCount !== undefined) checkSupported('DCount', request)
  const place = placeOfKey(compiled.query, parameters, container.record.partitionKey)
  const plan = withinLimits(() => planOf(compiled, place))
  return answer(200, plan, { headers: containerHeaders(container) })
}

/** A client that does not know a feature would take the rows of the ranges for the result. Throws 400. */
function checkSupported(feature: string, request: CosmosRequest): void {
  const supported = request.headers['x-ms-cosmos-supported-query-features'] ?? ''
  if (supported.split(',').some(each => each.trim() === feature)) return
  throw badRequest(
    `Query contains 1 or more unsupported features. Upgrade your SDK to a version that does support the requested features: Query contained ${feature}, which the calling client does not support.`,
  )
}
