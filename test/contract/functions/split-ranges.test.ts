import { type Container, CosmosClient } from '@azure/cosmos'
import { startCosmos } from 'local-cosmos/server'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type HostProcess, sample, startHost } from './host-process.ts'

const KEYS = 12

/** What the sample app has been through with, in order. */
const through = (messages: string[]) =>
  messages.filter(line => line.startsWith('through ')).flatMap(line => line.split(' ').slice(1))

describe('a range that is split while hosts read it', () => {
  let cosmos: Awaited<ReturnType<typeof startCosmos>>
  let client: CosmosClient
  let items: Container
  let leases: Container
  let hosts: HostProcess[] = []
  let made = 0

  beforeEach(async () => {
    made = 0
    cosmos = await startCosmos({ port: 0, ranges: 1 })
    client = new CosmosClient({ endpoint: cosmos.endpoint, key: cosmos.key })
    const { database } = await client.databases.create({ id: 'shop' })
    items = (await database.containers.create({ id: 'items', partitionKey: { paths: ['/pk'] } })).container
    leases = (await database.containers.create({ id: 'leases', partitionKey: { paths: ['/id'] } })).container
  })

  afterEach(async () => {
    await Promise.all(hosts.map(host => host.kill()))
    hosts = []
    client.dispose()
    await cosmos.close()
  })

  const start = async () => {
    const COSMOS = `AccountEndpoint=${cosmos.endpoint};AccountKey=${cosmos.key};`
    hosts.push(await startHost({ apps: [{ folder: sample('cosmos-feed'), settings: { COSMOS, DATABASE: 'shop' } }] }))
  }
  const add = async (count: number) => {
    for (const last = made + count; made < last; made++) {
      await items.items.create({ id: `${made}`, pk: `key-${made % KEYS}`, number: made })
    }
  }
  const all = () => hosts.flatMap(({ entries }) => through(entries.map(({ message }) => message)))

  test.each([1, 2])(
    'goes on in its children where it stood: nothing missing, in order per key, %i hosts',
    async count => {
      await add(20)
      for (let nth = 0; nth < count; nth++) await start()
      for (const range of ['0', '1', '2']) {
        await add(20)
        expect(cosmos.split('shop', 'items', range)).toHaveLength(2)
        await add(20)
      }
      await expect.poll(() => new Set(all()).size, { timeout: 20_000 }).toBe(made)
      for (const host of hosts) {
        const done = through(host.entries.map(({ message }) => message))
        for (let key = 0; key < KEYS; key++) {
          const numbers = done.filter(one => one.startsWith(`key-${key}/`)).map(one => Number(one.split('/')[1]))
          const once = numbers.filter((number, index) => numbers.indexOf(number) === index)
          expect(once).toEqual([...once].sort((a, b) => a - b))
        }
      }
      const held = async () => {
        const { resources } = await leases.items.query<{ LeaseToken: string }>('SELECT * FROM c').fetchAll()
        return resources.map(({ LeaseToken }) => LeaseToken).sort()
      }
      await expect.poll(held, { timeout: 20_000 }).toEqual(['3', '4', '5', '6'])
    },
  )
})
