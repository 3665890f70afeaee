import * as sdk from '@azure/cosmos'
import { beforeAll, describe, expect, it } from 'vitest'
import { answered, type Place, refused } from './client-calls.ts'
import { refusal, throughEachDoor } from './doors.ts'
import { doors, openServer } from './open-through.ts'

/** Exported classes that are values, errors, or the client's own machinery: they stand for no resource of an account. */
const noResource =
  /^(.*Response|.*Error|isRestError|DatabaseAccount|FeedRange|PartitionKeyBuilder|ChangeFeed(Policy|RetentionTimeSpan|StartFrom)|Client(Context|SideMetrics)|CosmosDiagnostics|DiagnosticNodeInternal|GlobalEndpointManager|Query(Metrics|PreparationTimes)|RuntimeExecutionTimes|TimeSpan|SasTokenProperties|EncryptionQueryBuilder|AzureKeyVaultEncryptionKeyResolver)$/

/** Methods that make an object or keep the client's own books, and by themselves send nothing. */
const sendsNothing = new Set([
  ...['database', 'offer', 'dispose', 'updateHostFramework'].map(name => `CosmosClient.${name}`),
  ...['container', 'user'].map(name => `Database.${name}`),
  ...['item', 'conflict'].map(name => `Container.${name}`),
  ...['storedProcedure', 'trigger', 'userDefinedFunction'].map(name => `Scripts.${name}`),
  ...['User.permission', 'QueryIterator.hasMoreResults', 'QueryIterator.reset'],
])

/** What the declarations hide: parts of the public methods. */
const hidden = new Set([
  ...['initializeClientConfigDiagnostic', 'getDatabaseAccountInternal', 'backgroundRefreshEndpointList'].map(
    name => `CosmosClient.${name}`,
  ),
  ...['Databases.createInternal', 'Containers.createInternal', 'Database.readInternal', 'Container.readInternal'],
  ...['readPartitionKeyDefinition', 'checkAndInitializeEncryption', 'throwIfRequestNeedsARetryPostPolicyRefresh'].map(
    name => `Container.${name}`,
  ),
  ...[
    'buildSqlQuerySpec',
    'executeBatchOperations',
    'createNewBatches',
    'groupOperationsBasedOnPartitionKey',
    'bulkBatchEncryptionHelper',
  ].map(name => `Items.${name}`),
  ...[
    'getAsyncIteratorInternal',
    'fetchAllInternal',
    'fetchNextInternal',
    'toArrayImplementation',
    'init',
    '_init',
  ].map(name => `QueryIterator.${name}`),
  ...['createExecutionContext', 'createHybridQueryExecutionContext', 'createPipelinedExecutionContext'].map(
    name => `QueryIterator.${name}`,
  ),
  ...['fetchQueryPlan', 'needsQueryPlan', 'shouldForceQueryPlan', 'forceQueryPlanExecutionContext'].map(
    name => `QueryIterator.${name}`,
  ),
  ...['QueryIterator.handleSplitError', 'ChangeFeedIterator.getFeedResponse', 'Feed.hasMoreResults'],
])

/** Client encryption wants a client of its own; reranking is asked of another service. */
const encrypting = {
  'Database.createClientEncryptionKey': 'Client encryption keys',
  'Database.readClientEncryptionKey': 'Client encryption keys',
  'Database.rewrapClientEncryptionKey': 'Client encryption keys',
  'Container.initializeEncryption': undefined,
  'Items.getEncryptionQueryIterator': undefined,
}
const elsewhere = new Set(['Container.semanticRerank'])

function methodsOf(name: string, prototype: object): string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([method, { value }]) => method !== 'constructor' && typeof value === 'function')
    .map(([method]) => `${name}.${method}`)
}

function allMethods(): string[] {
  const resources = Object.entries(sdk).filter(
    ([name, value]) => typeof value === 'function' && value.prototype !== undefined && !noResource.test(name),
  )
  const client = new sdk.CosmosClient({
    endpoint: 'http://localhost:1',
    key: 'a2V5',
    connectionPolicy: { enableEndpointDiscovery: false },
  })
  const feed = client.database('d').container('c').items.getChangeFeedIterator()
  client.dispose()
  return [
    ...resources.flatMap(([name, value]) => methodsOf(name, (value as unknown as { prototype: object }).prototype)),
    ...methodsOf('Feed', Object.getPrototypeOf(feed)).filter(name => name in answered),
  ]
}

it('every method of the client is in one of the tables, and every row is a method', () => {
  const tables = [
    ...Object.keys({ ...answered, ...refused, ...encrypting }),
    ...[...sendsNothing, ...hidden, ...elsewhere].filter(name => !name.startsWith('Feed.')),
  ]
  expect(new Set(tables).size).toBe(tables.length)
  expect(allMethods().sort()).toEqual(tables.sort())
})

throughEachDoor('client methods', ({ client, isLocal, newContainer }) => {
  let place: Place
  beforeAll(async () => {
    const container = await newContainer({ throughput: 400 })
    const { item } = await container.items.create({ id: 'there', pk: 'x' })
    const { offer } = await container.readOffer()
    if (offer === undefined) throw new Error('The container has no offer.')
    place = { client: client(), database: container.database, container, item, offer }
  })

  it.each(Object.entries(answered))('%s is answered', async (_, call) => {
    await expect(Promise.resolve(call(place))).resolves.toBeDefined()
  })

  const missing = it.skipIf(!isLocal) // An account has these features.
  missing.each(Object.entries(refused))('%s is refused by name', async (name, [feature, call]) => {
    const { code, message } = await refusal(Promise.resolve(call(place)))
    expect(code).toBe(name === 'Conflict.read' ? 401 : 501)
    expect(message).toContain(feature)
  })
})

describe.each(doors)('client encryption, %s', door => {
  const wrapped = {
    type: sdk.EncryptionKeyResolverName.AzureKeyVault,
    name: 'key',
    value: 'here',
    algorithm: sdk.KeyEncryptionAlgorithm.RSA_OAEP,
  }
  const keyEncryptionKeyResolver = {
    encryptionKeyResolverName: sdk.EncryptionKeyResolverName.AzureKeyVault,
    wrapKey: async (_id: string, _algorithm: string, key: Uint8Array) => key,
    unwrapKey: async (_id: string, _algorithm: string, key: Uint8Array) => key,
  }
  const open = async () => {
    const { client } = await openServer(door, {}, { clientEncryptionOptions: { keyEncryptionKeyResolver } })
    const { database } = await client.databases.create({ id: 'd' })
    return { database, container: (await database.containers.create({ id: 'c', partitionKey: '/pk' })).container }
  }

  it('keys are refused by name', async () => {
    const { database } = await open()
    const algorithm = sdk.EncryptionAlgorithm.AEAD_AES_256_CBC_HMAC_SHA256
    const named = { code: 501, message: expect.stringContaining('Client encryption keys') }
    expect(await refusal(database.createClientEncryptionKey('k', algorithm, wrapped))).toMatchObject(named)
    expect(await refusal(database.readClientEncryptionKey('k'))).toMatchObject(named)
    expect(await refusal(database.rewrapClientEncryptionKey('k', wrapped))).toMatchObject(named)
  })

  it('a policy is refused by name, and a client that could encrypt works without one', async () => {
    const { database, container } = await open()
    const policy = { clientEncryptionPolicy: { policyFormatVersion: 1, includedPaths: [] } }
    expect(await refusal(database.containers.create({ id: 'e', partitionKey: '/pk', ...policy }))).toMatchObject({
      message: expect.stringContaining('clientEncryptionPolicy'),
    })
    await container.initializeEncryption()
    await container.items.create({ id: '1', pk: 'x' })
    const builder = new sdk.EncryptionQueryBuilder('SELECT * FROM c')
    const pages = await container.items.getEncryptionQueryIterator(builder)
    expect((await pages.fetchAll()).resources).toHaveLength(1)
  })
})
