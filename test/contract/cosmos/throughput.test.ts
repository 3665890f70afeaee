import { ChangeFeedStartFrom, type Container, CosmosClient } from '@azure/cosmos'
import { describe, expect, it } from 'vitest'
import { openCosmos } from '../../../local/cosmos/src/server.ts'
import { type VirtualClock, virtualClock } from '../../../local/cosmos/src/virtual-clock.ts'
import { refusal } from './doors.ts'
import { doors, newContainer, openThrough } from './open-through.ts'

/** The beginning of a second. */
const start = 1_700_000_000_000

/** Creating it costs 6.67 RU, so a range with 200 RU/s takes 30 of them: 29 leave something to spend. */
const small = (id: string, pk: string) => ({ id, pk, name: 'Ada', city: 'London', text: 'x' })
const operation = (id: string, pk: string) => ({ operationType: 'Create' as const, resourceBody: small(id, pk) })
const creates = (count: number, pk: string) => Array.from({ length: count }, (_, n) => operation(`i${n}`, pk))

/** Two partition key values that lie in different ranges. */
const [here, there] = ['b', 'a']

async function countIn(container: Container, pk: string): Promise<number> {
  return (await container.items.query('SELECT * FROM c', { partitionKey: pk }).fetchAll()).resources.length
}

/** Creates items until one is refused; says how many were taken, and the refusal. */
async function fill(container: Container, pk: string, name = 'f') {
  for (let taken = 0; taken < 1_000; taken++) {
    const error = await container.items.create(small(`${name}${taken}`, pk)).then(
      () => undefined,
      (refused: unknown) => refused,
    )
    if (error !== undefined) return { taken, error }
  }
  throw new Error('Nothing was refused.')
}

describe.each(doors)('throughput, %s', door => {
  async function open(throughput: number, clock: VirtualClock = virtualClock(start)) {
    const client = await openThrough(door, { ...clock, enforceThroughput: true })
    return { container: await newContainer(client, { throughput }), clock, client }
  }

  it('is not enforced unless asked for', async () => {
    const client = await openThrough(door, virtualClock(start))
    const container = await newContainer(client, { throughput: 400 })
    for (const batch of ['1', '2', '3']) {
      const operations = creates(100, here).map(({ resourceBody }) => operation(batch + resourceBody.id, here))
      expect((await container.items.batch(operations, here)).code).toBe(200)
    }
  })

  it('is used up for a second, in one range', async () => {
    const { container, clock } = await open(400)
    clock.advance(300)
    const { taken, error } = await fill(container, here)
    expect(taken).toBe(30)
    expect(error).toMatchObject({ code: 429, substatus: 3200, retryAfterInMs: 700 })
    expect(error).toMatchObject({ headers: { 'x-ms-request-charge': '0.38' }, body: { code: '429' } })
    expect(String(error)).toContain('Request rate is large')
    const { headers } = await container.items.create(small('1', there))
    expect(headers['x-ms-documentdb-partitionkeyrangeid']).toBe('1')
    clock.advance(699)
    expect(await refusal(container.items.create(small('late', here)))).toMatchObject({ code: 429 })
    clock.advance(1)
    expect((await container.items.create(small('late', here))).headers).toMatchObject({
      'x-ms-documentdb-partitionkeyrangeid': '0',
    })
    expect(await countIn(container, here)).toBe(31)
  })

  it('that is not used in one second is not there in the next', async () => {
    const { container, clock } = await open(400)
    await container.items.create(small('first', here))
    clock.advance(60_000)
    expect((await fill(container, here)).taken).toBe(30)
  })

  it('pays for a large request with the seconds that follow', async () => {
    const { container, clock } = await open(400)
    const { headers } = await container.items.batch(creates(100, here), here)
    expect(headers['x-ms-request-charge']).toBe('704.76')
    expect((await fill(container, here)).error).toMatchObject({ code: 429, retryAfterInMs: 3_000 })
    clock.advance(2_999)
    expect((await fill(container, here)).error).toMatchObject({ code: 429, retryAfterInMs: 1 })
    clock.advance(1)
    // 3 seconds brought 600 RU; 504.76 of them were owed, so 95.24 are left: 15 creates of 6.67.
    expect((await fill(container, here)).taken).toBe(15)
  })

  it('of a replaced offer acts at once, up and down', async () => {
    const { container } = await open(400)
    expect((await fill(container, here, 'first')).taken).toBe(30)
    const setTo = async (offerThroughput: number) => {
      const { offer, resource } = await container.readOffer()
      await offer?.replace({ ...resource, content: { ...resource?.content, offerThroughput } } as never)
    }
    await setTo(800)
    expect((await fill(container, here, 'second')).taken).toBe(30)
    await setTo(400)
    expect((await fill(container, there)).taken).toBe(30)
  })

  it('of autoscale goes up to its maximum', async () => {
    const { client } = await open(400)
    const container = await newContainer(client, { id: 'auto', maxThroughput: 1_000 })
    expect((await fill(container, here)).taken).toBe(75)
  })

  it('throttles single operations of a bulk request', async () => {
    const { container, clock } = await open(400)
    const results = await container.items.bulk(creates(40, here), { continueOnError: true })
    expect(results.map(each => each.statusCode)).toEqual([...Array(30).fill(201), ...Array(10).fill(429)])
    expect(results[30]).toMatchObject({ subStatusCode: 3200, requestCharge: 0.38, retryAfterMilliseconds: 1_000 })
    clock.advance(1_000)
    expect(await countIn(container, here)).toBe(30)
    const [again] = await container.items.executeBulkOperations([
      { operationType: 'Create', partitionKey: here, resourceBody: small('i30', here) },
    ])
    expect(again?.response?.statusCode).toBe(201)
  })

  it('throttles a batch as a whole', async () => {
    const { container, clock } = await open(400)
    await fill(container, here)
    expect((await refusal(container.items.batch(creates(2, here), here))).message).toContain('Request rate is large')
    clock.advance(1_000)
    expect((await container.items.batch(creates(2, here), here)).code).toBe(200)
  })

  it('is for every operation on items, and for no other', async () => {
    const { container, clock } = await open(400)
    await fill(container, here)
    const item = container.item('f0', here)
    const feed = container.items.getChangeFeedIterator({ changeFeedStartFrom: ChangeFeedStartFrom.Beginning(here) })
    for (const call of [
      () => item.read(),
      () => item.delete(),
      () => item.patch([{ op: 'add', path: '/more', value: 1 }]),
      () => container.items.upsert(small('f0', here)),
      () => container.items.query('SELECT * FROM c', { partitionKey: here }).fetchNext(),
      () => container.items.query('SELECT * FROM c').fetchNext(),
    ])
      expect(await refusal(call())).toMatchObject({ code: 429, substatus: 3200 })
    expect(await refusal(feed.readNext())).toMatchObject({ code: 429 })
    expect((await container.read()).statusCode).toBe(200)
    expect((await container.readOffer()).resource?.content?.offerThroughput).toBe(400)
    clock.advance(1_000)
    expect((await item.read()).statusCode).toBe(200)
  })

  it('is spent by refusals too', async () => {
    const { container } = await open(400)
    let misses = 0
    while (
      (await container
        .item('missing', here)
        .read()
        .catch(() => undefined)) !== undefined
    )
      misses++
    expect(misses).toBe(200)
  })
})

it('lets the retries of the client through when the second is over', async () => {
  const clock = virtualClock(start)
  const { endpoint, key, httpClient, close } = openCosmos({ ranges: 2, ...clock, enforceThroughput: true })
  const waits: string[] = []
  const waiting: typeof httpClient = {
    async sendRequest(request) {
      const response = await httpClient.sendRequest(request)
      const wait = response.headers.get('x-ms-retry-after-ms')
      if (wait !== undefined) waits.push(wait)
      clock.advance(Number(wait ?? 0))
      return response
    },
  }
  const retryOptions = { maxRetryAttemptCount: 9, fixedRetryIntervalInMilliseconds: 1, maxWaitTimeInSeconds: 30 }
  const client = new CosmosClient({
    endpoint,
    key,
    httpClient: waiting,
    connectionPolicy: { enableEndpointDiscovery: false, retryOptions },
  })
  await client.databases.create({ id: 'd' })
  const container = await newContainer(client, { throughput: 400 })
  for (let n = 0; n < 100; n++) await container.items.create(small(String(n), here))
  expect(waits).toEqual(['1000', '1000', '1000'])
  client.dispose()
  close()
})
