import { type Container, type ContainerRequest, CosmosClient } from '@azure/cosmos'
import { afterAll, beforeAll, describe, vi } from 'vitest'
import { openCosmos, startCosmos } from '../../../local/cosmos/src/server.ts'

type Account = { client: CosmosClient; close(): Promise<void> | void }
type Door = { name: string; isLocal: boolean; open: () => Promise<Account> }

/**
 * Both doors of the local service and, with COSMOS_ENDPOINT and COSMOS_KEY, the account they name. Suites that need a
 * server of their own, with a clock, faults, other options or a folder, open it themselves and leave the account alone.
 */
const doors: Door[] = [
  { name: 'http', isLocal: true, open: openHttp },
  { name: 'in process', isLocal: true, open: openInProcess },
  ...(process.env.COSMOS_ENDPOINT ? [{ name: 'the given account', isLocal: false, open: openGiven }] : []),
]
/** In milliseconds: an account may take half a minute to make a container. */
const ACCOUNT_TIMEOUT = 180_000
if (process.env.COSMOS_ENDPOINT) vi.setConfig({ testTimeout: ACCOUNT_TIMEOUT, hookTimeout: ACCOUNT_TIMEOUT })

const connectionPolicy = { enableEndpointDiscovery: false }

async function openGiven(): Promise<Account> {
  const { COSMOS_ENDPOINT: endpoint = '', COSMOS_KEY: key } = process.env
  if (!key) throw new Error('COSMOS_ENDPOINT needs COSMOS_KEY, the key of that account.')
  return closing(new CosmosClient({ endpoint, key, connectionPolicy }), () => undefined)
}

async function openHttp(): Promise<Account> {
  const { endpoint, key, close } = await startCosmos({ ranges: 2 })
  return closing(new CosmosClient({ endpoint, key, connectionPolicy }), close)
}

async function openInProcess(): Promise<Account> {
  const { endpoint, key, httpClient, close } = openCosmos({ ranges: 2 })
  return closing(new CosmosClient({ endpoint, key, httpClient, connectionPolicy }), close)
}

function closing(client: CosmosClient, close: () => Promise<void> | void): Account {
  return {
    client,
    close: () => {
      client.dispose()
      return close()
    },
  }
}

let databases = 0

export type Room = {
  /** Whether the local service answers, and not an account that was given. */
  isLocal: boolean
  client: () => CosmosClient
  /** A new container with the key `/pk` unless said otherwise. */
  newContainer(request?: Partial<ContainerRequest>): Promise<Container>
}

/** Runs a group of tests through each door, in a database of its own. */
export function throughEachDoor(name: string, tests: (room: Room) => void): void {
  for (const { name: door, isLocal, open } of doors) {
    describe(`${name}, ${door}`, () => {
      let account: Account
      const id = `contract-${process.pid}-${Date.now()}-${++databases}`
      let containers = 0
      beforeAll(async () => {
        account = await open()
        await account.client.databases.create({ id })
      })
      afterAll(async () => {
        await account.client.database(id).delete()
        await account.close()
      })
      tests({
        isLocal,
        client: () => account.client,
        newContainer: async request => {
          const wanted = { id: `c${++containers}`, partitionKey: { paths: ['/pk'], version: 2 }, ...request }
          const { container } = await account.client.database(id).containers.create({ throughput: 12_000, ...wanted })
          return container
        },
      })
    })
  }
}

/** The code and substatus of the error a call is refused with. */
export async function refusal(call: Promise<unknown>): Promise<{ code: unknown; substatus: unknown; message: string }> {
  try {
    await call
  } catch (error) {
    const { code, substatus, message } = error as { code?: unknown; substatus?: unknown; message: string }
    return { code, substatus, message }
  }
  throw new Error('The call was not refused.')
}
