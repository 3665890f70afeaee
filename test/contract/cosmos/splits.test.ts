import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ChangeFeedStartFrom, type Container } from '@azure/cosmos'
import { describe, expect, it } from 'vitest'
import type { ServerOptions } from '../../../local/cosmos/src/server.ts'
import { type Door, doors, openServer } from './open-through.ts'

/** A container that has one range at first. */
async function open(door: Door, options: ServerOptions = {}) {
  const { client, split, close } = await openServer(door, { ranges: 1, ...options })
  const { database } = await client.databases.createIfNotExists({ id: 'd' })
  const { container } = await database.containers.createIfNotExists({ id: 'c', partitionKey: '/pk' })
  return { container, split: (range?: string) => split('d', 'c', range), close }
}

const KEYS = 20
const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => `i${from + n}`)
const item = (id: string) => ({ id, pk: `p${Number(id.slice(1)) % KEYS}`, n: Number(id.slice(1)) })
const sorted = (items: readonly { id: string }[]) => items.map(({ id }) => Number(id.slice(1))).sort((a, b) => a - b)

async function create(container: Container, some: readonly string[]) {
  for (const id of some) await container.items.create(item(id))
}

async function rangesOf(container: Container) {
  const { resources } = await container.readPartitionKeyRanges().fetchAll()
  return resources.map(({ id, minInclusive, maxExclusive, parents }) => ({ id, minInclusive, maxExclusive, parents }))
}

describe.each(doors)('a range is split, %s', door => {
  it('into two new ones that cover it, and know their parents', async () => {
    const { container, split } = await open(door)
    await create(container, ids(0, 40))
    expect(split()).toEqual(['1', '2'])
    expect(split('2')).toEqual(['3', '4'])
    const [first, second, third] = await rangesOf(container)
    expect([first?.id, second?.id, third?.id]).toEqual(['1', '3', '4'])
    expect(first).toMatchObject({ minInclusive: '', maxExclusive: second?.minInclusive, parents: ['0'] })
    expect(third).toMatchObject({ minInclusive: second?.maxExclusive, maxExclusive: 'FF', parents: ['0', '2'] })
    expect(() => split('0')).toThrow('no longer available')
  })

  it('and a client that does not know goes on reading, writing, querying and sending bulk', async () => {
    const { container, split } = await open(door)
    await create(container, ids(0, 40))
    await container.items.query('SELECT * FROM c').fetchAll()
    split()
    expect((await container.item('i3', 'p3').read()).resource).toMatchObject({ n: 3 })
    await create(container, ids(40, 60))
    await container.item('i4', 'p4').replace({ id: 'i4', pk: 'p4', n: 4 })
    const batch = await container.items.batch([{ operationType: 'Create', resourceBody: item('i60') }], 'p0')
    expect(batch.code).toBe(200)
    split()
    const wishes = ids(61, 80).map(id => {
      return { operationType: 'Create' as const, partitionKey: item(id).pk, resourceBody: item(id) }
    })
    const done = await container.items.executeBulkOperations(wishes)
    expect(done.map(({ response }) => response?.statusCode)).toEqual(wishes.map(() => 201))
    const all = await container.items.query<{ id: string }>('SELECT * FROM c').fetchAll()
    expect(sorted(all.resources)).toEqual(ids(0, 80).map((_, n) => n))
  })

  it('in the middle of a query, which shows every item once', async () => {
    const { container, split } = await open(door)
    await create(container, ids(0, 60))
    const pages = container.items.query<{ id: string }>('SELECT * FROM c', { maxItemCount: 7 })
    const found: { id: string }[] = []
    while (pages.hasMoreResults()) {
      found.push(...((await pages.fetchNext()).resources ?? []))
      if (found.length > 10 && found.length < 40) split()
    }
    expect(sorted(found)).toEqual(ids(0, 60).map((_, n) => n))
  })

  // A merging query that still goes by the old ranges never ends in version 4.10.1 of the client: it takes the 410 for an
  // empty page, and asks the old range again.
  it('and a client that asks for the ranges merges what all of them have', async () => {
    const { container, split } = await open(door)
    await create(container, ids(0, 60))
    for (const range of [undefined, '1', '2']) expect(split(range)).toHaveLength(2)
    const ordered = await container.items.query<{ id: string }>('SELECT * FROM c ORDER BY c.n DESC').fetchAll()
    expect(ordered.resources.map(({ id }) => id)).toEqual(ids(0, 60).reverse())
    const counted = await container.items.query('SELECT VALUE COUNT(1) FROM c').fetchAll()
    expect(counted.resources).toEqual([60])
  })

  it('in the middle of reading the change feed: no gap, nothing twice, order per key', async () => {
    const { container, split } = await open(door)
    await create(container, ids(0, 60))
    const read = container.items.getChangeFeedIterator<{ id: string; pk: string; n: number }>({
      changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
      maxItemCount: 7,
    })
    const found: { id: string; pk: string; n: number }[] = []
    for (let quiet = 0, more = 60; quiet < 10; ) {
      const { statusCode, result } = await read.readNext()
      if (statusCode === 304) quiet += 1
      else found.push(...result)
      if (found.length > 10 && more < 100) {
        split()
        await create(container, ids(more, more + 10))
        more += 10
      }
    }
    expect(sorted(found)).toEqual(ids(0, 100).map((_, n) => n))
    for (let key = 0; key < KEYS; key++) {
      const own = found.filter(({ pk }) => pk === `p${key}`).map(({ n }) => n)
      expect(own).toEqual([...own].sort((a, b) => a - b))
    }
  })

  it('and a continuation from before is good, for the container, a range of it and one key', async () => {
    const { container, split } = await open(door)
    await create(container, ids(0, 40))
    const [wide] = await container.getFeedRanges()
    const starts = [
      ChangeFeedStartFrom.Beginning(),
      ChangeFeedStartFrom.Beginning(wide),
      ChangeFeedStartFrom.Beginning('p3'),
    ]
    const tokens: string[] = []
    for (const changeFeedStartFrom of starts) {
      const { continuationToken } = await container.items.getChangeFeedIterator({ changeFeedStartFrom }).readNext()
      tokens.push(continuationToken)
    }
    split()
    split()
    await create(container, ids(40, 60))
    for (const [index, token] of tokens.entries()) {
      const rest = container.items.getChangeFeedIterator<{ id: string }>({
        changeFeedStartFrom: ChangeFeedStartFrom.Continuation(token),
      })
      const found: { id: string }[] = []
      for (let quiet = 0; quiet < 8; ) {
        const { statusCode, result } = await rest.readNext()
        if (statusCode === 304) quiet += 1
        else found.push(...result)
      }
      expect(sorted(found)).toEqual(index === 2 ? [43] : ids(40, 60).map((_, n) => 40 + n))
    }
  })

  it('not where all items have one key; and one without items in the middle of what it covers', async () => {
    const { container, split } = await open(door)
    expect(split()).toEqual(['1', '2'])
    await container.items.create({ id: '1', pk: 'x' })
    await container.items.create({ id: '2', pk: 'x' })
    const [lower, upper] = [split('1'), split('2')]
    expect([lower.length, upper.length].sort()).toEqual([0, 2])
  })
})

it('more throughput than the ranges can serve splits them', async () => {
  const { container } = await open('in process')
  await create(container, ids(0, 60))
  const raise = async (offerThroughput: number) => {
    const { resource, offer } = await container.readOffer()
    await offer?.replace({ ...resource, content: { ...resource?.content, offerThroughput } } as never)
    return (await rangesOf(container)).length
  }
  expect(await raise(10_000)).toBe(1)
  expect(await raise(25_000)).toBe(3)
  expect(await raise(400)).toBe(3)
  const all = await container.items.query<{ id: string }>('SELECT * FROM c').fetchAll()
  expect(sorted(all.resources)).toEqual(ids(0, 60).map((_, n) => n))
})

it('a split survives a restart, with the continuations', async () => {
  const data = await mkdtemp(join(tmpdir(), 'cosmos-splits-'))
  const before = await open('in process', { data })
  await create(before.container, ids(0, 40))
  before.split()
  await create(before.container, ids(40, 50))
  const ranges = await rangesOf(before.container)
  const { continuationToken } = await before.container.items
    .getChangeFeedIterator({ changeFeedStartFrom: ChangeFeedStartFrom.Now() })
    .readNext()
  await before.close()
  const after = await open('in process', { data })
  expect(await rangesOf(after.container)).toEqual(ranges)
  await create(after.container, ids(50, 60))
  const rest = after.container.items.getChangeFeedIterator<{ id: string }>({
    changeFeedStartFrom: ChangeFeedStartFrom.Continuation(continuationToken),
  })
  const found: { id: string }[] = []
  for (let turn = 0; turn < 6; turn++) found.push(...(await rest.readNext()).result)
  expect(sorted(found)).toEqual(ids(50, 60).map((_, n) => 50 + n))
  await after.close()
  await rm(data, { recursive: true })
})
