import type { Context, Engine } from '../engine.ts'
import { badRequest, notFound } from '../errors.ts'
import { answer, type CosmosAnswer } from '../exchange.ts'
import { isObject, type JsonObject } from '../json.ts'
import { offerRid } from '../resource-ids.ts'
import type { Throughput } from '../store/container.ts'
import { splitToServe } from '../store/split.ts'
import { boundedBody } from './bounded-body.ts'
import { checkThroughput, requestUnits } from './definitions.ts'
import { queryRecords } from './query-records.ts'

type Owner = { number: number; rid: string; self: string; throughput: Throughput; change(to: Throughput): void }

export function listOffers({ engine }: Context): CosmosAnswer {
  return feed([...owners(engine)].map(describe))
}

export function queryOffers({ engine, request }: Context): CosmosAnswer {
  return feed(queryRecords(request, [...owners(engine)].map(describe)).filter(isObject))
}

export function readOffer(context: Context): CosmosAnswer {
  const owner = findOwner(context)
  return answer(200, describe(owner), { headers: offerHeaders(owner.throughput) })
}

/** Changes the throughput. When it is more than the ranges can serve, ranges are split; they are never merged. */
export function replaceOffer(context: Context): CosmosAnswer {
  const owner = findOwner(context)
  const { content } = boundedBody(context.request.body)
  if (!isObject(content)) throw badRequest('The offer has no content.')
  const autoscale = content.offerAutopilotSettings
  owner.change(
    isObject(autoscale)
      ? { autoscaleMax: checkThroughput(autoscale.maxThroughput, 1000, 1000) }
      : { manual: checkThroughput(content.offerThroughput) },
  )
  return readOffer(context)
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

function findOwner({ engine, address }: Context): Owner {
  const name = address.names.offers?.toLowerCase()
  for (const owner of owners(engine)) if (offerRid(owner.number).toLowerCase() === name) return owner
  throw notFound()
}

/** Each container has an offer; a database has one only if its throughput was asked for. */
function* owners(engine: Engine): Generator<Owner> {
  for (const { record, containers } of engine.databases.values()) {
    if (record.throughput !== undefined) {
      const change = (throughput: Throughput) => {
        record.throughput = throughput
        engine.catalog.saveDatabase(record)
      }
      yield {
        number: record.number,
        rid: record.rid,
        self: `dbs/${record.rid}/`,
        throughput: record.throughput,
        change,
      }
    }
    for (const container of containers.values()) {
      const { number, rid, throughput } = container.record
      const change = (to: Throughput) => {
        container.change({ throughput: to })
        splitToServe(container, requestUnits(to))
      }
      yield { number, rid, self: `dbs/${record.rid}/colls/${rid}/`, throughput, change }
    }
  }
}

function describe(owner: Owner): JsonObject {
  const id = offerRid(owner.number)
  const { throughput } = owner
  const content: JsonObject =
    'manual' in throughput
      ? { offerThroughput: throughput.manual, offerIsRUPerMinuteThroughputEnabled: false }
      : {
          offerThroughput: throughput.autoscaleMax / 10,
          offerAutopilotSettings: { maxThroughput: throughput.autoscaleMax },
        }
  return {
    resource: owner.self,
    offerType: 'Invalid',
    offerResourceId: owner.rid,
    offerVersion: 'V2',
    content,
    id,
    _rid: id,
    _self: `offers/${id}/`,
    _etag: `"${id}"`,
    _ts: 0,
  }
}

function feed(offers: JsonObject[]): CosmosAnswer {
  const headers = { 'x-ms-item-count': String(offers.length) }
  return answer(200, { _rid: '', Offers: offers, _count: offers.length }, { headers })
}
