import { expect, it } from 'vitest'
import { refusal, throughEachDoor } from './doors.ts'

throughEachDoor('items', ({ newContainer }) => {
  it('creates, reads, replaces and deletes', async () => {
    const container = await newContainer()
    const created = await container.items.create({ id: 'a', pk: 'x', n: 1 })
    expect(created.statusCode).toBe(201)
    expect(created.headers['x-ms-session-token']).toMatch(/^\d+:-1#\d+$/)
    expect(created.etag).toBe(created.resource?._etag)
    const item = container.item('a', 'x')
    expect((await item.read()).resource).toMatchObject({ id: 'a', pk: 'x', n: 1 })
    expect((await item.replace({ id: 'a', pk: 'x', n: 2 })).statusCode).toBe(200)
    expect((await item.delete()).statusCode).toBe(204)
    expect((await item.read()).statusCode).toBe(404)
  })

  it('refuses a second item with the same id and key, not with another key', async () => {
    const container = await newContainer()
    await container.items.create({ id: 'a', pk: 1 })
    expect(await refusal(container.items.create({ id: 'a', pk: 1 }))).toMatchObject({ code: 409 })
    expect((await container.items.create({ id: 'a', pk: '1' })).statusCode).toBe(201)
    expect((await container.items.create({ id: 'a', pk: null })).statusCode).toBe(201)
    expect((await container.items.create({ id: 'a' })).statusCode).toBe(201)
    expect((await container.item('a', undefined).read()).resource).not.toHaveProperty('pk')
  })

  it('upserts: 201 then 200', async () => {
    const container = await newContainer()
    expect((await container.items.upsert({ id: 'a', pk: 'x' })).statusCode).toBe(201)
    expect((await container.items.upsert({ id: 'a', pk: 'x' })).statusCode).toBe(200)
  })

  it('checks etags on write and read', async () => {
    const container = await newContainer()
    const { etag } = await container.items.create({ id: 'a', pk: 'x', n: 1 })
    const item = container.item('a', 'x')
    const ifMatch = { accessCondition: { type: 'IfMatch', condition: etag } }
    expect((await item.replace({ id: 'a', pk: 'x', n: 2 }, ifMatch)).statusCode).toBe(200)
    expect(await refusal(item.replace({ id: 'a', pk: 'x', n: 3 }, ifMatch))).toMatchObject({ code: 412 })
    expect(await refusal(item.delete(ifMatch))).toMatchObject({ code: 412 })
    const current = (await item.read()).etag
    const ifNoneMatch = { accessCondition: { type: 'IfNoneMatch', condition: current } }
    expect((await item.read(ifNoneMatch)).statusCode).toBe(304)
  })

  it('compares the partition key with the item', async () => {
    const container = await newContainer()
    await container.items.create({ id: 'a', pk: 'x' })
    expect(await refusal(container.item('a', 'x').replace({ id: 'a', pk: 'y' }))).toMatchObject({
      code: 400,
      substatus: 1001,
    })
  })

  it('keeps ids with unusual characters', async () => {
    const container = await newContainer()
    for (const id of ['a?b', 'a b', 'ä€😀', 'a%20b', 'a+b', "it's"]) {
      await container.items.create({ id, pk: id })
      expect((await container.item(id, id).read()).resource).toMatchObject({ id, pk: id })
    }
  })

  it('refuses an item above 2 MB and a wrong ttl', async () => {
    const container = await newContainer()
    const tooLarge = { id: 'a', pk: 'x', text: 'x'.repeat(2 * 1024 * 1024 + 1) }
    expect(await refusal(container.items.create(tooLarge))).toMatchObject({ code: 413 })
    expect(await refusal(container.items.create({ id: 'a', pk: 'x', ttl: 0 }))).toMatchObject({ code: 400 })
  })

  it('holds unique keys within a partition', async () => {
    const container = await newContainer({ uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/mail'] }] } })
    await container.items.create({ id: 'a', pk: 'x', mail: 'm' })
    expect(await refusal(container.items.create({ id: 'b', pk: 'x', mail: 'm' }))).toMatchObject({ code: 409 })
    await container.items.create({ id: 'b', pk: 'y', mail: 'm' })
    await container.item('a', 'x').delete()
    await container.items.create({ id: 'b', pk: 'x', mail: 'm' })
  })

  it('patches, with a condition', async () => {
    const container = await newContainer()
    await container.items.create({ id: 'a', pk: 'x', n: 1, list: [1, 3] })
    const item = container.item('a', 'x')
    const { resource } = await item.patch([
      { op: 'incr', path: '/n', value: 2 },
      { op: 'set', path: '/new', value: { deep: true } },
      { op: 'add', path: '/list/1', value: 2 },
    ])
    expect(resource).toMatchObject({ n: 3, new: { deep: true }, list: [1, 2, 3] })
    const condition = 'from c where c.n = 1'
    expect(await refusal(item.patch({ condition, operations: [{ op: 'remove', path: '/n' }] }))).toMatchObject({
      code: 412,
    })
  })

  it('agrees with the client on every kind of partition key', async () => {
    for (const version of [1, 2]) {
      const container = await newContainer({ partitionKey: { paths: ['/pk'], version } })
      const keys = ['', 'x', 'ä€😀', 'x'.repeat(120), 0, -1.5, 1e300, true, false, null]
      const operations = keys.map((pk, index) => ({
        operationType: 'Create' as const,
        partitionKey: pk,
        resourceBody: { id: `i${index}`, pk },
      }))
      const results = await container.items.executeBulkOperations(operations)
      expect(results.map(result => result.response?.statusCode)).toEqual(keys.map(() => 201))
    }
  })

  it('takes hierarchical keys', async () => {
    const container = await newContainer({
      partitionKey: { paths: ['/a', '/b'], kind: 'MultiHash' as never, version: 2 },
    })
    await container.items.create({ id: '1', a: 'x', b: 1 })
    expect((await container.item('1', ['x', 1]).read()).resource).toMatchObject({ a: 'x', b: 1 })
    expect((await container.item('1', ['x', 2]).read()).statusCode).toBe(404)
  })

  it('deletes a whole partition', async () => {
    const container = await newContainer()
    for (const id of ['1', '2']) await container.items.create({ id, pk: 'x' })
    await container.deleteAllItemsForPartitionKey('x')
    expect((await container.items.query('SELECT * FROM c', { partitionKey: 'x' }).fetchAll()).resources).toEqual([])
  })
})
