import type { Context } from '../../engine.ts'
import type { CosmosAnswer } from '../../exchange.ts'
import { isObject } from '../../json.ts'
import { queryRecords } from '../query-records.ts'
import { describe, feed, owners } from './offer-owners.ts'

export function queryOffers({ engine, request }: Context): CosmosAnswer {
  return feed(queryRecords(request, [...owners(engine)].map(describe)).filter(isObject))
}
