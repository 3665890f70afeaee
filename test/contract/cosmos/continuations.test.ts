import type { Container } from '@azure/cosmos'
import { beforeAll, describe, expect, it } from 'vitest'
import { refusal, throughEachDoor } from './doors.ts'

const COUNT = 23
const items = Array.from({ length: COUNT }, (_, n) => ({ id: `i${n}`, pk: 'x', n, third: n % 3, tags: [n, n + 1] }))

/** Statements on one partition, and how many rows they have. */
const statements: [query: string, rows: number][] = [
  ['SELECT * FROM c', COUNT],
  ['SELECT VALUE c.n FROM c WHERE c.n >= 10', 13],
  ['SELECT VALUE c.n FROM c WHERE c.third = 1', 8],
  ['SELECT VALUE c.n FROM c ORDER BY c.n', COUNT],
  ['SELECT VALUE c.n FROM c ORDER BY c.n DESC', COUNT],
  ['SELECT VALUE c.id FROM c ORDER BY c.id', COUNT],
  ['SELECT VALUE c.n FROM c ORDER BY c.third', COUNT],
  ['SELECT TOP 10 VALUE c.n FROM c ORDER BY c.n', 10],
  ['SELECT TOP 10 VALUE c.n FROM c', 10],
  ['SELECT VALUE c.n FROM c OFFSET 3 LIMIT 11', 11],
  ['SELECT VALUE c.n FROM c ORDER BY c.n OFFSET 3 LIMIT 11', 11],
  ['SELECT VALUE [c.n, t] FROM c JOIN t IN c.tags', 2 * COUNT],
  ['SELECT DISTINCT VALUE c.third FROM c', 3],
  ['SELECT c.third, COUNT(1) AS many FROM c GROUP BY c.third', 3],
  ['SELECT VALUE COUNT(1) FROM c', 1],
  ['SELECT VALUE c.n FROM c WHERE false', 0],
]

/** What no server has written. */
const broken = ['broken', '{}', '[]', 'null', '[{"token":"x"}]', 'bm9uc2Vuc2U=', '"', '%', '-1']

throughEachDoor('continuations', ({ newContainer }) => {
  let container: Container
  beforeAll(async () => {
    container = await newContainer()
    for (const item of items) await container.items.create(item)
  })

  describe.each(statements)('of %s', (query, rows) => {
    it.each([1, 5, 100])('with pages of %i: all rows once, in the same order', async maxItemCount => {
      const whole = (await container.items.query(query, { partitionKey: 'x' }).fetchAll()).resources
      const pages = container.items.query(query, { partitionKey: 'x', maxItemCount })
      const found: unknown[] = []
      while (pages.hasMoreResults()) {
        const { resources } = await pages.fetchNext()
        expect(resources.length).toBeLessThanOrEqual(maxItemCount)
        found.push(...resources)
      }
      expect(found).toHaveLength(rows)
      expect(found).toEqual(whole)
    })

    it('taken from one iterator to the next', async () => {
      const found: unknown[] = []
      let continuationToken: string | undefined
      do {
        const options = { partitionKey: 'x', maxItemCount: 4, ...(continuationToken && { continuationToken }) }
        const page = await container.items.query(query, options).fetchNext()
        found.push(...page.resources)
        continuationToken = page.continuationToken
      } while (continuationToken)
      expect(found).toHaveLength(rows)
      expect(new Set(found.map(row => JSON.stringify(row))).size).toBe(rows)
    })
  })

  it.each(broken)('%j is none', async continuationToken => {
    const call = container.items.query('SELECT * FROM c', { partitionKey: 'x', continuationToken }).fetchNext()
    expect(await refusal(call)).toMatchObject({ code: 400 })
  })

  it.each([0, -2, 1.5, Number.NaN, 2_147_483_648])('a page of %d items is none', async maxItemCount => {
    const call = container.items.query('SELECT * FROM c', { partitionKey: 'x', maxItemCount }).fetchNext()
    const found = await call.then(
      ({ resources }) => resources,
      ({ code }) => code,
    )
    // The client leaves out a size of 0 and what is no number; then the service chooses.
    if (maxItemCount === 0 || Number.isNaN(maxItemCount)) expect(found).toHaveLength(COUNT)
    else expect(found).toBe(400)
  })

  it('an item that comes while pages are read does not repeat another', async () => {
    const own = await newContainer()
    for (const item of items) await own.items.create(item)
    const pages = own.items.query<number>('SELECT VALUE c.n FROM c ORDER BY c.n', {
      partitionKey: 'x',
      maxItemCount: 6,
    })
    const found = [...(await pages.fetchNext()).resources]
    await own.items.create({ id: 'late', pk: 'x', n: -1 })
    await own.item('i20', 'x').delete()
    while (pages.hasMoreResults()) found.push(...((await pages.fetchNext()).resources ?? []))
    expect(found).toEqual(items.map(({ n }) => n).filter(n => n !== 20))
  })
})
