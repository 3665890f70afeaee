export type Template = { on: string; headers?: Record<string, string>; body?: unknown }

const key = { 'x-ms-documentdb-partitionkey': '["x"]' }
const range = { 'x-ms-documentdb-partitionkeyrangeid': '0' }
const query = { 'x-ms-documentdb-isquery': 'True', 'content-type': 'application/query+json' }
const batch = { 'x-ms-cosmos-is-batch-request': 'True' }
const statement = {
  query: 'SELECT TOP 3 c.id FROM c WHERE c.n > @n ORDER BY c.n',
  parameters: [{ name: '@n', value: 1 }],
}
const item = { id: 'i', pk: 'x', n: 1, list: [1, { a: 'b' }] }
const operations = [
  { operationType: 'Upsert', partitionKey: '["x"]', resourceBody: item },
  {
    operationType: 'Patch',
    id: 'i',
    partitionKey: '["x"]',
    resourceBody: { operations: [{ op: 'incr', path: '/n', value: 1 }] },
  },
]
const definition = {
  id: 'c',
  partitionKey: { paths: ['/pk'], kind: 'Hash', version: 2 },
  indexingPolicy: { indexingMode: 'consistent', includedPaths: [{ path: '/*' }], compositeIndexes: [[{ path: '/n' }]] },
  uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/mail'] }] },
  defaultTtl: 60,
}

/** One sound request for everything the service can be asked. */
export const templates: readonly Template[] = [
  { on: 'GET /' },
  { on: 'POST /dbs', headers: { 'x-ms-offer-throughput': '400' }, body: { id: 'other' } },
  { on: 'POST /dbs', headers: query, body: statement },
  { on: 'GET /dbs' },
  { on: 'GET /dbs/d' },
  {
    on: 'POST /dbs/d/colls',
    headers: { 'x-ms-cosmos-offer-autopilot-settings': '{"maxThroughput":4000}' },
    body: definition,
  },
  { on: 'POST /dbs/d/colls', headers: query, body: statement },
  { on: 'GET /dbs/d/colls/c', headers: { 'x-ms-documentdb-populatequotainfo': 'true' } },
  { on: 'PUT /dbs/d/colls/c', body: definition },
  { on: 'GET /dbs/d/colls/c/pkranges', headers: { 'if-none-match': '"1"', 'a-im': 'Incremental Feed' } },
  { on: 'POST /dbs/d/colls/c/operations/partitionkeydelete', headers: key },
  { on: 'POST /dbs/d/colls/c/docs', headers: key, body: item },
  { on: 'POST /dbs/d/colls/c/docs', headers: { ...key, 'x-ms-documentdb-is-upsert': 'true' }, body: item },
  { on: 'POST /dbs/d/colls/c/docs', headers: { ...key, ...query }, body: statement },
  { on: 'POST /dbs/d/colls/c/docs', headers: { ...range, ...query, 'x-ms-max-item-count': '1' }, body: statement },
  {
    on: 'POST /dbs/d/colls/c/docs',
    headers: { ...query, 'x-ms-cosmos-is-query-plan-request': 'True' },
    body: statement,
  },
  {
    on: 'POST /dbs/d/colls/c/docs',
    headers: { ...key, ...batch, 'x-ms-cosmos-batch-atomic': 'true' },
    body: operations,
  },
  {
    on: 'POST /dbs/d/colls/c/docs',
    headers: { ...range, ...batch, 'x-ms-cosmos-batch-continue-on-error': 'true' },
    body: operations,
  },
  { on: 'GET /dbs/d/colls/c/docs', headers: key },
  { on: 'GET /dbs/d/colls/c/docs', headers: { ...range, 'a-im': 'Incremental Feed', 'if-none-match': '"1"' } },
  {
    on: 'GET /dbs/d/colls/c/docs',
    headers: { ...range, 'a-im': 'Incremental Feed', 'if-modified-since': 'Sat, 01 Jan 2022 00:00:00 GMT' },
  },
  { on: 'GET /dbs/d/colls/c/docs/i', headers: { ...key, 'if-none-match': '"1"' } },
  { on: 'PUT /dbs/d/colls/c/docs/i', headers: { ...key, 'if-match': '*', prefer: 'return=minimal' }, body: item },
  {
    on: 'PATCH /dbs/d/colls/c/docs/i',
    headers: key,
    body: { condition: 'from c where c.n = 1', operations: [{ op: 'move', from: '/n', path: '/list/0' }] },
  },
  { on: 'DELETE /dbs/d/colls/c/docs/i', headers: key },
  { on: 'POST /offers', headers: query, body: statement },
  { on: 'GET /offers' },
  { on: 'GET /offers/AgAA' },
  { on: 'PUT /offers/AgAA', body: { content: { offerThroughput: 500 } } },
]
