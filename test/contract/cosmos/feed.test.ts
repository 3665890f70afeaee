import { type ChangeFeedIteratorOptions, ChangeFeedStartFrom, type Container } from '@azure/cosmos'
import { expect, it } from 'vitest'
import { throughEachDoor } from './doors.ts'

/** Reads until every range has answered 304 once. */
async function readAll(container: Container, options: ChangeFeedIteratorOptions) {
  const iterator = container.items.getChangeFeedIterator<Record<string, unknown>>(options)
  const found: Record<string, unknown>[] = []
  const pages: number[] = []
  for (let quiet = 0; quiet < 3; ) {
    const page = await iterator.readNext()
    if (page.statusCode === 304) quiet++
    else {
      found.push(...page.result)
      pages.push(page.result.length)
    }
  }
  return { found, pages, iterator }
}

throughEachDoor('change feed', ({ newContainer }) => {
  it('shows every item once at its last change, in order per range', async () => {
    const container = await newContainer()
    for (let n = 0; n < 30; n++) await container.items.create({ id: `i${n}`, pk: `p${n % 7}`, n })
    await container.item('i0', 'p0').replace({ id: 'i0', pk: 'p0', n: 100 })
    await container.item('i1', 'p1').delete()
    const { found } = await readAll(container, {
      changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
      maxItemCount: 4,
    })
    expect(found.map(each => each.id).sort()).toEqual(
      Array.from({ length: 30 }, (_, n) => `i${n}`)
        .filter(id => id !== 'i1')
        .sort(),
    )
    const p0 = found.filter(each => each.pk === 'p0').map(each => each.n)
    expect(p0).toEqual([7, 14, 21, 28, 100])
  })

  it('goes on after 304 without a gap or a repeat', async () => {
    const container = await newContainer()
    await container.items.create({ id: '1', pk: 'x' })
    const { iterator } = await readAll(container, { changeFeedStartFrom: ChangeFeedStartFrom.Now() })
    await container.items.create({ id: '2', pk: 'x' })
    const seen: unknown[] = []
    for (let turn = 0; turn < 4; turn++) seen.push(...(await iterator.readNext()).result.map(each => each.id))
    expect(seen).toEqual(['2'])
  })

  it('resumes from a continuation token', async () => {
    const container = await newContainer()
    for (const id of ['1', '2', '3']) await container.items.create({ id, pk: 'x' })
    const first = await container.items
      .getChangeFeedIterator({ changeFeedStartFrom: ChangeFeedStartFrom.Beginning('x'), maxItemCount: 2 })
      .readNext()
    expect(first.result.map(each => each.id)).toEqual(['1', '2'])
    const rest = await container.items
      .getChangeFeedIterator({ changeFeedStartFrom: ChangeFeedStartFrom.Continuation(first.continuationToken) })
      .readNext()
    expect(rest.result.map(each => each.id)).toEqual(['3'])
  })

  it('gives a transaction in one page', async () => {
    const container = await newContainer()
    const operations = Array.from({ length: 10 }, (_, n) => ({
      operationType: 'Create' as const,
      resourceBody: { id: `${n}`, pk: 'x' },
    }))
    await container.items.batch(operations, 'x')
    const { pages } = await readAll(container, {
      changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
      maxItemCount: 1,
    })
    expect(pages).toEqual([10])
  })

  it('reads each feed range for itself', async () => {
    const container = await newContainer()
    for (let n = 0; n < 20; n++) await container.items.create({ id: `i${n}`, pk: `p${n}` })
    const ranges = await container.getFeedRanges()
    const parts = await Promise.all(
      ranges.map(range => readAll(container, { changeFeedStartFrom: ChangeFeedStartFrom.Beginning(range) })),
    )
    expect(ranges.length).toBeGreaterThan(1)
    expect(parts.reduce((sum, part) => sum + part.found.length, 0)).toBe(20)
  })

  it('starts at a time', async () => {
    const container = await newContainer()
    await container.items.create({ id: '1', pk: 'x' })
    const past = await readAll(container, {
      changeFeedStartFrom: ChangeFeedStartFrom.Time(new Date(Date.now() - 60_000)),
    })
    const future = await readAll(container, {
      changeFeedStartFrom: ChangeFeedStartFrom.Time(new Date(Date.now() + 60_000)),
    })
    expect([past.found.length, future.found.length]).toEqual([1, 0])
  })
})
