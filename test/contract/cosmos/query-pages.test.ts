import type { Container, JSONObject } from '@azure/cosmos'
import { expect, it } from 'vitest'
import { throughEachDoor } from './doors.ts'

const ITEMS = 4_500
const MEGABYTE = 1024 * 1024

async function fill(container: Container, items: JSONObject[]) {
  for (let start = 0; start < items.length; start += 100) {
    const wishes = items.slice(start, start + 100).map(resourceBody => {
      return { operationType: 'Create' as const, partitionKey: 'x', resourceBody }
    })
    await container.items.bulk(wishes as never)
  }
}

throughEachDoor('pages of a query', ({ newContainer }) => {
  it('in an order that no index of one path has are those of the whole, however many items there are', async () => {
    const paths = ['/a', '/b'].map(path => ({ path, order: 'ascending' as const }))
    const container = await newContainer({
      indexingPolicy: { includedPaths: [{ path: '/*' }], compositeIndexes: [paths] },
    })
    const items = Array.from({ length: ITEMS }, (_, n) => ({
      id: `${n}`,
      pk: 'x',
      a: (n * 7919) % 50,
      b: (n * 31) % 17,
      n,
    }))
    await fill(container, items)
    const sorted = items.toSorted((one, other) => one.a - other.a || one.b - other.b || one.n - other.n)
    const pages = container.items.query<number>('SELECT VALUE c.n FROM c ORDER BY c.a, c.b', {
      partitionKey: 'x',
      maxItemCount: 400,
    })
    const found: number[] = []
    while (pages.hasMoreResults()) found.push(...((await pages.fetchNext()).resources ?? []))
    expect(found).toEqual(sorted.map(({ n }) => n))
  })

  it.each([
    ['as items come', 'SELECT * FROM c'],
    ['in order', 'SELECT * FROM c ORDER BY c.n'],
    ['in the order of long texts', 'SELECT * FROM c ORDER BY c.text'],
    ['of different values', 'SELECT DISTINCT c.n, c.text FROM c'],
  ])('end where an answer gets too large: %s', async (_, query) => {
    const container = await newContainer()
    for (let n = 0; n < 10; n++) await container.items.create({ id: `${n}`, pk: 'x', n, text: 'x'.repeat(MEGABYTE) })
    const pages = container.items.query<{ n: number }>(query, { partitionKey: 'x', maxItemCount: 1_000 })
    const sizes: number[] = []
    const found: number[] = []
    while (pages.hasMoreResults()) {
      const { resources = [] } = await pages.fetchNext()
      if (resources.length > 0) sizes.push(resources.length)
      found.push(...resources.map(({ n }) => n))
    }
    expect(found.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(Math.max(...sizes)).toBeLessThan(6)
  })
})
