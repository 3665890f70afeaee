import { ChangeFeedStartFrom, type Container } from '@azure/cosmos'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { IndexedTerms } from '../../../local/cosmos/src/indexed-terms.ts'
import { throughEachDoor } from './doors.ts'

/** Nine indexed values with the system properties, and less than 1 KB: the item the figures of the service fit. */
const small = (id: string, pk = 'x') => ({ id, pk, name: 'Ada', city: 'London', text: 'x'.repeat(400) })
const create = (id: string) => ({ operationType: 'Create' as const, resourceBody: small(id, 'many') })

/** What one indexed value costs. */
const step = 4 / 21

async function chargeOf(call: Promise<{ requestCharge: number }>): Promise<number> {
  return (await call).requestCharge
}

async function queryCharge(container: Container, partitionKey: string): Promise<number> {
  return (await container.items.query('SELECT * FROM c', { partitionKey, maxItemCount: 1000 }).fetchNext())
    .requestCharge
}

throughEachDoor('charges', ({ newContainer }) => {
  it('are those seen on the service', async () => {
    const container = await newContainer()
    const item = container.item('1', 'x')
    expect(await chargeOf(container.items.create(small('1')))).toBe(6.67)
    expect(await chargeOf(item.read())).toBe(1)
    expect(await queryCharge(container, 'x')).toBe(2.26)
    expect(await chargeOf(container.items.upsert({ ...small('1'), city: 'Paris' }))).toBe(10.67)
    expect(await chargeOf(item.replace({ ...small('1'), name: 'Alan', city: 'Wilmslow' }))).toBe(11.05)
    expect(await chargeOf(item.delete())).toBe(6.67)
    expect((await container.items.batch([create('a'), create('b')], 'many')).headers['x-ms-request-charge']).toBe(
      '12.57',
    )
  })

  it('of a hundred creates in a batch, and of a query of a thousand rows, too', async () => {
    const container = await newContainer()
    for (let batch = 0; batch < 10; batch++) {
      const operations = Array.from({ length: 100 }, (_, index) => create(`${batch}-${index}`))
      const { headers } = await container.items.batch(operations, 'many')
      expect(headers['x-ms-request-charge']).toBe('704.76')
    }
    expect(await queryCharge(container, 'many')).toBe(17.16)
  })

  it('in bulk are those of the single operations', async () => {
    const container = await newContainer()
    const [created, missing] = await container.items.executeBulkOperations([
      { operationType: 'Create', partitionKey: 'x', resourceBody: small('1') },
      { operationType: 'Read', partitionKey: 'x', id: 'missing' },
    ])
    expect(created?.response?.requestCharge).toBe(6.67)
    expect(missing?.error?.requestCharge).toBe(1)
  })

  it.each([
    [1, 4.76, 4.8],
    [2, 9.95, 10.1],
    [16, 145.9, 147],
  ])('grow with the size of the item: read %d times 64 KB', async (times, least, most) => {
    const container = await newContainer()
    const text = 'x'.repeat(times * 64 * 1024)
    const created = await chargeOf(container.items.create({ id: 'large', pk: 'x', text }))
    const read = await chargeOf(container.item('large', 'x').read())
    expect(read).toBeGreaterThanOrEqual(least)
    expect(read).toBeLessThan(most)
    expect(created).toBeGreaterThan(4 * read)
    expect(await queryCharge(container, 'x')).toBeCloseTo(2.26 + read - 1, 1)
  })

  it.each([
    [
      'one for each value, elements of arrays too',
      {},
      { tags: ['a', 'b', 'c'], inner: { id: 1, deep: { b: null } } },
      5,
    ],
    ['none below an excluded path', { excludedPaths: [{ path: '/inner/*' }] }, { inner: { a: 1, deep: { b: 2 } } }, 0],
    [
      'but a deeper included one',
      { excludedPaths: [{ path: '/inner/*' }], includedPaths: [{ path: '/*' }, { path: '/inner/[]/a/?' }] },
      { inner: [{ a: 1, b: 2 }, { a: 3 }] },
      2,
    ],
    [
      'without id and time when all is excluded',
      { excludedPaths: [{ path: '/*' }], includedPaths: [] },
      { a: 1 },
      2 - 9,
    ],
    ['nothing at all without an index', { indexingMode: 'none' as const }, { a: 1 }, -9],
  ])('grow with the indexed values: %s', async (_, indexingPolicy, more, terms) => {
    const container = await newContainer({ indexingPolicy })
    const created = await chargeOf(container.items.create({ ...small('1'), ...more }))
    expect(created).toBeCloseTo((35 + terms) * step, 2)
    expect(await chargeOf(container.item('1', 'x').delete())).toBe(created)
  })

  it.each([
    ['nothing', {}, 0],
    ['a value', { name: 'Alan' }, 2],
    ['a value and its type', { name: 7 }, 2],
    ['values next to each other', { name: 'Alan', city: null }, 4],
    ['a value that becomes an object', { name: { first: 'Ada', last: 'Lovelace' } }, 3],
    ['one more value', { more: true }, 1],
  ])('of a replace tell how much changed: %s', async (_, change, terms) => {
    const container = await newContainer()
    await container.items.create(small('1'))
    const replaced = await chargeOf(container.items.upsert({ ...small('1'), ...change }))
    expect(replaced).toBeCloseTo((2 * 26 + 2 + terms) * step, 2)
  })

  it('of a patch are those of the replace, and two steps for each of its operations', async () => {
    const container = await newContainer()
    await container.items.create(small('1'))
    const patched = await chargeOf(container.item('1', 'x').patch([{ op: 'set', path: '/city', value: 'Paris' }]))
    expect(patched).toBeCloseTo(10.67 + 2 * step, 2)
  })

  it('of a feed are those of reading its items', async () => {
    const container = await newContainer()
    for (let n = 0; n < 5; n++) await container.items.create(small(String(n)))
    const feed = container.items.getChangeFeedIterator({ changeFeedStartFrom: ChangeFeedStartFrom.Beginning('x') })
    expect(await chargeOf(feed.readNext())).toBe(5)
    expect(await chargeOf(feed.readNext())).toBe(1)
  })

  it('of refusals are small', async () => {
    const container = await newContainer()
    await container.items.create(small('1'))
    expect(await chargeOf(container.item('missing', 'x').read())).toBe(1)
    const conflict = await container.items.create(small('1')).catch(error => error)
    expect(conflict).toMatchObject({ code: 409, headers: { 'x-ms-request-charge': '1.24' } })
  })
})

it('of a replace are the same whether the texts are compared or parsed', () => {
  const item = fc.dictionary(fc.constantFrom('a', 'b', '"', '_rid', 'id'), fc.jsonValue({ maxDepth: 2 }), {
    maxKeys: 4,
  })
  const stored = (body: unknown) =>
    `${JSON.stringify({ id: '1', body }).slice(0, -1)},"_rid":"r","_etag":"\\"e\\"","_ts":1}`
  const comparing = new IndexedTerms({ includedPaths: [{ path: '/*' }] })
  const parsing = new IndexedTerms({ includedPaths: [{ path: '/*' }, { path: '/elsewhere/?' }] })
  const similar = item.chain(before => {
    const names = Object.keys(before)
    const change =
      names.length === 0 ? fc.constant({}) : fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 1 }))
    return fc.tuple(
      fc.constant(before),
      fc.oneof(
        change.map(one => ({ ...before, ...one })),
        item,
      ),
    )
  })
  fc.assert(
    fc.property(similar, ([before, after]) => {
      expect(comparing.changed(stored(before), stored(after))).toBe(parsing.changed(stored(before), stored(after)))
    }),
    {
      numRuns: 2_000,
      examples: [[[{ a: [] }, { a: [1] }]], [[{ a: [[]] }, { a: [['x']] }]], [[{ a: '"' }, { a: '\n' }]]],
    },
  )
})
