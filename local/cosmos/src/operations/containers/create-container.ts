import type { Context } from '../../engine.ts'
import { CosmosError } from '../../errors.ts'
import type { CosmosAnswer } from '../../exchange.ts'
import { parseDefinition } from '../../partition-key/definition.ts'
import { rangeCount, splitRing } from '../../partition-key/ranges.ts'
import { objectBody } from '../../request-body.ts'
import { containerRid } from '../../resource-ids.ts'
import { containerDefinition, newEtag, requestedThroughput, requestUnits } from './definitions.ts'
import { single } from './describe-container.ts'

const defaultThroughput = { manual: 400 }

export function createContainer({ engine, request, address }: Context): CosmosAnswer {
  const database = engine.database(address.names.dbs)
  const definition = containerDefinition(objectBody(request.body))
  const id = String(definition.id)
  if (database.containers.has(id))
    throw new CosmosError(409, `Resource with specified id or name already exists: ${id}.`)
  const number = engine.nextNumber()
  const partitionKey = parseDefinition(definition.partitionKey)
  const throughput = requestedThroughput(request) ?? database.record.throughput ?? defaultThroughput
  const container = engine.catalog.newContainer({
    number,
    rid: containerRid(database.record.number, number),
    databaseRid: database.record.rid,
    databaseId: database.record.id,
    definition,
    partitionKey,
    throughput,
    etag: newEtag(),
    ts: Math.floor(engine.now() / 1000),
    ranges: splitRing(partitionKey, rangeCount(requestUnits(throughput), engine.minimumRanges)).map(
      (bounds, index) => ({ id: String(index), ...bounds }),
    ),
  })
  engine.addContainer(container)
  return single(201, container)
}
