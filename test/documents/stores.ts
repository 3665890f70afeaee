import { CosmosClient } from '@azure/cosmos'
import { cosmosDocuments } from '@remit/documents/cosmos'
import type { Documents } from '@remit/documents/documents'
import { memoryDocuments } from '@remit/documents/memory'
import { type ServerOptions, startCosmos } from 'local-cosmos/server'

/** The member that names the partition in every container of these tests. */
const PARTITION_KEY = 'pk'

export type Stores = {
  /** An empty container with the partition key `/pk`. */
  readonly newContainer: () => Promise<Documents>
  readonly close: () => Promise<void>
}

type OpenStores = () => Promise<Stores>

/** Every implementation of the port, by name. */
export const implementations: Record<string, OpenStores> = {
  'in memory': openMemory,
  'Cosmos DB, one range': () => openCosmos({ ranges: 1 }),
  'Cosmos DB, three ranges': () => openCosmos({ ranges: 3 }),
}

async function openMemory(): Promise<Stores> {
  const newContainer = async () => memoryDocuments({ partitionKey: PARTITION_KEY, now: Date.now })
  return { newContainer, close: async () => {} }
}

/** A short temper, so that a test of what fails does not wait for it. */
const connectionPolicy = {
  enableEndpointDiscovery: false,
  requestTimeout: 2_000,
  retryOptions: { maxRetryAttemptCount: 2, fixedRetryIntervalInMilliseconds: 5, maxWaitTimeInSeconds: 1 },
}

/** The local service on a port of its own, reached over HTTP by the official SDK. */
export async function openCosmos(options: ServerOptions) {
  const server = await startCosmos(options)
  const client = new CosmosClient({ endpoint: server.endpoint, key: server.key, connectionPolicy })
  const { database } = await client.databases.create({ id: 'documents' })
  let containers = 0
  const rawContainer = async () => {
    containers += 1
    const partitionKey = { paths: [`/${PARTITION_KEY}`], version: 2 }
    const { container } = await database.containers.create({ id: `c${containers}`, partitionKey })
    return container
  }
  let open = true
  return {
    rawContainer,
    newContainer: async () => cosmosDocuments({ container: await rawContainer(), partitionKey: PARTITION_KEY }),
    close: async () => {
      if (!open) return
      open = false
      client.dispose()
      await server.close()
    },
  }
}
