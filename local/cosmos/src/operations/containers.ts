import type { Context, Database } from '../engine.ts'
import { badRequest, CosmosError, notFound } from '../errors.ts'
import { answer, type CosmosAnswer } from '../exchange.ts'
import { containerHeaders, isTrue } from '../headers.ts'
import { isObject, type JsonObject } from '../json.ts'
import { parseDefinition } from '../partition-key/definition.ts'
import { rangeCount, splitRing } from '../partition-key/ranges.ts'
import { containerRid } from '../resource-ids.ts'
import type { Container } from '../store/container.ts'
import { boundedBody } from './bounded-body.ts'
import { containerDefinition, newEtag, requestedThroughput, requestUnits } from './definitions.ts'
import { queryRecords } from './query-records.ts'

const defaultThroughput = { manual: 400 }

export function createContainer({ engine, request, address }: Context): CosmosAnswer {
  const database = engine.database(address.names.dbs)
  const definition = containerDefinition(boundedBody(request.body))
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

export function readContainer(context: Context): CosmosAnswer {
  const container = findContainer(context)
  const read = single(200, container)
  if (isTrue(context.request.headers['x-ms-documentdb-populatequotainfo'])) {
    read.headers['x-ms-resource-quota'] =
      'functions=25;storedProcedures=100;triggers=25;documentSize=10240;documentsSize=10485760;documentsCount=-1;collectionSize=10485760;'
    read.headers['x-ms-resource-usage'] =
      'functions=0;storedProcedures=0;triggers=0;documentSize=0;documentsSize=0;documentsCount=0;collectionSize=0;'
    read.headers['x-ms-documentdb-collection-index-transformation-progress'] = '100'
  }
  return read
}

/** Changes policies in place; the items stay. Id, partition key and unique keys can never change. */
export function replaceContainer(context: Context): CosmosAnswer {
  const container = findContainer(context)
  const body = boundedBody(context.request.body)
  const definition = containerDefinition({ ...body, partitionKey: body.partitionKey ?? null })
  const { record } = container
  if (definition.id !== container.id) throw badRequest('Replacing the id of a container is not possible.')
  if (JSON.stringify(parseDefinition(definition.partitionKey)) !== JSON.stringify(record.partitionKey)) {
    throw badRequest('Document collection partition key cannot be changed.')
  }
  if (
    JSON.stringify(definition.uniqueKeyPolicy ?? null) !== JSON.stringify(record.definition.uniqueKeyPolicy ?? null)
  ) {
    throw new CosmosError(403, 'Unique keys cannot be added, changed or dropped after a container was created.')
  }
  container.change({ definition, etag: newEtag(), ts: Math.floor(context.engine.now() / 1000) })
  return single(200, container)
}

/** The paths in the answer make clients forget the session of the container that is gone. */
export function deleteContainer(context: Context): CosmosAnswer {
  const container = findContainer(context)
  const headers = containerHeaders(container)
  context.engine.database(context.address.names.dbs).containers.delete(container.id)
  context.engine.catalog.deleteContainer(container)
  return answer(204, undefined, { charge: 4.95, headers })
}

export function listContainers({ engine, address }: Context): CosmosAnswer {
  const database = engine.database(address.names.dbs)
  return feed(database, [...database.containers.values()].map(describeContainer))
}

export function queryContainers({ engine, request, address }: Context): CosmosAnswer {
  const database = engine.database(address.names.dbs)
  return feed(
    database,
    queryRecords(request, [...database.containers.values()].map(describeContainer)).filter(isObject),
  )
}

function feed(database: Database, found: JsonObject[]): CosmosAnswer {
  const body = { _rid: database.record.rid, DocumentCollections: found, _count: found.length }
  return answer(200, body, { headers: { 'x-ms-item-count': String(found.length) } })
}

/** A missing container is a plain 404 here; for its items it is a missing owner. */
function findContainer({ engine, address }: Context): Container {
  engine.database(address.names.dbs)
  try {
    return engine.container(address)
  } catch {
    throw notFound()
  }
}

function single(status: number, container: Container): CosmosAnswer {
  const headers = { etag: container.record.etag, ...containerHeaders(container) }
  return answer(status, describeContainer(container), { charge: status === 200 ? 1 : 4.95, headers })
}

function describeContainer(container: Container): JsonObject {
  const { definition, rid, databaseRid, etag, ts } = container.record
  return {
    ...definition,
    _rid: rid,
    _ts: ts,
    _self: `dbs/${databaseRid}/colls/${rid}/`,
    _etag: etag,
    _docs: 'docs/',
    _sprocs: 'sprocs/',
    _triggers: 'triggers/',
    _udfs: 'udfs/',
    _conflicts: 'conflicts/',
  }
}
