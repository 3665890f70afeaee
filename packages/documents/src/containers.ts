import { CosmosClient, type Database } from '@azure/cosmos'
import layout from '../../../infra/containers.json' with { type: 'json' }
import { type ChangeFeed, cosmosChangeFeed } from './change-feed.ts'
import { cosmosDocuments } from './cosmos.ts'
import type { Documents, Key, StoredItem } from './documents.ts'
import { httpClient } from './http-client.ts'

/** Every container the apps use. The lease container is the host's. */
export const containerNames = [
  'commands',
  'events',
  'accounts',
  'transfers',
  'operations',
  'owners',
  'accounts-b',
  'transfers-b',
  'operations-b',
  'owners-b',
  'views',
  'details',
  'reviews',
  'letters',
  'notices',
  'parked',
] as const
export type ContainerName = (typeof containerNames)[number]

/** The member of an item that names its partition, as the deployment declares it. */
export function partitionKeyOf(name: ContainerName): string {
  const found = layout.containers.find(({ id }) => id === name)
  if (found === undefined) throw new Error(`infra/containers.json has no container ${name}`)
  return found.partitionKey.slice(1)
}

/** Where the items of a container are found again. */
export function keysIn(name: ContainerName): (item: StoredItem) => Key {
  const partitionKey = partitionKeyOf(name)
  return item => ({ partition: String(item[partitionKey]), id: item.id })
}

export const databaseName = layout.database

/**
 * Opens containers of one account. One client serves them all, so that Session consistency holds between them.
 *
 * @param connection `AccountEndpoint=…;AccountKey=…;`
 */
export function openContainers<Name extends ContainerName>(
  connection: string,
  names: readonly Name[],
): Record<Name, Documents> {
  const database = openDatabase(connection)
  const open = (name: Name) =>
    cosmosDocuments({ container: database.container(name), partitionKey: partitionKeyOf(name) })
  return Object.fromEntries(names.map(name => [name, open(name)])) as Record<Name, Documents>
}

/** Opens change feeds for those who want to know how far they are read, and the host's items that say so. */
export function openFeeds<Name extends ContainerName>(
  connection: string,
  names: readonly Name[],
): { leases: Documents; feeds: Record<Name, ChangeFeed> } {
  const database = openDatabase(connection)
  const feeds = names.map(name => [name, cosmosChangeFeed(database.container(name))])
  return {
    leases: cosmosDocuments({ container: database.container('leases'), partitionKey: 'id' }),
    feeds: Object.fromEntries(feeds) as Record<Name, ChangeFeed>,
  }
}

function openDatabase(connection: string): Database {
  return new CosmosClient({ connectionString: connection, httpClient }).database(databaseName)
}
