import type { Address } from './address.ts'
import type { Context } from './engine.ts'
import type { CosmosAnswer, CosmosRequest } from './exchange.ts'
import { isTrue } from './headers.ts'
import { readAccount } from './operations/account/read-account.ts'
import { executeBatch } from './operations/batches/execute-batch.ts'
import { executeBulk } from './operations/batches/execute-bulk.ts'
import { createContainer } from './operations/containers/create-container.ts'
import { deleteContainer } from './operations/containers/delete-container.ts'
import { listContainers } from './operations/containers/list-containers.ts'
import { listPartitionKeyRanges } from './operations/containers/list-ranges.ts'
import { queryContainers } from './operations/containers/query-containers.ts'
import { readContainer } from './operations/containers/read-container.ts'
import { replaceContainer } from './operations/containers/replace-container.ts'
import { createDatabase } from './operations/databases/create-database.ts'
import { deleteDatabase } from './operations/databases/delete-database.ts'
import { listDatabases } from './operations/databases/list-databases.ts'
import { queryDatabases } from './operations/databases/query-databases.ts'
import { readDatabase } from './operations/databases/read-database.ts'
import { createItem } from './operations/items/create-item.ts'
import { deleteItem } from './operations/items/delete-item.ts'
import { deletePartition } from './operations/items/delete-partition.ts'
import { listItems } from './operations/items/list-items.ts'
import { patchItem } from './operations/items/patch-item.ts'
import { planQuery } from './operations/items/plan-query.ts'
import { queryItems } from './operations/items/query-items.ts'
import { readChangeFeed } from './operations/items/read-change-feed.ts'
import { readItem } from './operations/items/read-item.ts'
import { replaceItem } from './operations/items/replace-item.ts'
import { upsertItem } from './operations/items/upsert-item.ts'
import { refuse } from './operations/not-emulated.ts'
import { listOffers } from './operations/offers/list-offers.ts'
import { queryOffers } from './operations/offers/query-offers.ts'
import { readOffer } from './operations/offers/read-offer.ts'
import { replaceOffer } from './operations/offers/replace-offer.ts'

type Operation = { name: string; run: (context: Context) => CosmosAnswer }
type Route = Operation & { on: string; when?: (request: CosmosRequest) => boolean }

const header = (name: string) => (request: CosmosRequest) => isTrue(request.headers[name])
const isQuery = (request: CosmosRequest) =>
  header('x-ms-documentdb-isquery')(request) ||
  (request.headers['content-type'] ?? '').startsWith('application/query+json')
const isPlan = header('x-ms-cosmos-is-query-plan-request')
const isAtomic = (request: CosmosRequest) =>
  header('x-ms-cosmos-is-batch-request')(request) && header('x-ms-cosmos-batch-atomic')(request)
const isBulk = header('x-ms-cosmos-is-batch-request')
const isUpsert = header('x-ms-documentdb-is-upsert')
const isChangeFeed = (request: CosmosRequest) => request.headers['a-im'] !== undefined

/** All the service can be asked. The first row that fits wins; the names are what faults refer to. */
const routes: Route[] = [
  { on: 'GET ', name: 'account.read', run: readAccount },
  { on: 'POST dbs', when: isQuery, name: 'databases.query', run: queryDatabases },
  { on: 'POST dbs', name: 'databases.create', run: createDatabase },
  { on: 'GET dbs', name: 'databases.list', run: listDatabases },
  { on: 'GET dbs/+', name: 'databases.read', run: readDatabase },
  { on: 'DELETE dbs/+', name: 'databases.delete', run: deleteDatabase },
  { on: 'POST dbs/+/colls', when: isQuery, name: 'containers.query', run: queryContainers },
  { on: 'POST dbs/+/colls', name: 'containers.create', run: createContainer },
  { on: 'GET dbs/+/colls', name: 'containers.list', run: listContainers },
  { on: 'GET dbs/+/colls/+', name: 'containers.read', run: readContainer },
  { on: 'PUT dbs/+/colls/+', name: 'containers.replace', run: replaceContainer },
  { on: 'DELETE dbs/+/colls/+', name: 'containers.delete', run: deleteContainer },
  { on: 'GET dbs/+/colls/+/pkranges', name: 'ranges.list', run: listPartitionKeyRanges },
  { on: 'POST dbs/+/colls/+/operations/partitionkeydelete', name: 'partitions.delete', run: deletePartition },
  { on: 'POST dbs/+/colls/+/docs', when: isPlan, name: 'items.plan', run: planQuery },
  { on: 'POST dbs/+/colls/+/docs', when: isQuery, name: 'items.query', run: queryItems },
  { on: 'POST dbs/+/colls/+/docs', when: isAtomic, name: 'items.batch', run: executeBatch },
  { on: 'POST dbs/+/colls/+/docs', when: isBulk, name: 'items.bulk', run: executeBulk },
  { on: 'POST dbs/+/colls/+/docs', when: isUpsert, name: 'items.upsert', run: upsertItem },
  { on: 'POST dbs/+/colls/+/docs', name: 'items.create', run: createItem },
  { on: 'GET dbs/+/colls/+/docs', when: isChangeFeed, name: 'items.changes', run: readChangeFeed },
  { on: 'GET dbs/+/colls/+/docs', name: 'items.list', run: listItems },
  { on: 'GET dbs/+/colls/+/docs/+', name: 'items.read', run: readItem },
  { on: 'PUT dbs/+/colls/+/docs/+', name: 'items.replace', run: replaceItem },
  { on: 'PATCH dbs/+/colls/+/docs/+', name: 'items.patch', run: patchItem },
  { on: 'DELETE dbs/+/colls/+/docs/+', name: 'items.delete', run: deleteItem },
  { on: 'POST offers', when: isQuery, name: 'offers.query', run: queryOffers },
  { on: 'GET offers', name: 'offers.list', run: listOffers },
  { on: 'GET offers/+', name: 'offers.read', run: readOffer },
  { on: 'PUT offers/+', name: 'offers.replace', run: replaceOffer },
]

/** What faults can name: the operations above, any of them, and the single operations inside bulk. */
export const operationNames: ReadonlySet<string> = new Set([
  '*',
  ...routes.map(({ name }) => name),
  ...['create', 'upsert', 'replace', 'patch', 'delete', 'read'].map(type => `bulk.${type}`),
])

const otherwise: Operation = { name: 'unknown', run: refuse }
const byShape = Map.groupBy(routes, route => route.on)

export function chooseOperation(request: CosmosRequest, address: Address): Operation {
  const candidates = byShape.get(`${request.method} ${address.shape}`) ?? []
  return candidates.find(route => route.when === undefined || route.when(request)) ?? otherwise
}
