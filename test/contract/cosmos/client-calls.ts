import {
  ChangeFeedStartFrom,
  type Container,
  type CosmosClient,
  type Database,
  type Item,
  type Offer,
  type Permission,
  PermissionMode,
  TriggerOperation,
  TriggerType,
} from '@azure/cosmos'

/** What the calls work on. The item is `{ id: 'there', pk: 'x' }`. */
export type Place = { client: CosmosClient; database: Database; container: Container; item: Item; offer: Offer }
type Call = (place: Place) => Promise<unknown> | unknown

let last = 0
const newId = () => `new-${++last}`
const byId = { query: 'SELECT * FROM r WHERE r.id = @id', parameters: [{ name: '@id', value: 'there' }] }
const fromStart = { changeFeedStartFrom: ChangeFeedStartFrom.Beginning() }
const newItem = () => ({ id: newId(), pk: 'x' })

/** Calls the service answers, by `Class.method`; each resolves to something. */
export const answered: Record<string, Call> = {
  'CosmosClient.getDatabaseAccount': ({ client }) => client.getDatabaseAccount(),
  'CosmosClient.getReadEndpoint': ({ client }) => client.getReadEndpoint(),
  'CosmosClient.getReadEndpoints': ({ client }) => client.getReadEndpoints(),
  'CosmosClient.getWriteEndpoint': ({ client }) => client.getWriteEndpoint(),
  'CosmosClient.getWriteEndpoints': ({ client }) => client.getWriteEndpoints(),
  'Databases.create': async ({ client }) => (await client.databases.create({ id: newId() })).database.delete(),
  'Databases.createIfNotExists': ({ client, database }) => client.databases.createIfNotExists({ id: database.id }),
  'Databases.query': ({ client }) => client.databases.query(byId).fetchAll(),
  'Databases.readAll': ({ client }) => client.databases.readAll().fetchAll(),
  'Database.read': ({ database }) => database.read(),
  'Database.readOffer': ({ database }) => database.readOffer(),
  'Database.delete': async ({ client }) => (await client.databases.create({ id: newId() })).database.delete(),
  'Containers.create': ({ database }) => database.containers.create({ id: newId(), partitionKey: '/pk' }),
  'Containers.createIfNotExists': ({ database, container }) =>
    database.containers.createIfNotExists({ id: container.id, partitionKey: '/pk' }),
  'Containers.query': ({ database }) => database.containers.query(byId).fetchAll(),
  'Containers.readAll': ({ database }) => database.containers.readAll().fetchAll(),
  'Container.read': ({ container }) => container.read(),
  'Container.replace': async ({ container }) => container.replace((await container.read()).resource as never),
  'Container.delete': async ({ database }) =>
    (await database.containers.create({ id: newId(), partitionKey: '/pk' })).container.delete(),
  'Container.readOffer': ({ container }) => container.readOffer(),
  'Container.getFeedRanges': ({ container }) => container.getFeedRanges(),
  'Container.getPartitionKeyDefinition': ({ container }) => container.getPartitionKeyDefinition(),
  'Container.getQueryPlan': ({ container }) => container.getQueryPlan('SELECT * FROM c ORDER BY c.n'),
  'Container.readPartitionKeyRanges': ({ container }) => container.readPartitionKeyRanges().fetchAll(),
  'Container.deleteAllItemsForPartitionKey': ({ container }) => container.deleteAllItemsForPartitionKey('gone'),
  'Items.create': ({ container }) => container.items.create(newItem()),
  'Items.upsert': ({ container }) => container.items.upsert({ id: 'there', pk: 'x' }),
  'Items.query': ({ container }) => container.items.query(byId).fetchAll(),
  'Items.readAll': ({ container }) => container.items.readAll().fetchAll(),
  'Items.batch': ({ container }) => container.items.batch([{ operationType: 'Create', resourceBody: newItem() }], 'x'),
  'Items.bulk': ({ container }) => container.items.bulk([{ operationType: 'Create', resourceBody: newItem() }]),
  'Items.executeBulkOperations': ({ container }) =>
    container.items.executeBulkOperations([{ operationType: 'Create', partitionKey: 'x', resourceBody: newItem() }]),
  'Items.readChangeFeed': ({ container }) => container.items.readChangeFeed('x').fetchNext(),
  'Items.changeFeed': ({ container }) => container.items.changeFeed('x', { startFromBeginning: true }).fetchNext(),
  'Items.getChangeFeedIterator': ({ container }) => container.items.getChangeFeedIterator(fromStart).readNext(),
  'Item.read': ({ item }) => item.read(),
  'Item.replace': ({ item }) => item.replace({ id: 'there', pk: 'x' }),
  'Item.patch': ({ item }) => item.patch([{ op: 'set', path: '/n', value: 1 }]),
  'Item.delete': async ({ container }) => (await container.items.create(newItem())).item.delete(),
  'Offers.query': ({ client }) => client.offers.query(byId).fetchAll(),
  'Offers.readAll': ({ client }) => client.offers.readAll().fetchAll(),
  'Offer.read': ({ offer }) => offer.read(),
  'Offer.replace': async ({ offer }) => offer.replace((await offer.read()).resource as never),
  'QueryIterator.fetchAll': ({ container }) => container.items.query('SELECT * FROM c').fetchAll(),
  'QueryIterator.fetchNext': ({ container }) => container.items.query('SELECT * FROM c').fetchNext(),
  'QueryIterator.getAsyncIterator': ({ container }) =>
    container.items.query(byId).getAsyncIterator()[Symbol.asyncIterator]().next(),
  'ChangeFeedIterator.fetchNext': ({ container }) => container.items.changeFeed('x').fetchNext(),
  'ChangeFeedIterator.getAsyncIterator': ({ container }) =>
    container.items.changeFeed('x').getAsyncIterator()[Symbol.asyncIterator]().next(),
  'Feed.readNext': ({ container }) => container.items.getChangeFeedIterator(fromStart).readNext(),
  'Feed.getAsyncIterator': ({ container }) =>
    container.items.getChangeFeedIterator(fromStart).getAsyncIterator()[Symbol.asyncIterator]().next(),
}

const scriptOf = (container: Container) => ({
  procedure: container.scripts.storedProcedure('s'),
  trigger: container.scripts.trigger('t'),
  udf: container.scripts.userDefinedFunction('f'),
})
const body = 'function () {}'
const newTrigger = { id: 't', body, triggerType: TriggerType.Pre, triggerOperation: TriggerOperation.All }
const newPermission = { id: 'p', permissionMode: PermissionMode.Read, resource: 'dbs/d/colls/c' }
const permissionOf = ({ database }: Place): Permission => database.user('u').permission('p')

/** Calls the local service refuses by name, by `Class.method`; an account answers them. */
export const refused: Record<string, [feature: string, call: Call]> = {
  'StoredProcedures.create': ['Stored procedures', p => p.container.scripts.storedProcedures.create({ id: 's', body })],
  'StoredProcedures.query': ['Stored procedures', p => p.container.scripts.storedProcedures.query(byId).fetchAll()],
  'StoredProcedures.readAll': ['Stored procedures', p => p.container.scripts.storedProcedures.readAll().fetchAll()],
  'StoredProcedure.read': ['Stored procedures', p => scriptOf(p.container).procedure.read()],
  'StoredProcedure.replace': ['Stored procedures', p => scriptOf(p.container).procedure.replace({ id: 's', body })],
  'StoredProcedure.delete': ['Stored procedures', p => scriptOf(p.container).procedure.delete()],
  'StoredProcedure.execute': ['Stored procedures', p => scriptOf(p.container).procedure.execute('x', [])],
  'Triggers.create': ['Triggers', p => p.container.scripts.triggers.create(newTrigger)],
  'Triggers.query': ['Triggers', p => p.container.scripts.triggers.query(byId).fetchAll()],
  'Triggers.readAll': ['Triggers', p => p.container.scripts.triggers.readAll().fetchAll()],
  'Trigger.read': ['Triggers', p => scriptOf(p.container).trigger.read()],
  'Trigger.replace': ['Triggers', p => scriptOf(p.container).trigger.replace(newTrigger)],
  'Trigger.delete': ['Triggers', p => scriptOf(p.container).trigger.delete()],
  'UserDefinedFunctions.create': [
    'User-defined functions',
    p => p.container.scripts.userDefinedFunctions.create({ id: 'f', body }),
  ],
  'UserDefinedFunctions.query': [
    'User-defined functions',
    p => p.container.scripts.userDefinedFunctions.query(byId).fetchAll(),
  ],
  'UserDefinedFunctions.readAll': [
    'User-defined functions',
    p => p.container.scripts.userDefinedFunctions.readAll().fetchAll(),
  ],
  'UserDefinedFunction.read': ['User-defined functions', p => scriptOf(p.container).udf.read()],
  'UserDefinedFunction.replace': ['User-defined functions', p => scriptOf(p.container).udf.replace({ id: 'f', body })],
  'UserDefinedFunction.delete': ['User-defined functions', p => scriptOf(p.container).udf.delete()],
  'Users.create': ['Users', p => p.database.users.create({ id: 'u' })],
  'Users.upsert': ['Users', p => p.database.users.upsert({ id: 'u' })],
  'Users.query': ['Users', p => p.database.users.query(byId).fetchAll()],
  'Users.readAll': ['Users', p => p.database.users.readAll().fetchAll()],
  'User.read': ['Users', p => p.database.user('u').read()],
  'User.replace': ['Users', p => p.database.user('u').replace({ id: 'u' })],
  'User.delete': ['Users', p => p.database.user('u').delete()],
  'Permissions.create': ['Permissions', p => p.database.user('u').permissions.create(newPermission)],
  'Permissions.upsert': ['Permissions', p => p.database.user('u').permissions.upsert(newPermission)],
  'Permissions.query': ['Permissions', p => p.database.user('u').permissions.query(byId).fetchAll()],
  'Permissions.readAll': ['Permissions', p => p.database.user('u').permissions.readAll().fetchAll()],
  'Permission.read': ['Permissions', p => permissionOf(p).read()],
  'Permission.replace': ['Permissions', p => permissionOf(p).replace(newPermission)],
  'Permission.delete': ['Permissions', p => permissionOf(p).delete()],
  'Conflicts.query': ['conflict', p => p.container.conflicts.query(byId).fetchAll()],
  'Conflicts.readAll': ['conflict', p => p.container.conflicts.readAll().fetchAll()],
  // The client signs this one as a request for a user, which an account does not let in either.
  'Conflict.read': ['authorization token', p => p.container.conflict('k').read()],
  'Conflict.delete': ['conflict', p => p.container.conflict('k', 'x').delete()],
}
