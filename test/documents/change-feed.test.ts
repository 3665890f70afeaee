import { ChangeFeedStartFrom } from '@azure/cosmos'
import { type ChangeFeed, cosmosChangeFeed, type Position } from '@remit/documents/change-feed'
import { cosmosDocuments } from '@remit/documents/cosmos'
import { type Documents, StoreUnavailable } from '@remit/documents/documents'
import { memoryDocuments } from '@remit/documents/memory'
import { memoryChangeFeed } from '@remit/documents/memory-change-feed'
import { afterEach, describe, expect, test } from 'vitest'
import { create, upsert } from './documents-suite.ts'
import { openCosmos } from './stores.ts'

type Fed = {
  readonly documents: Documents
  readonly feed: ChangeFeed
  /** Where one stands who has read everything so far. */
  readonly end: () => Promise<Position[]>
  readonly close: () => Promise<void>
}

async function inMemory(): Promise<Fed> {
  const feed = memoryChangeFeed()
  const documents = memoryDocuments({ partitionKey: 'pk', now: Date.now, onWrite: feed.onWrite })
  const end = async () => [{ min: '', max: 'FF', continuation: feed.etag() }]
  return { documents, feed, end, close: async () => {} }
}

async function inCosmos(ranges: number): Promise<Fed> {
  const store = await openCosmos({ ranges })
  const container = await store.rawContainer()
  const end = async () => {
    const feed = container.items.getChangeFeedIterator({ changeFeedStartFrom: ChangeFeedStartFrom.Beginning() })
    let page = await feed.readNext()
    while (page.statusCode === 200) page = await feed.readNext()
    const { Continuation } = JSON.parse(page.continuationToken) as { Continuation: Record<string, string>[] }
    return Continuation.map(({ minInclusive = '', maxExclusive = '', continuationToken = '' }) => ({
      min: minInclusive,
      max: maxExclusive,
      continuation: continuationToken,
    }))
  }
  const documents = cosmosDocuments({ container, partitionKey: 'pk' })
  return { documents, feed: cosmosChangeFeed(container), end, close: store.close }
}

const implementations = {
  'in memory': inMemory,
  'Cosmos DB, one range': () => inCosmos(1),
  'Cosmos DB, three ranges': () => inCosmos(3),
}

describe.each(Object.entries(implementations))('what is pending in a change feed, %s', (_, open) => {
  let fed: Fed | undefined
  afterEach(() => fed?.close())
  const store = async () => {
    fed = await open()
    return fed
  }
  const partitions = Array.from({ length: 12 }, (_, number) => `p${number}`)

  test('nothing where nothing was written', async () => {
    const { feed, end } = await store()
    expect(await feed.pending([])).toEqual({ items: 0 })
    expect(await feed.pending(await end())).toEqual({ items: 0 })
  })

  test('everything for one who has read nothing', async () => {
    const { documents, feed } = await store()
    const before = Math.floor(Date.now() / 1000)
    for (const pk of partitions) await documents.write(create(pk, '1'))
    const { items, since } = await feed.pending([])
    expect(items).toBe(partitions.length)
    expect(since).toBeGreaterThanOrEqual(before)
    expect(since).toBeLessThanOrEqual(Date.now() / 1000)
  })

  test('what came after the position, whatever the range', async () => {
    const { documents, feed, end } = await store()
    for (const pk of partitions) await documents.write(create(pk, '1'))
    const positions = await end()
    expect(await feed.pending(positions)).toEqual({ items: 0 })
    await documents.write(create('p0', '2'))
    expect(await feed.pending(positions)).toMatchObject({ items: 1 })
    for (const pk of partitions) await documents.write(upsert(pk, '3'))
    expect(await feed.pending(positions)).toMatchObject({ items: 1 + partitions.length })
    expect(await feed.pending(await end())).toEqual({ items: 0 })
  })

  test('a range of which nothing was read yet counts from its beginning', async () => {
    const { documents, feed, end } = await store()
    await documents.write(create('p0', '1'))
    const positions = (await end()).map(({ min, max }) => ({ min, max }))
    expect(await feed.pending(positions)).toMatchObject({ items: 1 })
  })
})

test('a store that does not answer is unavailable', async () => {
  const { feed, close } = await inCosmos(1)
  await close()
  await expect(feed.pending([])).rejects.toBeInstanceOf(StoreUnavailable)
})
