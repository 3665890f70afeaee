import { CosmosClient } from '@azure/cosmos'
import { cosmosDocuments } from '@remit/documents/cosmos'
import type { Documents } from '@remit/documents/documents'
import { memoryDocuments } from '@remit/documents/memory'
import { type ServerOptions, startCosmos } from 'local-cosmos/server'

/** The member that names the partition where a test does not care. */
const PARTITION_KEY = 'pk'

export type Stores = {
  /** An empty container with this member as its partition key. */
  readonly newContainer: (partitionKey?: string) => Promise<Documents>
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
  const newContainer = async (partitionKey = PARTITION_KEY) => memoryDocuments({ partitionKey, now: Date.now })
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
  const rawContainer = async (partitionKey = PARTITION_KEY) => {
    containers += 1
    const definition = { id: `c${containers}`, partitionKey: { paths: [`/${partitionKey}`], version: 2 } }
    const { container } = await database.containers.create(definition)
    return container
  }
  let open = true
  return {
    rawContainer,
    newContainer: async (partitionKey = PARTITION_KEY) =>
      cosmosDocuments({ container: await rawContainer(partitionKey), partitionKey }),
    close: async () => {
      if (!open) return
      open = false
      client.dispose()
      await server.close()
    },
  }
}
