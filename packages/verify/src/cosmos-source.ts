import { ChangeFeedStartFrom, type Container, CosmosClient } from '@azure/cosmos'
import { DefaultAzureCredential } from '@azure/identity'
import { containerOf, readEditions, type ViewName } from '@remit/api/editions'
import { databaseName, partitionKeyOf } from '@remit/documents/containers'
import { cosmosDocuments } from '@remit/documents/cosmos'
import { httpClient } from '@remit/documents/http-client'
import type { Source, VerifiedContainer } from './source.ts'

/** Items in one page. */
const PAGE = 1_000

/** The containers nothing is ever altered in: their change feed is every item, in order per partition. */
const appendOnly: readonly VerifiedContainer[] = ['events', 'commands']

export type CosmosOptions = {
  /** `AccountEndpoint=…;AccountKey=…;`, or the endpoint alone: then Microsoft Entra ID says who asks. */
  readonly connection: string
}

/** The containers of a deployment, or of the local Cosmos DB; of views the edition that is read. Only reads. */
export async function openSource({ connection }: CosmosOptions): Promise<Source> {
  const client = openClient(connection)
  const database = client.database(databaseName)
  const views = cosmosDocuments({ container: database.container('views'), partitionKey: partitionKeyOf('views') })
  const editions = await readEditions(views)
  const isView = (name: VerifiedContainer): name is ViewName & VerifiedContainer => name in editions
  const container = (name: VerifiedContainer) => {
    return database.container(isView(name) ? containerOf(name, editions[name].read) : name)
  }
  return {
    account: `${new URL(await client.getWriteEndpoint()).host}/${databaseName}`,
    parts: async name => (appendOnly.includes(name) ? (await container(name).getFeedRanges()).length : 1),
    size: async name => {
      const answer = await container(name).items.query<number>('SELECT VALUE COUNT(1) FROM c').fetchAll()
      return answer.resources.reduce((sum, part) => sum + part, 0)
    },
    read: (name, part) => (appendOnly.includes(name) ? feed(container(name), part) : scan(container(name))),
    partition: async (name, key) => {
      const query = 'SELECT * FROM c ORDER BY c.id'
      const options = { partitionKey: key, maxItemCount: PAGE }
      return (await container(name).items.query<unknown>(query, options).fetchAll()).resources
    },
    close: async () => client.dispose(),
  }
}

function openClient(connection: string): CosmosClient {
  if (connection.startsWith('AccountEndpoint=')) return new CosmosClient({ connectionString: connection, httpClient })
  return new CosmosClient({ endpoint: connection, aadCredentials: new DefaultAzureCredential(), httpClient })
}

/** One range of the change feed, from its beginning until there is nothing new. */
async function* feed(container: Container, part: number): AsyncIterable<readonly unknown[]> {
  const range = (await container.getFeedRanges())[part]
  if (range === undefined) throw new Error(`${container.id} has no range ${part}: its ranges were split meanwhile`)
  const changeFeedStartFrom = ChangeFeedStartFrom.Beginning(range)
  const pages = container.items.getChangeFeedIterator<unknown>({ changeFeedStartFrom, maxItemCount: PAGE })
  while (pages.hasMoreResults) {
    const { result, statusCode } = await pages.readNext()
    if (statusCode === NOT_MODIFIED) return
    yield result
  }
}

const NOT_MODIFIED = 304

/** Every item once, in order of creation. */
async function* scan(container: Container): AsyncIterable<readonly unknown[]> {
  const pages = container.items.query<unknown>('SELECT * FROM c', { maxItemCount: PAGE })
  while (pages.hasMoreResults()) {
    const { resources } = await pages.fetchNext()
    if (resources && resources.length > 0) yield resources
  }
}
