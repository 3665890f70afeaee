import type { Context } from '../../engine.ts'
import { badRequest } from '../../errors.ts'
import type { CosmosAnswer } from '../../exchange.ts'
import { isObject } from '../../json.ts'
import { objectBody } from '../../request-body.ts'
import { checkThroughput } from '../containers/definitions.ts'
import { findOwner } from './offer-owners.ts'
import { readOffer } from './read-offer.ts'

/** Changes the throughput. When it is more than the ranges can serve, ranges are split; they are never merged. */
export function replaceOffer(context: Context): CosmosAnswer {
  const owner = findOwner(context)
  const { content } = objectBody(context.request.body)
  if (!isObject(content)) throw badRequest('The offer has no content.')
  const autoscale = content.offerAutopilotSettings
  owner.change(
    isObject(autoscale)
      ? { autoscaleMax: checkThroughput(autoscale.maxThroughput, 1000, 1000) }
      : { manual: checkThroughput(content.offerThroughput) },
  )
  return readOffer(context)
}
