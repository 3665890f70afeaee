import type { Context, Engine } from '../../engine.ts'
import { notFound } from '../../errors.ts'
import { answer, type CosmosAnswer } from '../../exchange.ts'
import type { JsonObject } from '../../json.ts'
import { offerRid } from '../../resource-ids.ts'
import type { Throughput } from '../../store/container.ts'
import { splitToServe } from '../../store/split.ts'
import { requestUnits } from '../containers/definitions.ts'

type Owner = { number: number; rid: string; self: string; throughput: Throughput; change(to: Throughput): void }

export function findOwner({ engine, address }: Context): Owner {
  const name = address.names.offers?.toLowerCase()
  for (const owner of owners(engine)) if (offerRid(owner.number).toLowerCase() === name) return owner
  throw notFound()
}

/** Each container has an offer; a database has one only if its throughput was asked for. */
export function* owners(engine: Engine): Generator<Owner> {
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

export function describe(owner: Owner): JsonObject {
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

export function feed(offers: JsonObject[]): CosmosAnswer {
  const headers = { 'x-ms-item-count': String(offers.length) }
  return answer(200, { _rid: '', Offers: offers, _count: offers.length }, { headers })
}
