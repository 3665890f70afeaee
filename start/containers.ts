import { type ContainerRequest, CosmosClient } from '@azure/cosmos'
import layout from '../infra/containers.json' with { type: 'json' }

type Declared = {
  readonly id: string
  readonly partitionKey: string
  readonly uniqueKeys?: readonly string[]
  readonly includedPaths?: readonly string[]
  readonly excludedPaths?: readonly string[]
  readonly defaultTtl?: number
}

/** Throughput asked for: with more than 10,000 RU/s a container has several ranges, as it will have in earnest. */
const THROUGHPUT = 12_000

/** Creates what `infra/containers.json` declares and is not there yet. */
export async function createContainers(connection: string): Promise<void> {
  const client = new CosmosClient(connection)
  const { database } = await client.databases.createIfNotExists({ id: layout.database })
  for (const declared of layout.containers as Declared[]) {
    await database.containers.createIfNotExists(definition(declared), { offerThroughput: THROUGHPUT })
  }
  client.dispose()
}

function definition({
  id,
  partitionKey,
  uniqueKeys,
  includedPaths,
  excludedPaths,
  defaultTtl,
}: Declared): ContainerRequest {
  const paths = (list: readonly string[]) => list.map(path => ({ path }))
  return {
    id,
    partitionKey: { paths: [partitionKey], version: 2 },
    indexingPolicy: {
      indexingMode: 'consistent',
      includedPaths: paths(includedPaths ?? ['/*']),
      excludedPaths: paths(excludedPaths ?? []),
    },
    ...(uniqueKeys === undefined
      ? {}
      : { uniqueKeyPolicy: { uniqueKeys: uniqueKeys.map(path => ({ paths: [path] })) } }),
    ...(defaultTtl === undefined ? {} : { defaultTtl }),
  } as ContainerRequest
}
