import { expect, it } from 'vitest'
import { refusal, throughEachDoor } from './doors.ts'

throughEachDoor('databases and containers', ({ client, isLocal, newContainer }) => {
  it('creates, lists, queries and deletes databases', async () => {
    const id = `listed-${Math.random()}`
    const { database } = await client().databases.createIfNotExists({ id })
    expect(await refusal(client().databases.create({ id }))).toMatchObject({ code: 409 })
    expect((await client().databases.readAll().fetchAll()).resources.map(each => each.id)).toContain(id)
    const query = { query: 'SELECT * FROM root r WHERE r.id = @id', parameters: [{ name: '@id', value: id }] }
    expect((await client().databases.query(query).fetchAll()).resources).toHaveLength(1)
    await database.delete()
    expect(await refusal(database.read())).toMatchObject({ code: 404 })
  })

  it('fills in what a definition leaves out', async () => {
    const container = await newContainer({ partitionKey: { paths: ['/pk'] } })
    const { resource } = await container.read()
    expect(resource).toMatchObject({
      partitionKey: { paths: ['/pk'], kind: 'Hash', version: 1 },
      indexingPolicy: {
        indexingMode: 'consistent',
        automatic: true,
        includedPaths: [{ path: '/*' }],
        excludedPaths: [{ path: '/"_etag"/?' }],
      },
      geospatialConfig: { type: 'Geography' },
    })
  })

  it('has ranges that cover the ring, by throughput', async () => {
    const container = await newContainer({ throughput: 24_000 })
    const ranges = (await container.readPartitionKeyRanges().fetchAll()).resources
    expect(ranges).toHaveLength(4)
    expect(ranges[0]?.minInclusive).toBe('')
    expect(ranges.at(-1)?.maxExclusive).toBe('FF')
    expect(ranges.slice(1).map(each => each.minInclusive)).toEqual(ranges.slice(0, -1).map(each => each.maxExclusive))
  })

  it('replaces policies and keeps the items', async () => {
    const container = await newContainer()
    await container.items.create({ id: '1', pk: 'x' })
    const { resource } = await container.read()
    if (resource === undefined) throw new Error('The container is gone.')
    await container.replace({ ...resource, defaultTtl: 1000 })
    expect((await container.read()).resource).toMatchObject({ defaultTtl: 1000 })
    expect((await container.item('1', 'x').read()).statusCode).toBe(200)
    expect(await refusal(container.replace({ ...resource, partitionKey: { paths: ['/other'] } }))).toMatchObject({
      code: 400,
    })
  })

  it('keeps the unique key policy', async () => {
    const container = await newContainer({ uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/mail'] }] } })
    const { resource } = await container.read()
    const { uniqueKeyPolicy, ...rest } = { ...resource, id: container.id }
    expect(uniqueKeyPolicy).toBeDefined()
    expect(await refusal(container.replace(rest))).toMatchObject({ code: 403 })
  })

  it('shows and changes throughput', async () => {
    const container = await newContainer({ throughput: 12_000 })
    const { resource, offer } = await container.readOffer()
    expect(resource?.content?.offerThroughput).toBe(12_000)
    const changed = { ...resource, content: { ...resource?.content, offerThroughput: 13_000 } }
    await offer?.replace(changed as never)
    expect((await container.readOffer()).resource?.content?.offerThroughput).toBe(13_000)
  })

  const missing = it.skipIf(!isLocal) // An account has stored procedures.
  missing('says by name what is not there', async () => {
    const container = await newContainer()
    expect(
      (await refusal(container.scripts.storedProcedures.create({ id: 's', body: 'function () {}' }))).message,
    ).toContain('Stored procedures')
  })
})
