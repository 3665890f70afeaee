import type { Documents, StoredItem, Write } from '@remit/documents/documents'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Stores } from './stores.ts'

export const create = (pk: string, id: string, more: object = {}): Write => ({
  kind: 'create',
  item: { id, pk, ...more },
})

export const upsert = (pk: string, id: string, more: object = {}): Write => ({
  kind: 'upsert',
  item: { id, pk, ...more },
})

const replace = (pk: string, id: string, etag: string, more: object = {}): Write => ({
  kind: 'replace',
  item: { id, pk, ...more },
  etag,
})

/** What was stored, without what the store adds. */
export function plain(item: StoredItem | undefined): unknown {
  if (item === undefined) return undefined
  return Object.fromEntries(Object.entries(item).filter(([name]) => !name.startsWith('_')))
}

/** What the port promises of single items, of many at once, and of many together. */
export function writingSuite(open: () => Promise<Stores>): void {
  let stores: Stores
  let documents: Documents
  beforeAll(async () => {
    stores = await open()
  })
  afterAll(() => stores.close())
  beforeEach(async () => {
    documents = await stores.newContainer()
  })
  const read = (partition: string, id: string) => documents.read({ partition, id })

  describe('one item', () => oneItem(() => documents, read))
  describe('many at once', () => manyAtOnce(() => documents))
  describe('together', () => together(() => documents, read))
}

type Read = (partition: string, id: string) => Promise<StoredItem | undefined>

function oneItem(documents: () => Documents, read: Read): void {
  test('is created once', async () => {
    const first = await documents().write(create('a', '1', { says: 'first' }))
    expect(first).toEqual({ result: 'written', etag: expect.stringMatching(/./) })
    expect(await documents().write(create('a', '1', { says: 'second' }))).toEqual({ result: 'conflict' })
    expect(await read('a', '1')).toMatchObject({ says: 'first', _etag: (first as { etag: string }).etag })
  })

  test('is another one in another partition', async () => {
    await documents().write(create('a', '1', { in: 'a' }))
    expect(await documents().write(create('b', '1', { in: 'b' }))).toMatchObject({ result: 'written' })
    expect(plain(await read('a', '1'))).toEqual({ id: '1', pk: 'a', in: 'a' })
    expect(plain(await read('b', '1'))).toEqual({ id: '1', pk: 'b', in: 'b' })
    expect(await read('c', '1')).toBeUndefined()
  })

  test('is replaced by whoever knows the newest version, and by nobody else', async () => {
    await documents().write(create('a', '1', { n: 1, gone: true }))
    const old = (await read('a', '1'))?._etag ?? ''
    const second = await documents().write(replace('a', '1', old, { n: 2 }))
    expect(second.result).toBe('written')
    expect(await documents().write(replace('a', '1', old, { n: 3 }))).toEqual({ result: 'changed' })
    expect(plain(await read('a', '1'))).toEqual({ id: '1', pk: 'a', n: 2 })
    expect((await read('a', '1'))?._etag).toBe((second as { etag: string }).etag)
    expect(old).not.toBe((second as { etag: string }).etag)
  })

  test('cannot be replaced when it is gone or never was', async () => {
    await documents().write(create('a', '1'))
    const etag = (await read('a', '1'))?._etag ?? ''
    await documents().remove({ partition: 'a', id: '1' })
    expect(await documents().write(replace('a', '1', etag))).toEqual({ result: 'changed' })
    expect(await documents().write(replace('a', 'never', etag))).toEqual({ result: 'changed' })
    expect(await read('a', '1')).toBeUndefined()
  })

  test('is upserted, there or not', async () => {
    expect(await documents().write(upsert('a', '1', { n: 1, gone: true }))).toMatchObject({ result: 'written' })
    expect(await documents().write(upsert('a', '1', { n: 2 }))).toMatchObject({ result: 'written' })
    expect(plain(await read('a', '1'))).toEqual({ id: '1', pk: 'a', n: 2 })
  })

  test('is removed, there or not, and can be created again', async () => {
    await documents().write(create('a', '1', { n: 1 }))
    await documents().write(create('a', '2'))
    await documents().remove({ partition: 'a', id: '1' })
    await documents().remove({ partition: 'a', id: '1' })
    await documents().remove({ partition: 'nowhere', id: '1' })
    expect(await read('a', '1')).toBeUndefined()
    expect(await read('a', '2')).toBeDefined()
    expect(await documents().write(create('a', '1', { n: 2 }))).toMatchObject({ result: 'written' })
  })

  test('carries when it was written, in whole seconds', async () => {
    const before = Math.floor(Date.now() / 1000)
    await documents().write(create('a', '1'))
    const after = Math.floor(Date.now() / 1000)
    const stamp = (await read('a', '1'))?._ts
    expect(Number.isInteger(stamp)).toBe(true)
    expect(stamp).toBeGreaterThanOrEqual(before)
    expect(stamp).toBeLessThanOrEqual(after)
  })

  test('does not believe an etag or a time that came with the item', async () => {
    await documents().write(create('a', '1', { _ts: 7, _etag: '"mine"' }))
    expect((await read('a', '1'))?._ts).toBeGreaterThan(1_000_000_000)
    expect((await read('a', '1'))?._etag).not.toBe('"mine"')
  })

  test('is what was stored, whatever becomes of the object that was handed in or out', async () => {
    const item = { id: '1', pk: 'a', list: [1, { deep: 'text' }], nothing: null, no: false, zero: 0, empty: '' }
    const given = structuredClone(item)
    await documents().write({ kind: 'create', item: given })
    given.list.push(2)
    const found = (await read('a', '1')) as unknown as typeof item
    expect(plain(await read('a', '1'))).toEqual(item)
    found.list.push(3)
    expect(plain(await read('a', '1'))).toEqual(item)
  })

  test.each([
    'with a blank',
    ' ends in blanks  ',
    '100%',
    '%2F',
    'a+b&c=d',
    'quotes "\' and `',
    'Ünïcödé €',
    '🙂 emoji',
    'a:b@c;d,e',
    '{[(<|>)]}',
    '.a',
    '..b',
    '~-_.!*',
    'x'.repeat(255),
  ])('may have the id %j', async id => {
    expect(await documents().write(create(`p ${id}`, id, { n: 1 }))).toMatchObject({ result: 'written' })
    const found = await read(`p ${id}`, id)
    expect(plain(found)).toEqual({ id, pk: `p ${id}`, n: 1 })
    expect(await documents().write(replace(`p ${id}`, id, found?._etag ?? '', { n: 2 }))).toMatchObject({
      result: 'written',
    })
    const where = [{ path: 'id', is: '=', value: id }] as const
    expect(await documents().query(`p ${id}`, { where, limit: 10 })).toHaveLength(1)
    await documents().remove({ partition: `p ${id}`, id })
    expect(await read(`p ${id}`, id)).toBeUndefined()
  })
}

function manyAtOnce(documents: () => Documents): void {
  test('are read in the order asked, with a gap for what is missing', async () => {
    await documents().writeEach([create('a', '1'), create('b', '2'), create('c', '3')])
    const keys = [
      { partition: 'c', id: '3' },
      { partition: 'a', id: 'missing' },
      { partition: 'a', id: '1' },
      { partition: 'c', id: '3' },
      { partition: 'nowhere', id: '1' },
      { partition: 'b', id: '2' },
    ]
    const found = await documents().readMany(keys)
    expect(found.map(item => item?.id)).toEqual(['3', undefined, '1', '3', undefined, '2'])
  })

  test('may be none', async () => {
    expect(await documents().readMany([])).toEqual([])
    expect(await documents().writeEach([])).toEqual([])
  })

  test('are written each for itself: one conflict fails alone', async () => {
    await documents().write(create('p7', 'i7', { old: true }))
    const writes = Array.from({ length: 20 }, (_, n) => create(`p${n}`, `i${n}`))
    const results = await documents().writeEach([
      ...writes,
      replace('p1', 'never', '"1"'),
      upsert('p7', 'i7', { n: 2 }),
    ])
    expect(results.map(({ result }) => result)).toEqual([
      ...writes.map((_, n) => (n === 7 ? 'conflict' : 'written')),
      'changed',
      'written',
    ])
    const found = await documents().readMany(writes.map(({ item }) => ({ partition: String(item.pk), id: item.id })))
    expect(found.every(item => item !== undefined)).toBe(true)
  })

  test('may be more than the service takes in one request', async () => {
    const writes = Array.from({ length: 333 }, (_, n) => create(`p${n % 50}`, `i${n}`, { n }))
    const results = await documents().writeEach(writes)
    expect(results.every(({ result }) => result === 'written')).toBe(true)
    expect(new Set(results.map(result => JSON.stringify(result))).size).toBe(333)
    const keys = writes.map(({ item }) => ({ partition: String(item.pk), id: item.id }))
    const found = await documents().readMany([...keys].reverse())
    expect(found.map(item => item?.n)).toEqual(writes.map((_, n) => n).reverse())
    for (const [n, item] of found.entries()) expect(results[332 - n]).toEqual({ result: 'written', etag: item?._etag })
    expect(new Set((await documents().writeEach(writes)).map(({ result }) => result))).toEqual(new Set(['conflict']))
  })

  test('race for one id, and one wins', async () => {
    const results = await Promise.all(Array.from({ length: 30 }, (_, n) => documents().write(create('a', '1', { n }))))
    expect(results.filter(({ result }) => result === 'written')).toHaveLength(1)
    expect(results.filter(({ result }) => result === 'conflict')).toHaveLength(29)
  })
}

function together(documents: () => Documents, read: Read): void {
  test('are all written', async () => {
    await documents().write(create('a', 'old', { n: 1 }))
    const etag = (await read('a', 'old'))?._etag ?? ''
    const writes = [create('a', 'new', { n: 2 }), replace('a', 'old', etag, { n: 3 }), upsert('a', 'up', { n: 4 })]
    const answer = await documents().writeTogether('a', writes)
    expect(answer).toEqual({ result: 'written', etag: (await read('a', 'new'))?._etag })
    const found = await documents().readMany(['new', 'old', 'up'].map(id => ({ partition: 'a', id })))
    expect(found.map(item => item?.n)).toEqual([2, 3, 4])
  })

  test('may be a hundred', async () => {
    const writes = Array.from({ length: 100 }, (_, n) => create('a', `i${n}`))
    expect(await documents().writeTogether('a', writes)).toMatchObject({ result: 'written' })
    expect(await documents().query('a', { orderBy: { path: 'id' }, limit: 200 })).toHaveLength(100)
  })

  test.each([
    ['conflict', [create('a', 'new'), create('a', 'old')]],
    ['changed', [create('a', 'new'), replace('a', 'old', '"not this"', { n: 2 })]],
    ['changed', [create('a', 'new'), replace('a', 'never', '"1"')]],
    ['changed', [upsert('a', 'new'), replace('a', 'never', '"1"'), create('a', 'old')]],
    ['conflict', [upsert('a', 'new'), create('a', 'old'), replace('a', 'never', '"1"')]],
  ])('fail with the first failure (%s), and none is written', async (result, writes) => {
    await documents().write(create('a', 'old', { n: 1 }))
    expect(await documents().writeTogether('a', writes)).toEqual({ result })
    expect(await read('a', 'new')).toBeUndefined()
    expect(plain(await read('a', 'old'))).toEqual({ id: 'old', pk: 'a', n: 1 })
  })
}
