import { type Container, type ContainerRequest, type Database, IndexingMode } from '@azure/cosmos'
import { beforeAll, expect, it } from 'vitest'
import { throughEachDoor } from './doors.ts'

const etagPath = { path: '/"_etag"/?' }

/** What is asked of a container, and what its definition says afterwards. */
const kept: [what: string, asked: Partial<ContainerRequest>, said: object][] = [
  ['nothing', {}, { conflictResolutionPolicy: { mode: 'LastWriterWins', conflictResolutionPath: '/_ts' } }],
  ['nothing about space', {}, { geospatialConfig: { type: 'Geography' } }],
  [
    'nothing about indexes',
    {},
    { indexingPolicy: { indexingMode: 'consistent', automatic: true, includedPaths: [{ path: '/*' }] } },
  ],
  ['a time to live', { defaultTtl: 60 }, { defaultTtl: 60 }],
  ['a time to live of each item', { defaultTtl: -1 }, { defaultTtl: -1 }],
  [
    'excluded paths',
    { indexingPolicy: { excludedPaths: [{ path: '/a/*' }] } },
    { indexingPolicy: { excludedPaths: [{ path: '/a/*' }, etagPath] } },
  ],
  [
    'the etag excluded',
    { indexingPolicy: { excludedPaths: [etagPath] } },
    { indexingPolicy: { excludedPaths: [etagPath] } },
  ],
  [
    'included paths',
    { indexingPolicy: { includedPaths: [{ path: '/a/?' }], excludedPaths: [{ path: '/*' }] } },
    { indexingPolicy: { includedPaths: [{ path: '/a/?' }] } },
  ],
  [
    'no index',
    { indexingPolicy: { indexingMode: IndexingMode.none, automatic: false } },
    { indexingPolicy: { indexingMode: 'none' } },
  ],
  [
    'composite indexes',
    {
      indexingPolicy: {
        compositeIndexes: [
          [
            { path: '/a', order: 'ascending' },
            { path: '/b', order: 'descending' },
          ],
        ],
      },
    },
    {
      indexingPolicy: {
        compositeIndexes: [
          [
            { path: '/a', order: 'ascending' },
            { path: '/b', order: 'descending' },
          ],
        ],
      },
    },
  ],
  [
    'unique keys',
    { uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/a', '/b/c'] }] } },
    { uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/a', '/b/c'] }] } },
  ],
  ['a path as text', { partitionKey: '/own' as never }, { partitionKey: { paths: ['/own'], kind: 'Hash' } }],
]

const offers: [what: string, asked: Partial<ContainerRequest>, content: object][] = [
  ['least throughput', { throughput: 400 }, { offerThroughput: 400 }],
  ['more throughput', { throughput: 2_300 }, { offerThroughput: 2_300 }],
  [
    'autoscale',
    { throughput: undefined as never, maxThroughput: 4_000 },
    { offerAutopilotSettings: { maxThroughput: 4_000 } },
  ],
]

throughEachDoor('definitions of containers', ({ client, newContainer }) => {
  let database: Database
  let first: Container
  beforeAll(async () => {
    first = await newContainer({ throughput: 400 })
    database = first.database
  })

  it.each(kept)('with %s', async (_, asked, said) => {
    const container = await newContainer({ throughput: 400, ...asked })
    const { resource } = await container.read()
    expect(resource).toMatchObject({ id: container.id, ...said })
    const { resources } = await database.containers.readAll().fetchAll()
    expect(resources.find(({ id }) => id === container.id)).toStrictEqual(resource)
  })

  it.each(offers)('with %s have an offer that says so', async (_, asked, content) => {
    const container = await newContainer(asked)
    const { resource } = await container.readOffer()
    expect(resource).toMatchObject({ offerVersion: 'V2', offerResourceId: (await container.read()).resource?._rid })
    expect(resource?.content).toMatchObject(content)
    await container.delete()
    const { resources } = await client().offers.readAll().fetchAll()
    expect(resources.find(({ id }) => id === resource?.id)).toBeUndefined()
  })

  it('change the time to live, and take it away', async () => {
    const container = await newContainer({ throughput: 400, defaultTtl: 60 })
    const { resource } = await container.read()
    if (resource === undefined) throw new Error('The container is gone.')
    expect((await container.replace({ ...resource, defaultTtl: 90 })).resource?.defaultTtl).toBe(90)
    const { defaultTtl, ...rest } = resource
    expect(defaultTtl).toBe(60)
    expect((await container.replace({ ...rest, id: container.id })).resource).not.toHaveProperty('defaultTtl')
  })

  it('have a new etag with each change, and keep their _rid', async () => {
    const { resource } = await first.read()
    if (resource === undefined) throw new Error('The container is gone.')
    const { resource: changed } = await first.replace({ ...resource, defaultTtl: 5 })
    expect(changed?._etag).not.toBe(resource._etag)
    expect(changed?._rid).toBe(resource._rid)
  })

  it('of the same id, made again, are another container', async () => {
    const container = await newContainer({ id: 'again', throughput: 400 })
    const { resource } = await container.read()
    await container.items.create({ id: '1', pk: 'x' })
    await container.delete()
    const again = await newContainer({ id: 'again', throughput: 400 })
    expect((await again.read()).resource?._rid).not.toBe(resource?._rid)
    expect((await again.items.readAll().fetchAll()).resources).toEqual([])
  })
})
