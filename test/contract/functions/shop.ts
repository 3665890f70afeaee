import { type Container, CosmosClient } from '@azure/cosmos'
import { type RunningCosmos, startCosmos } from 'local-cosmos/server'
import { afterEach, beforeEach } from 'vitest'
import { type HostProcess, sample, startHost } from './host-process.ts'

/** The database the sample apps read, and the hosts that run them. */
export type Shop = {
  readonly cosmos: RunningCosmos
  readonly items: Container
  readonly leases: Container
  /** Those that were started, in that order. */
  readonly hosts: readonly HostProcess[]
  /** Starts a host with one of the sample apps. */
  start(app?: string, settings?: Record<string, string>): Promise<HostProcess>
}

/** For each test a new shop, whose hosts and database end with it. @param ranges of its containers */
export function shop(ranges: number): () => Shop {
  let current: Shop
  let end: () => Promise<void>
  beforeEach(async () => {
    const cosmos = await startCosmos({ port: 0, ranges })
    const client = new CosmosClient({ endpoint: cosmos.endpoint, key: cosmos.key })
    const { database } = await client.databases.create({ id: 'shop' })
    const { container: items } = await database.containers.create({ id: 'items', partitionKey: { paths: ['/pk'] } })
    const { container: leases } = await database.containers.create({ id: 'leases', partitionKey: { paths: ['/id'] } })
    const hosts: HostProcess[] = []
    const start: Shop['start'] = async (app = 'cosmos-feed', settings = {}) => {
      const COSMOS = `AccountEndpoint=${cosmos.endpoint};AccountKey=${cosmos.key};`
      const all = { COSMOS, DATABASE: 'shop', ...settings }
      const host = await startHost({ apps: [{ folder: sample(app), settings: all }] })
      hosts.push(host)
      return host
    }
    current = { cosmos, items, leases, hosts, start }
    end = async () => {
      await Promise.all(hosts.map(host => host.kill()))
      client.dispose()
      await cosmos.close()
    }
  })
  afterEach(() => end())
  return () => current
}

/** What a sample app says of the items of one kind of line, in order. */
export function told(messages: readonly string[], kind: string): string[] {
  return messages.filter(line => line.startsWith(`${kind} `)).flatMap(line => line.split(' ').slice(1))
}
