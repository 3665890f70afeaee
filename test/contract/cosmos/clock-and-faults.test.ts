import { CosmosClient } from '@azure/cosmos'
import { expect, it } from 'vitest'
import type { Fault } from '../../../local/cosmos/src/faults.ts'
import { openCosmos } from '../../../local/cosmos/src/server.ts'
import { refusal } from './doors.ts'

async function open(options: { now?: () => number; faults?: Fault[] }, defaultTtl?: number) {
  const { endpoint, key, httpClient } = openCosmos({ ranges: 2, ...options })
  const connectionPolicy = {
    enableEndpointDiscovery: false,
    retryOptions: { maxRetryAttemptCount: 0, fixedRetryIntervalInMilliseconds: 0, maxWaitTimeInSeconds: 1 },
  }
  const client = new CosmosClient({ endpoint, key, httpClient, connectionPolicy })
  const { database } = await client.databases.create({ id: 'd' })
  const ttl = defaultTtl === undefined ? {} : { defaultTtl }
  const { container } = await database.containers.create({ id: 'c', partitionKey: '/pk', ...ttl })
  return container
}

it('lets items expire by the injected clock', async () => {
  let now = 1_700_000_000_000
  const container = await open({ now: () => now }, -1)
  await container.items.create({ id: 'short', pk: 'x', ttl: 10 })
  await container.items.create({ id: 'long', pk: 'x' })
  now += 10_000
  expect((await container.item('short', 'x').read()).statusCode).toBe(404)
  expect((await container.items.query('SELECT VALUE c.id FROM c', { partitionKey: 'x' }).fetchAll()).resources).toEqual(
    ['long'],
  )
  expect((await container.items.create({ id: 'short', pk: 'x' })).statusCode).toBe(201)
})

it('fails before or after a write took effect', async () => {
  const faults: Fault[] = []
  const container = await open({ faults })
  faults.push({ operation: 'items.create', status: 449 })
  expect(await refusal(container.items.create({ id: 'before', pk: 'x' }))).toMatchObject({ code: 449 })
  faults.push({ operation: 'items.create', status: 408, when: 'after' })
  expect(await refusal(container.items.create({ id: 'after', pk: 'x' }))).toMatchObject({ code: 408 })
  expect((await container.item('before', 'x').read()).statusCode).toBe(404)
  expect((await container.item('after', 'x').read()).statusCode).toBe(200)
})
