import type { Context } from '../../engine.ts'
import type { CosmosAnswer } from '../../exchange.ts'
import { describe, feed, owners } from './offer-owners.ts'

export function listOffers({ engine }: Context): CosmosAnswer {
  return feed([...owners(engine)].map(describe))
}
