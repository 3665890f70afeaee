import { ChangeFeedStartFrom } from '@azure/cosmos'
import { expect, it } from 'vitest'
import { refusal, throughEachDoor } from './doors.ts'

type Change = { id: string; _lsn: number }

const create = (id: string, pk = 'x') => ({ operationType: 'Create' as const, resourceBody: { id, pk } })

throughEachDoor('transactional batch', ({ newContainer }) => {
  it('writes all operations under one LSN', async () => {
    const container = await newContainer()
    const { code, result } = await container.items.batch(
      [create('1'), create('2'), { operationType: 'Read', id: '1' }],
      'x',
    )
    expect(code).toBe(200)
    expect(result?.map(each => each.statusCode)).toEqual([201, 201, 200])
    const start = ChangeFeedStartFrom.Beginning('x')
    const page = await container.items
      .getChangeFeedIterator<Change>({ changeFeedStartFrom: start, maxItemCount: 1 })
      .readNext()
    expect(page.result).toHaveLength(2)
    expect(page.result[0]?._lsn).toBe(page.result[1]?._lsn)
  })

  it('writes nothing if one operation fails', async () => {
    const container = await newContainer()
    await container.items.create({ id: '2', pk: 'x', n: 1 })
    const replaced = { operationType: 'Replace' as const, id: '2', resourceBody: { id: '2', pk: 'x', n: 2 } }
    const { code, result } = await container.items.batch([create('1'), replaced, create('2'), create('3')], 'x')
    expect(code).toBe(207)
    expect(result?.map(each => each.statusCode)).toEqual([424, 424, 409, 424])
    const { resources } = await container.items.query('SELECT c.id, c.n FROM c', { partitionKey: 'x' }).fetchAll()
    expect(resources).toEqual([{ id: '2', n: 1 }])
  })

  it('checks If-Match per operation, and the partition key', async () => {
    const container = await newContainer()
    await container.items.create({ id: '1', pk: 'x' })
    const stale = { operationType: 'Replace' as const, id: '1', ifMatch: '"no"', resourceBody: { id: '1', pk: 'x' } }
    expect((await container.items.batch([stale], 'x')).result?.[0]?.statusCode).toBe(412)
    expect((await container.items.batch([create('9', 'other')], 'x')).result?.[0]?.statusCode).toBe(400)
  })

  it('takes 100 operations, and refuses 2 MB', async () => {
    const container = await newContainer()
    const hundred = Array.from({ length: 100 }, (_, index) => create(`i${index}`))
    expect((await container.items.batch(hundred, 'x')).code).toBe(200)
    const large = {
      operationType: 'Create' as const,
      resourceBody: { id: 'l', pk: 'x', text: 'x'.repeat(2 * 1024 * 1024) },
    }
    expect((await refusal(container.items.batch([large], 'x'))).message).toContain('too large')
  })

  it('leaves bodies out when asked', async () => {
    const container = await newContainer()
    const { result } = await container.items.batch([create('1')], 'x', { contentResponseOnWriteEnabled: false })
    expect(result?.[0]).not.toHaveProperty('resourceBody')
  })
})
