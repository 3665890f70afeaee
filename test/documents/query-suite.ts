import type { Condition, Documents, StoredItem } from '@remit/documents/documents'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { create } from './documents-suite.ts'
import type { Stores } from './stores.ts'

const ids = (items: readonly StoredItem[]) => items.map(({ id }) => id)

/** What the port promises of questions to one partition, and to all of them. */
export function querySuite(open: () => Promise<Stores>): void {
  let stores: Stores
  let documents: Documents
  beforeAll(async () => {
    stores = await open()
    documents = await stores.newContainer()
    await fill(documents)
  })
  afterAll(() => stores.close())

  describe('conditions', () => conditions(() => documents))
  describe('order and limit', () => orderAndLimit(() => documents))
  describe('a scan', () => scans(() => stores.newContainer()))
}

async function fill(documents: Documents): Promise<void> {
  const mixed = [
    create('mixed', 'number', { value: 5 }),
    create('mixed', 'more', { value: 7 }),
    create('mixed', 'text', { value: '5' }),
    create('mixed', 'later', { value: '7' }),
    create('mixed', 'true', { value: true }),
    create('mixed', 'false', { value: false }),
    create('mixed', 'null', { value: null }),
    create('mixed', 'object', { value: { deep: 5 } }),
    create('mixed', 'list', { value: [5] }),
    create('mixed', 'absent', { other: 5 }),
    create('elsewhere', 'number', { value: 5 }),
  ]
  const event = (transferId: string | undefined) => ({
    type: 'x',
    data: transferId === undefined ? {} : { transferId },
  })
  const lists = [
    create('lists', '1', { outcomes: [{ commandId: 'a' }, { commandId: 'b' }], events: [event('t1'), event('t2')] }),
    create('lists', '2', { outcomes: [{ commandId: 'c' }], events: [event(undefined), event('t1')] }),
    create('lists', '3', { outcomes: [], events: [] }),
    create('lists', '4', { outcomes: 'a', events: { data: { transferId: 't1' } } }),
    create('lists', '5', {}),
    create('lists', '6', { outcomes: [{ commandId: 7 }, null, 'a', { other: 'a' }], events: [{ data: null }, null] }),
  ]
  const rows = Array.from({ length: 130 }, (_, n) =>
    create('rows', String((n * 7) % 130).padStart(3, '0'), { group: n % 3, rank: n, deep: { rank: -n } }),
  )
  const results = await documents.writeEach([...mixed, ...lists, ...rows])
  expect(results.every(({ result }) => result === 'written')).toBe(true)
}

function conditions(documents: () => Documents): void {
  const ask = async (partition: string, ...where: Condition[]) =>
    ids(await documents().query(partition, { where, orderBy: { path: 'id' }, limit: 50 }))

  test.each<[Condition, string[]]>([
    [{ path: 'value', is: '=', value: 5 }, ['number']],
    [{ path: 'value', is: '=', value: '5' }, ['text']],
    [{ path: 'value', is: '=', value: true }, ['true']],
    [{ path: 'value', is: '=', value: false }, ['false']],
    [{ path: 'value', is: '<', value: 7 }, ['number']],
    [{ path: 'value', is: '<=', value: 7 }, ['more', 'number']],
    [{ path: 'value', is: '>', value: 5 }, ['more']],
    [{ path: 'value', is: '>=', value: 5 }, ['more', 'number']],
    [{ path: 'value', is: '<', value: '7' }, ['text']],
    [{ path: 'value', is: '<=', value: '7' }, ['later', 'text']],
    [{ path: 'value', is: '>', value: '5' }, ['later']],
    [{ path: 'value', is: '>=', value: '5' }, ['later', 'text']],
    [{ path: 'value', is: '>', value: '' }, ['later', 'text']],
    [{ path: 'value.deep', is: '=', value: 5 }, ['object']],
    [{ path: 'value.deep', is: 'defined' }, ['object']],
    [{ path: 'value.deep.deeper', is: 'defined' }, []],
    [{ path: 'nowhere', is: 'defined' }, []],
    [{ path: 'other', is: 'defined' }, ['absent']],
  ])('%j compares only what is of its type', async (condition, expected) => {
    expect(await ask('mixed', condition)).toEqual(expected)
  })

  test('a member that is null is defined', async () => {
    const found = await ask('mixed', { path: 'value', is: 'defined' })
    expect(found).toContain('null')
    expect(found).toHaveLength(9)
  })

  const some = (path: string, member: string, ...values: string[]): Condition => ({
    path,
    member,
    is: 'some in',
    values,
  })

  test.each<[Condition, string[]]>([
    [some('outcomes', 'commandId', 'a'), ['1']],
    [some('outcomes', 'commandId', 'b', 'c'), ['1', '2']],
    [some('outcomes', 'commandId', 'nobody'), []],
    [some('outcomes', 'commandId', '7'), []],
    [some('events', 'data.transferId', 't1'), ['1', '2']],
    [some('events', 'data.transferId', 't2', 't3'), ['1']],
    [some('events', 'data.nowhere', 't1'), []],
  ])('%j looks at each element', async (condition, expected) => {
    expect(await ask('lists', condition)).toEqual(expected)
  })

  test('all of several must hold', async () => {
    const between = [{ path: 'rank', is: '>=', value: 10 } as const, { path: 'rank', is: '<', value: 20 } as const]
    const found = await documents().query('rows', {
      where: [...between, { path: 'group', is: '=', value: 1 }],
      orderBy: { path: 'rank' },
      limit: 50,
    })
    expect(found.map(({ rank }) => rank)).toEqual([10, 13, 16, 19])
  })

  test('values are data, never part of the question', async () => {
    const nasty = `x' OR 1=1 --"]`
    expect(await ask('mixed', { path: 'value', is: '=', value: nasty })).toEqual([])
    expect(await ask('lists', some('outcomes', 'commandId', nasty, 'c'))).toEqual(['2'])
  })
}

function orderAndLimit(documents: () => Documents): void {
  test.each([1, 7, 100, 130, 500])('answers at most %d, in order of id', async limit => {
    const found = await documents().query('rows', { orderBy: { path: 'id' }, limit })
    const all = Array.from({ length: 130 }, (_, n) => String(n).padStart(3, '0'))
    expect(ids(found)).toEqual(all.slice(0, limit))
  })

  test('answers the last ones first when asked to', async () => {
    const found = await documents().query('rows', { orderBy: { path: 'id', descending: true }, limit: 3 })
    expect(ids(found)).toEqual(['129', '128', '127'])
  })

  test('goes on after an id, in either direction', async () => {
    const after = [{ path: 'id', is: '>', value: '119' }] as const
    expect(ids(await documents().query('rows', { where: after, orderBy: { path: 'id' }, limit: 2 }))).toEqual([
      '120',
      '121',
    ])
    const before = [{ path: 'id', is: '<', value: '003' }] as const
    const descending = { path: 'id', descending: true }
    expect(ids(await documents().query('rows', { where: before, orderBy: descending, limit: 5 }))).toEqual([
      '002',
      '001',
      '000',
    ])
  })

  test('orders numbers as numbers, also inside an object', async () => {
    const up = await documents().query('rows', { orderBy: { path: 'rank' }, limit: 12 })
    expect(up.map(({ rank }) => rank)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    const deep = await documents().query('rows', { orderBy: { path: 'deep.rank' }, limit: 2 })
    expect(deep.map(({ rank }) => rank)).toEqual([129, 128])
  })

  test('orders text by its characters, not by anybody’s language', async () => {
    const texts = ['Z', 'a', 'B', 'é', 'e', '10', '9', '', '€']
    await documents().writeEach(texts.map((text, n) => create('texts', `t${n}`, { text })))
    const found = await documents().query('texts', { orderBy: { path: 'text' }, limit: 50 })
    expect(found.map(({ text }) => text)).toEqual(['', '10', '9', 'B', 'Z', 'a', 'e', 'é', '€'])
  })

  test('asks one partition and no other', async () => {
    expect(await documents().query('nowhere', { orderBy: { path: 'id' }, limit: 5 })).toEqual([])
    expect(ids(await documents().query('elsewhere', { limit: 5 }))).toEqual(['number'])
  })
}

function scans(newContainer: () => Promise<Documents>): void {
  test('finds everything once, over partitions and ranges, in pages no larger than asked', async () => {
    const documents = await newContainer()
    const writes = Array.from({ length: 120 }, (_, n) => create(`p${n % 40}`, `i${n}`, { even: n % 2 === 0 }))
    await documents.writeEach(writes)
    const pages: StoredItem[][] = []
    for await (const page of documents.scan({ limit: 25 })) pages.push(page)
    expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(25)
    expect(pages.length).toBeGreaterThan(1)
    expect(pages.every(page => page.length > 0)).toBe(true)
    const found = pages.flat().map(({ id }) => id)
    expect(found.toSorted()).toEqual(writes.map(({ item }) => item.id).sort())
  })

  test('keeps to its conditions', async () => {
    const documents = await newContainer()
    const dues = Array.from({ length: 60 }, (_, n) => create(`p${n}`, 'i', n % 5 === 0 ? {} : { due: n }))
    await documents.writeEach(dues)
    const found: unknown[] = []
    for await (const page of documents.scan({ where: [{ path: 'due', is: '<=', value: 30 }], limit: 10 })) {
      found.push(...page.map(({ due }) => due))
    }
    expect(found.map(Number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 31 }, (_, n) => n).filter(n => n % 5 !== 0),
    )
  })

  test('of an empty container has no pages', async () => {
    const documents = await newContainer()
    for await (const page of documents.scan({ limit: 10 })) expect.fail(`an unexpected page of ${page.length}`)
  })

  test('may be left early', async () => {
    const documents = await newContainer()
    await documents.writeEach(Array.from({ length: 30 }, (_, n) => create(`p${n}`, 'i')))
    let pages = 0
    for await (const _page of documents.scan({ limit: 5 })) {
      pages += 1
      break
    }
    expect(pages).toBe(1)
  })
}
