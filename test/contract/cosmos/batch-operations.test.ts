import type { Container, OperationInput } from '@azure/cosmos'
import { beforeEach, describe, expect, it } from 'vitest'
import { refusal, throughEachDoor } from './doors.ts'

type Operation = Record<string, unknown>
const create = (id: string, more: object = {}) => ({ operationType: 'Create', resourceBody: { id, pk: 'x', ...more } })
const upsert = (id: string, more: object = {}) => ({ operationType: 'Upsert', resourceBody: { id, pk: 'x', ...more } })
const replace = (id: string, more: object = {}) => ({
  operationType: 'Replace',
  id,
  resourceBody: { id, pk: 'x', ...more },
})
const remove = (id: string) => ({ operationType: 'Delete', id })
const read = (id: string) => ({ operationType: 'Read', id })
const patch = (id: string, op: string, rest: object = {}) => ({
  operationType: 'Patch',
  id,
  resourceBody: { operations: [{ op, path: '/n', value: 1 }], ...rest },
})

/** Batches on a partition with the items `a` (n = 1) and `b`, and the status of each operation if all succeed. */
const done: [what: string, operations: Operation[], statuses: number[]][] = [
  ['a create', [create('c')], [201]],
  ['an upsert of a new item', [upsert('c')], [201]],
  ['an upsert of an item that is there', [upsert('a')], [200]],
  ['a replace', [replace('a', { n: 2 })], [200]],
  ['a patch', [patch('a', 'incr')], [200]],
  ['a patch whose condition holds', [patch('a', 'incr', { condition: 'from c where c.n = 1' })], [200]],
  ['a delete', [remove('a')], [204]],
  ['a read', [read('a')], [200]],
  ['a create and a read of it', [create('c'), read('c')], [201, 200]],
  ['a delete and a create with the same id', [remove('a'), create('a')], [204, 201]],
  ['two patches of one item', [patch('a', 'incr'), patch('a', 'incr')], [200, 200]],
  ['an upsert, a replace and a delete of one item', [upsert('c'), replace('c'), remove('c')], [201, 200, 204]],
]

/** What fails, with which status and substatus. */
const failing: [what: string, operation: Operation, status: number, substatus?: number][] = [
  ['a create of an item that is there', create('a'), 409],
  ['a replace of a missing item', replace('z'), 404],
  ['a delete of a missing item', remove('z'), 404],
  ['a read of a missing item', read('z'), 404],
  ['a patch of a missing item', patch('z', 'set'), 404],
  ['a patch that removes what is missing', patch('b', 'remove'), 400],
  ['a patch whose condition does not hold', patch('a', 'set', { condition: 'from c where c.n = 9' }), 412],
  ['a replace of another version', { ...replace('a'), ifMatch: '"other"' }, 412],
  ['a delete of another version', { ...remove('a'), ifMatch: '"other"' }, 412],
  ['an item of another partition', { operationType: 'Create', resourceBody: { id: 'c', pk: 'y' } }, 400, 1001],
  ['an item without its partition key', { operationType: 'Create', resourceBody: { id: 'c' } }, 400, 1001],
  ['a wrong ttl', create('c', { ttl: 0 }), 400],
]

throughEachDoor('operations of a batch', ({ newContainer }) => {
  let container: Container
  let count = 0
  beforeEach(async () => {
    container ??= await newContainer()
  })
  /** Each test has a partition to itself. */
  const partition = async () => {
    const pk = `p${++count}`
    await container.items.create({ id: 'a', pk, n: 1 })
    await container.items.create({ id: 'b', pk })
    const own = (operation: Operation): OperationInput => {
      const body = operation.resourceBody as Operation | undefined
      const moved = body?.pk === 'x' ? { ...operation, resourceBody: { ...body, pk } } : operation
      return moved as never
    }
    const all = async () =>
      (await container.items.query('SELECT c.id, c.n FROM c', { partitionKey: pk }).fetchAll()).resources
    return { pk, own, all }
  }

  it.each(done)('%s', async (_, operations, statuses) => {
    const { pk, own } = await partition()
    const { code, result } = await container.items.batch(operations.map(own), pk)
    expect(code).toBe(200)
    expect(result?.map(({ statusCode }) => statusCode)).toEqual(statuses)
    expect(result?.every(({ requestCharge }) => requestCharge > 0)).toBe(true)
  })

  describe.each(failing)('%s', (_, operation, status, substatus) => {
    it('fails the batch, and nothing of it is written', async () => {
      const { pk, own, all } = await partition()
      const before = await all()
      const { code, result } = await container.items.batch([create('n1'), operation, create('n2')].map(own), pk)
      expect(code).toBe(207)
      expect(result?.map(({ statusCode }) => statusCode)).toEqual([424, status, 424])
      if (substatus !== undefined) expect(result?.[1]).toMatchObject({ subStatusCode: substatus })
      expect(await all()).toEqual(before)
    })

    it('fails alone in bulk', async () => {
      const { pk, own, all } = await partition()
      const operations = [create('n1'), operation, create('n2')].map(own).map(each => ({ ...each, partitionKey: pk }))
      const results = await container.items.bulk(operations as OperationInput[], { continueOnError: true })
      expect(results.map(({ statusCode }) => statusCode)).toEqual([201, status, 201])
      expect((await all()).map(({ id }) => id).sort()).toEqual(['a', 'b', 'n1', 'n2'])
    })
  })

  it('gives bodies and etags of what was written and read', async () => {
    const { pk, own } = await partition()
    const { result } = await container.items.batch([replace('a', { n: 5 }), read('a'), remove('b')].map(own), pk)
    expect(result?.[0]?.resourceBody).toMatchObject({ id: 'a', n: 5 })
    expect(result?.[1]?.resourceBody).toEqual(result?.[0]?.resourceBody)
    expect(result?.[1]?.eTag).toBe(result?.[0]?.eTag)
    expect(result?.[2]).not.toHaveProperty('resourceBody')
  })

  it('refuses more than a hundred, and none', async () => {
    const { pk, own } = await partition()
    const many = Array.from({ length: 101 }, (_, n) => own(create(`i${n}`)))
    expect(await refusal(container.items.batch(many, pk))).toMatchObject({ message: expect.stringMatching(/10[01]/) })
    expect(await refusal(container.items.batch([], pk))).toBeDefined()
  })

  it('refuses an operation that does not exist', async () => {
    const { pk, own } = await partition()
    const call = container.items.batch([own({ operationType: 'Merge', id: 'a' })], pk)
    const outcome = await call.then(
      ({ result }) => result?.[0]?.statusCode,
      ({ code }) => code,
    )
    expect(outcome).toBe(400)
  })
})
