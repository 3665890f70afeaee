import type { Address } from './address.ts'
import type { Context } from './engine.ts'
import type { CosmosAnswer, CosmosRequest } from './exchange.ts'
import { isTrue } from './headers.ts'
import { readAccount } from './operations/account.ts'
import { executeBulk } from './operations/bulk.ts'
import { readChangeFeed } from './operations/change-feed.ts'
import {
  createContainer,
  deleteContainer,
  listContainers,
  queryContainers,
  readContainer,
  replaceContainer,
} from './operations/containers.ts'
import { createDatabase, deleteDatabase, listDatabases, queryDatabases, readDatabase } from './operations/databases.ts'
import {
  createItem,
  deleteItem,
  deletePartition,
  patchItem,
  readItem,
  replaceItem,
  upsertItem,
} from './operations/items.ts'
import { refuse } from './operations/not-emulated.ts'
import { listOffers, queryOffers, readOffer, replaceOffer } from './operations/offers.ts'
import { listPartitionKeyRanges } from './operations/partition-key-ranges.ts'
import { listItems, queryItems } from './operations/query-items.ts'
import { planQuery } from './operations/query-plan.ts'
import { executeBatch } from './operations/transactional-batch.ts'

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
