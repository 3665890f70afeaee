import { type Container, type ContainerRequest, CosmosClient, type RetryOptions } from '@azure/cosmos'
import { onTestFinished } from 'vitest'
import { openCosmos, type ServerOptions, startCosmos } from '../../../local/cosmos/src/server.ts'

export const doors = ['http', 'in process'] as const

const never: RetryOptions = {
  maxRetryAttemptCount: 0,
  fixedRetryIntervalInMilliseconds: 0,
  maxWaitTimeInSeconds: 1,
}

/**
 * A client of a server with these options, which ends with the test. It does not send throttled requests again. Faults are
 * best pushed onto the list afterwards, so that they do not hit the requests before the test.
 */
export async function openThrough(door: (typeof doors)[number], options: ServerOptions): Promise<CosmosClient> {
  const opened = door === 'http' ? await startCosmos({ ranges: 2, ...options }) : openCosmos({ ranges: 2, ...options })
  const { endpoint, key } = opened
  const client = new CosmosClient({
    endpoint,
    key,
    ...('httpClient' in opened && { httpClient: opened.httpClient }),
    connectionPolicy: { enableEndpointDiscovery: false, retryOptions: never },
  })
  await client.databases.create({ id: 'd' })
  onTestFinished(() => {
    client.dispose()
    return opened.close()
  })
  return client
}

/** A new container with the key `/pk`. */
export async function newContainer(client: CosmosClient, request: Partial<ContainerRequest> = {}): Promise<Container> {
  const wanted = { id: 'c', partitionKey: { paths: ['/pk'], version: 2 }, ...request }
  return (await client.database('d').containers.create(wanted)).container
}
