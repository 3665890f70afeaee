import {
  type Container,
  type ContainerRequest,
  CosmosClient,
  type CosmosClientOptions,
  type RetryOptions,
} from '@azure/cosmos'
import { onTestFinished } from 'vitest'
import { openCosmos, type ServerOptions, startCosmos } from '../../../local/cosmos/src/server.ts'

export const doors = ['http', 'in process'] as const
export type Door = (typeof doors)[number]

export type Opened = {
  client: CosmosClient
  split: (database: string, container: string, range?: string) => string[]
  /** For those who open the same folder again; otherwise it comes with the end of the test. */
  close: () => Promise<void>
}

const never: RetryOptions = {
  maxRetryAttemptCount: 0,
  fixedRetryIntervalInMilliseconds: 0,
  maxWaitTimeInSeconds: 1,
}

/** A server with these options and a client of it, which both end with the test. */
export async function openServer(
  door: Door,
  options: ServerOptions = {},
  asked: Partial<CosmosClientOptions> = {},
): Promise<Opened> {
  const opened = door === 'http' ? await startCosmos({ ranges: 2, ...options }) : openCosmos({ ranges: 2, ...options })
  const { endpoint, key } = opened
  const client = new CosmosClient({
    endpoint,
    key,
    ...('httpClient' in opened && { httpClient: opened.httpClient }),
    connectionPolicy: { enableEndpointDiscovery: false },
    ...asked,
  })
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= end(client, opened)
    return closed
  }
  onTestFinished(close)
  return { client, split: opened.split, close }
}

async function end(client: CosmosClient, { close }: { close: () => Promise<void> | void }): Promise<void> {
  client.dispose()
  await close()
}

/**
 * A client of a server with these options, which ends with the test. It does not send throttled requests again. Faults are
 * best pushed onto the list afterwards, so that they do not hit the requests before the test.
 */
export async function openThrough(door: Door, options: ServerOptions): Promise<CosmosClient> {
  const connectionPolicy = { enableEndpointDiscovery: false, retryOptions: never }
  const { client } = await openServer(door, options, { connectionPolicy })
  await client.databases.create({ id: 'd' })
  return client
}

/** A new container with the key `/pk`. */
export async function newContainer(client: CosmosClient, request: Partial<ContainerRequest> = {}): Promise<Container> {
  const wanted = { id: 'c', partitionKey: { paths: ['/pk'], version: 2 }, ...request }
  return (await client.database('d').containers.create(wanted)).container
}
