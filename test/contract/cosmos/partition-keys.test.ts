import { type Container, PartitionKeyBuilder, PartitionKeyKind } from '@azure/cosmos'
import { beforeAll, describe, expect, it } from 'vitest'
import { refusal, throughEachDoor } from './doors.ts'

const values = [
  '',
  'x',
  ' x',
  'X',
  '1',
  1,
  0,
  -1,
  0.5,
  1e300,
  true,
  false,
  'true',
  null,
  'null',
  'ä€💳',
  'y'.repeat(2048),
]
/** Alike, and yet not the same. */
const alike = [
  [1, '1'],
  [true, 'true'],
  [null, 'null'],
  ['x', 'X'],
  ['x', ' x'],
  [0, false],
] as const

throughEachDoor('partition keys', ({ newContainer }) => {
  describe.each([1, 2])('version %i', version => {
    let container: Container
    beforeAll(async () => {
      container = await newContainer({ partitionKey: { paths: ['/pk'], version } })
    })

    it.each(values.map(value => [value]))('%j finds its own items only', async pk => {
      await container.items.create({ id: 'same', pk })
      expect((await container.item('same', pk).read()).resource?.pk).toBe(pk)
      const { resources } = await container.items.query('SELECT VALUE c.pk FROM c', { partitionKey: pk }).fetchAll()
      expect(resources).toEqual([pk])
    })

    it.each(alike)('%j is not %j', async (one, other) => {
      await container.items.upsert({ id: 'alike', pk: one })
      await container.items.upsert({ id: 'alike', pk: other })
      await container.item('alike', one).delete()
      expect((await container.item('alike', other).read()).statusCode).toBe(200)
    })

    it('a missing value is one of its own', async () => {
      await container.items.create({ id: 'none' })
      expect((await container.item('none', undefined).read()).statusCode).toBe(200)
      expect((await container.item('none', null).read()).statusCode).toBe(404)
    })
  })

  it.each([
    ['an array', { pk: ['x'] }],
    ['an object', { pk: { a: 1 } }],
    ['another value', { pk: 'y' }],
    ['a number for a text', { pk: 1 }],
    ['nothing', {}],
  ])('an item with %s does not belong to x', async (_, rest) => {
    const container = await newContainer()
    const { result } = await container.items.batch(
      [{ operationType: 'Create', resourceBody: { id: '1', ...rest } as never }],
      'x',
    )
    expect(result?.[0]).toMatchObject({ statusCode: 400, subStatusCode: 1001 })
  })

  it('longer than 2048 bytes are refused', async () => {
    const container = await newContainer()
    expect(await refusal(container.items.create({ id: '1', pk: 'y'.repeat(2049) }))).toMatchObject({ code: 400 })
  })

  it('may lie deep, under names that need quotes', async () => {
    const container = await newContainer({ partitionKey: { paths: ['/a/"b c"/d'], version: 2 } })
    expect((await container.items.create({ id: '1', a: { 'b c': { d: 'x' } } })).statusCode).toBe(201)
    expect((await container.item('1', 'x').read()).statusCode).toBe(200)
  })

  it.each([
    ['no path', { paths: [] }],
    ['a path without a slash', { paths: ['pk'] }],
    ['a trailing slash', { paths: ['/pk/'] }],
    ['a wildcard', { paths: ['/*'] }],
    ['two paths of one level', { paths: ['/a', '/b'], kind: PartitionKeyKind.Hash }],
    ['four levels', { paths: ['/a', '/b', '/c', '/d'], kind: PartitionKeyKind.MultiHash, version: 2 }],
  ])('with %s are no definition', async (_, partitionKey) => {
    expect(await refusal(newContainer({ partitionKey }))).toMatchObject({ code: 400 })
  })

  it('of several levels are compared level by level', async () => {
    const partitionKey = { paths: ['/a', '/b', '/c'], kind: PartitionKeyKind.MultiHash, version: 2 }
    const container = await newContainer({ partitionKey })
    for (const c of [1, '1', null]) await container.items.create({ id: 'i', a: 'x', b: true, c: c as never })
    await container.items.create({ id: 'i', a: 'x', b: true })
    expect((await container.item('i', ['x', true, 1]).read()).resource?.c).toBe(1)
    expect((await container.item('i', ['x', true, '1']).read()).resource?.c).toBe('1')
    const none = new PartitionKeyBuilder().addValue('x').addValue(true).addNoneValue().build()
    expect((await container.item('i', none).read()).resource).not.toHaveProperty('c')
    expect((await container.item('i', ['x', false, 1]).read()).statusCode).toBe(404)
    expect(await refusal(container.item('i', ['x', true]).read())).toMatchObject({ code: 400 })
  })
})
