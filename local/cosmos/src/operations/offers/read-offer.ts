import type { Context } from '../../engine.ts'
import { answer, type CosmosAnswer } from '../../exchange.ts'
import type { Throughput } from '../../store/container.ts'
import { requestUnits } from '../containers/definitions.ts'
import { describe, findOwner } from './offer-owners.ts'

export function readOffer(context: Context): CosmosAnswer {
  const owner = findOwner(context)
  return answer(200, describe(owner), { headers: offerHeaders(owner.throughput) })
}

/** Each holds for a hundredth, autoscale for a tenth, of what the offer has now; the service looks at all it ever had. */
function offerHeaders(throughput: Throughput): Record<string, string> {
  const units = requestUnits(throughput)
  const least =
    'manual' in throughput
      ? Math.max(400, Math.ceil(units / 10_000) * 100)
      : Math.max(1000, Math.ceil(units / 10_000) * 1000)
  return { 'x-ms-cosmos-min-throughput': String(least), 'x-ms-offer-replace-pending': 'false' }
}
