import { expect, it } from 'vitest'
import { throughEachDoor } from './doors.ts'

throughEachDoor('bulk', ({ newContainer }) => {
  it('gives each operation its own status, in order', async () => {
    const container = await newContainer()
    await container.items.create({ id: 'there', pk: 'a' })
    const results = await container.items.executeBulkOperations([
      { operationType: 'Create', partitionKey: 'a', resourceBody: { id: 'there', pk: 'a' } },
      { operationType: 'Create', partitionKey: 'b', resourceBody: { id: 'new', pk: 'b' } },
      { operationType: 'Read', partitionKey: 'a', id: 'there' },
      { operationType: 'Delete', partitionKey: 'c', id: 'missing' },
      { operationType: 'Upsert', partitionKey: 'd', resourceBody: { id: 'up', pk: 'd' } },
    ])
    expect(results.map(each => each.response?.statusCode ?? each.error?.code)).toEqual([409, 201, 200, 404, 201])
  })

  it('spreads many operations over the ranges', async () => {
    const container = await newContainer()
    const operations = Array.from({ length: 250 }, (_, index) => ({
      operationType: 'Upsert' as const,
      partitionKey: `p${index}`,
      resourceBody: { id: 'i', pk: `p${index}` },
    }))
    const results = await container.items.executeBulkOperations(operations)
    expect(results.every(each => each.response?.statusCode === 201)).toBe(true)
    expect((await container.items.query('SELECT VALUE COUNT(1) FROM c').fetchAll()).resources).toEqual([250])
  })

  it('stops a range at the first failure when told to', async () => {
    const container = await newContainer()
    const create = { operationType: 'Create' as const, resourceBody: { id: '1', pk: 'a' } }
    const later = { operationType: 'Create' as const, resourceBody: { id: '2', pk: 'a' } }
    const results = await container.items.bulk([create, create, later], { continueOnError: false })
    expect(results.map(each => each.statusCode)).toEqual([201, 409, 424])
  })
})
