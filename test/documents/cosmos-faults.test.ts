import type { Container } from '@azure/cosmos'
import { cosmosDocuments } from '@remit/documents/cosmos'
import { type Documents, StoreUnavailable } from '@remit/documents/documents'
import type { ServerOptions } from 'local-cosmos/server'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { create, plain, upsert } from './documents-suite.ts'
import { openCosmos } from './stores.ts'

const faults: NonNullable<ServerOptions['faults']> = []
let cosmos: Awaited<ReturnType<typeof openCosmos>>
let container: Container
let documents: Documents
beforeEach(async () => {
  faults.length = 0
  cosmos = await openCosmos({ ranges: 2, faults })
  container = await cosmos.rawContainer()
  documents = cosmosDocuments({ container, partitionKey: 'pk' })
  await documents.write(create('a', 'there', { n: 1 }))
})
afterEach(() => cosmos.close())

const read = (id: string) => documents.read({ partition: 'a', id })
const stored = async (id: string) => plain((await container.item(id, 'a').read()).resource)
const anItem = { id: 'new', pk: 'a' }

describe('the service is throttled (429)', () => {
  test('and a read, a query, a batch and a removal come again by themselves', async () => {
    faults.push({ operation: 'items.query', status: 429 })
    expect(await documents.query('a', { orderBy: { path: 'id' }, limit: 5 })).toHaveLength(1)
    faults.push({ operation: 'items.batch', status: 429 })
    expect(await documents.writeTogether('a', [create('a', 'new')])).toMatchObject({ result: 'written' })
    faults.push({ operation: 'items.delete', status: 429 })
    await documents.remove({ partition: 'a', id: 'new' })
    expect(await stored('new')).toBeUndefined()
    expect(faults).toEqual([])
  })

  test('for longer than anybody waits: a query is unavailable', async () => {
    faults.push({ operation: 'items.query', status: 429, times: 50 })
    await expect(documents.query('a', { orderBy: { path: 'id' }, limit: 5 })).rejects.toThrow(StoreUnavailable)
  })
})

/** The container, except that of its bulk answers some single ones are replaced. */
function answering(replace: (round: number, id: string) => number | undefined): {
  documents: Documents
  sent: string[][]
} {
  const sent: string[][] = []
  const bulk: Container['items']['bulk'] = async (operations, ...more) => {
    const round = sent.length
    const idOf = (index: number) => {
      const operation = operations[index] as { id?: string; resourceBody?: { id: string } }
      return operation.id ?? operation.resourceBody?.id ?? ''
    }
    sent.push(operations.map((_, index) => idOf(index)))
    const passed = operations.filter((_, index) => replace(round, idOf(index)) === undefined)
    const real = passed.length > 0 ? await container.items.bulk(passed, ...more) : []
    let next = 0
    const answers = operations.map((_, index) => {
      const statusCode = replace(round, idOf(index))
      return statusCode === undefined ? real[next++] : { statusCode, requestCharge: 1, retryAfterMilliseconds: 5 }
    })
    return answers as Awaited<ReturnType<Container['items']['bulk']>>
  }
  const items = { bulk } as Container['items']
  return { documents: cosmosDocuments({ container: { items } as Container, partitionKey: 'pk' }), sent }
}

describe('single operations of a bulk request', () => {
  test('are sent again while they are throttled, and no others', async () => {
    const { documents: throttled, sent } = answering((round, id) => (round < 2 && id !== 'b' ? 429 : undefined))
    const results = await throttled.writeEach([create('a', 'a'), create('a', 'b'), create('a', 'c')])
    expect(results.map(({ result }) => result)).toEqual(['written', 'written', 'written'])
    expect(sent).toEqual([
      ['a', 'b', 'c'],
      ['a', 'c'],
      ['a', 'c'],
    ])
    expect(
      (await documents.readMany(['a', 'b', 'c'].map(id => ({ partition: 'a', id })))).map(item => item?.id),
    ).toEqual(['a', 'b', 'c'])
  })

  test('that stay throttled are busy, and a read of them is unavailable', async () => {
    const { documents: throttled } = answering((_round, id) => (id === 'b' ? 429 : undefined))
    const results = await throttled.writeEach([create('a', 'a'), create('a', 'b')])
    expect(results.map(({ result }) => result)).toEqual(['written', 'busy'])
    await expect(throttled.read({ partition: 'a', id: 'b' })).rejects.toThrow(StoreUnavailable)
  })

  test.each([
    [449, 'busy'],
    [408, 'unknown'],
    [503, 'unknown'],
    [500, 'unknown'],
    [403, 'unknown'],
    [410, 'unknown'],
    [413, 'too_large'],
  ])('answered %d are %s, and the others are not concerned', async (status, result) => {
    const { documents: odd } = answering((_round, id) => (id === 'b' ? status : undefined))
    const results = await odd.writeEach([create('a', 'a'), create('a', 'b'), create('a', 'there')])
    expect(results.map(one => one.result)).toEqual(['written', result, 'conflict'])
  })
})

describe('nobody knows whether it was written', () => {
  test.each([408, 503, 500] as const)('%d before the write', async status => {
    faults.push({ operation: 'items.bulk', status })
    expect(await documents.write(create('a', 'new'))).toEqual({ result: 'unknown' })
    expect(await read('new')).toBeUndefined()
    faults.push({ operation: 'items.batch', status })
    expect(await documents.writeTogether('a', [create('a', 'new')])).toEqual({ result: 'unknown' })
    expect(await read('new')).toBeUndefined()
  })

  test.each([408, 503, 500] as const)('%d after the write', async status => {
    faults.push({ operation: 'items.bulk', status, when: 'after' })
    expect(await documents.write(create('a', 'new'))).toEqual({ result: 'unknown' })
    expect(plain(await read('new'))).toEqual(anItem)
    faults.push({ operation: 'items.batch', status, when: 'after' })
    expect(await documents.writeTogether('a', [upsert('a', 'new', { n: 2 })])).toEqual({ result: 'unknown' })
    expect(plain(await read('new'))).toEqual({ ...anItem, n: 2 })
  })

  test.each(['before', 'after'] as const)('the answer is lost %s the write', async when => {
    faults.push({ operation: 'items.bulk', when, loseAnswer: true })
    expect(await documents.write(create('a', 'new'))).toEqual({ result: 'unknown' })
    expect(plain(await read('new'))).toEqual(when === 'after' ? anItem : undefined)
    faults.push({ operation: 'items.batch', when, loseAnswer: true })
    expect(await documents.writeTogether('a', [upsert('a', 'more')])).toEqual({ result: 'unknown' })
    expect((await read('more'))?.id).toBe(when === 'after' ? 'more' : undefined)
  })

  test('one range fails: no write of the other range is called failed', async () => {
    faults.push({ operation: 'items.bulk', status: 503 })
    const writes = Array.from({ length: 20 }, (_, n) => create(`p${n}`, 'i'))
    const results = await documents.writeEach(writes)
    const found = await documents.readMany(writes.map(({ item }) => ({ partition: String(item.pk), id: 'i' })))
    expect(found.some(item => item === undefined)).toBe(true)
    for (const { result } of results) expect(['written', 'unknown']).toContain(result)
    for (const [index, item] of found.entries()) if (!item) expect(results[index]).toEqual({ result: 'unknown' })
  })
})

describe('large items', () => {
  test('are written at once all the same: they travel in several requests', async () => {
    const large = 'x'.repeat(700_000)
    const results = await documents.writeEach(['1', '2', '3', '4', '5'].map(id => create('a', id, { large })))
    expect(results.map(({ result }) => result)).toEqual(Array(5).fill('written'))
  })
})

describe('the service is gone', () => {
  test('reads are unavailable, writes unknown', async () => {
    await cosmos.close()
    await expect(read('there')).rejects.toThrow(StoreUnavailable)
    await expect(documents.readMany([{ partition: 'a', id: 'there' }])).rejects.toThrow(StoreUnavailable)
    expect(await documents.write(create('a', 'new'))).toEqual({ result: 'unknown' })
    expect(await documents.writeEach([create('a', 'new')])).toEqual([{ result: 'unknown' }])
    expect(await documents.writeTogether('a', [create('a', 'new')])).toEqual({ result: 'unknown' })
  })

  test('before it was ever asked: questions and removals are unavailable too', async () => {
    await cosmos.close()
    await expect(documents.query('a', { limit: 1 })).rejects.toThrow(StoreUnavailable)
    await expect(documents.scan({ limit: 1 })[Symbol.asyncIterator]().next()).rejects.toThrow(StoreUnavailable)
    await expect(documents.remove({ partition: 'a', id: 'there' })).rejects.toThrow(StoreUnavailable)
  })

  test.each([503, 408, 500] as const)('and a read that is answered %d is unavailable', async status => {
    faults.push({ operation: '*', status, times: 100 })
    await expect(read('there')).rejects.toThrow(StoreUnavailable)
    await expect(documents.query('a', { limit: 1 })).rejects.toThrow(StoreUnavailable)
  })
})

describe('a whole request that is refused', () => {
  test('for now: a bulk request comes again', async () => {
    faults.push({ operation: 'items.bulk', status: 429 })
    expect(await documents.write(create('a', 'new'))).toMatchObject({ result: 'written' })
    faults.push({ operation: 'items.bulk', status: 429 })
    expect(await read('there')).toBeDefined()
  })

  test('for longer than anybody waits: a batch is busy, and not stored', async () => {
    faults.push({ operation: 'items.batch', status: 429, times: 50 })
    expect(await documents.writeTogether('a', [create('a', 'new')])).toEqual({ result: 'busy' })
    expect(await stored('new')).toBeUndefined()
  })

  test('for its size: a batch is too large, and nothing of it is stored', async () => {
    const large = 'x'.repeat(700_000)
    const writes = ['1', '2', '3', '4'].map(id => create('a', id, { large }))
    expect(await documents.writeTogether('a', writes)).toEqual({ result: 'too_large' })
    expect(await read('1')).toBeUndefined()
  })
})
