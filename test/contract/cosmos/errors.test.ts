import type { Container, CosmosClient, Database, RequestOptions } from '@azure/cosmos'
import { beforeAll, describe, expect, it } from 'vitest'
import { refusal, throughEachDoor } from './doors.ts'

/** The item `there` has the mail `m`, which is unique, and the partition key `x`. */
type Place = { client: CosmosClient; database: Database; container: Container }
type Row = [what: string, call: (place: Place) => Promise<unknown>, code: number, substatus?: number]

const there = { id: 'there', pk: 'x', mail: 'm' }
const ifMatch = (condition: string): RequestOptions => ({ accessCondition: { type: 'IfMatch', condition } })
const missing = (place: Place) => place.database.container('missing')
const nowhere = (place: Place) => place.client.database('missing')
const partitionKey = '/pk'

const rows: Row[] = [
  ['a database with an id that is taken', p => p.client.databases.create({ id: p.database.id }), 409],
  ['a missing database', p => nowhere(p).read(), 404],
  ['the end of a missing database', p => nowhere(p).delete(), 404],
  ['a container in a missing database', p => nowhere(p).containers.create({ id: 'c', partitionKey }), 404],
  ['the containers of a missing database', p => nowhere(p).containers.readAll().fetchAll(), 404],
  [
    'a container with an id that is taken',
    p => p.database.containers.create({ id: p.container.id, partitionKey }),
    409,
  ],
  ['a missing container', p => missing(p).read(), 404],
  ['the end of a missing container', p => missing(p).delete(), 404],
  [
    'a replace of a missing container',
    p => missing(p).replace({ id: 'missing', partitionKey: { paths: ['/pk'] } }),
    404,
  ],
  ['the ranges of a missing container', p => missing(p).readPartitionKeyRanges().fetchAll(), 404],
  ['a query in a missing container', p => missing(p).items.query('SELECT * FROM c').fetchAll(), 404],
  ['a create that is there', p => p.container.items.create(there), 409],
  ['a unique value that is taken', p => p.container.items.create({ id: 'new', pk: 'x', mail: 'm' }), 409],
  [
    'an upsert with a unique value that is taken',
    p => p.container.items.upsert({ id: 'new', pk: 'x', mail: 'm' }),
    409,
  ],
  ['a replace of a missing item', p => p.container.item('no', 'x').replace({ id: 'no', pk: 'x' }), 404],
  ['a replace in another partition', p => p.container.item('there', 'y').replace({ id: 'there', pk: 'y' }), 404],
  ['a delete of a missing item', p => p.container.item('no', 'x').delete(), 404],
  ['a delete in another partition', p => p.container.item('there', 'y').delete(), 404],
  ['a patch of a missing item', p => p.container.item('no', 'x').patch([{ op: 'set', path: '/n', value: 1 }]), 404],
  ['a replace of another version', p => p.container.item('there', 'x').replace(there, ifMatch('"other"')), 412],
  ['an upsert over another version', p => p.container.items.upsert(there, ifMatch('"other"')), 412],
  ['a delete of another version', p => p.container.item('there', 'x').delete(ifMatch('"other"')), 412],
  ['a replace that moves an item', p => p.container.item('there', 'x').replace({ ...there, pk: 'y' }), 400, 1001],
  ['a replace that takes the key away', p => p.container.item('there', 'x').replace({ id: 'there' }), 400, 1001],
  ['a ttl of 0', p => p.container.items.create({ id: 'new', pk: 'x', ttl: 0 }), 400],
  ['a ttl of -2', p => p.container.items.create({ id: 'new', pk: 'x', ttl: -2 }), 400],
  ['a ttl that is no whole number', p => p.container.items.create({ id: 'new', pk: 'x', ttl: 1.5 }), 400],
  ['a ttl that is a text', p => p.container.items.create({ id: 'new', pk: 'x', ttl: '10' as never }), 400],
  ['a ttl of null', p => p.container.items.create({ id: 'new', pk: 'x', ttl: null as never }), 400],
  ['an item of 3 MB', p => p.container.items.create({ id: 'new', pk: 'x', text: 'x'.repeat(3 * 1024 * 1024) }), 413],
  ['a query that is none', p => p.container.items.query('SELEKT').fetchAll(), 400],
  ['an offer below the least', p => p.database.containers.create({ id: 'o', partitionKey, throughput: 300 }), 400],
  ['an offer between the steps', p => p.database.containers.create({ id: 'o', partitionKey, throughput: 450 }), 400],
  [
    'an autoscale offer below the least',
    p => p.database.containers.create({ id: 'o', partitionKey, maxThroughput: 500 }),
    400,
  ],
]

const badDefinitions: [what: string, definition: object][] = [
  ['a default ttl of 0', { defaultTtl: 0 }],
  ['a default ttl of -2', { defaultTtl: -2 }],
  ['a default ttl that is no whole number', { defaultTtl: 1.5 }],
  ['an indexing mode that does not exist', { indexingPolicy: { indexingMode: 'sometimes' } }],
  ['unique keys without paths', { uniqueKeyPolicy: { uniqueKeys: [{ paths: [] }] } }],
  ['a unique key path without a slash', { uniqueKeyPolicy: { uniqueKeys: [{ paths: ['mail'] }] } }],
]

const badIds = ['a/b', 'a\\b', 'a#b', 'a?b', 'x'.repeat(256)]

throughEachDoor('errors', ({ client, newContainer }) => {
  let place: Place
  beforeAll(async () => {
    const container = await newContainer({ uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/mail'] }] } })
    await container.items.create(there)
    place = { client: client(), database: container.database, container }
  })

  it.each(rows)('%s', async (_, call, code, substatus) => {
    const found = await refusal(call(place))
    expect(found.code).toBe(code)
    expect(found.message).not.toBe('')
    if (substatus !== undefined) expect(found.substatus).toBe(substatus)
    const { resources } = await place.container.items.query('SELECT c.id, c.pk, c.mail FROM c').fetchAll()
    expect(resources).toEqual([there])
  })

  it.each(badDefinitions)('a container with %s', async (_, definition) => {
    const wanted = { id: 'never', partitionKey, ...definition } as never
    expect(await refusal(place.database.containers.create(wanted))).toMatchObject({ code: 400 })
  })

  describe.each(badIds)('the id %s', id => {
    it('is none of a database', async () => {
      const found = await refusal((async () => place.client.databases.create({ id }))())
      expect(found.message).not.toBe('')
    })

    it('is none of a container', async () => {
      const found = await refusal((async () => place.database.containers.create({ id, partitionKey }))())
      expect(found.message).not.toBe('')
    })
  })

  it('reading a missing item is 404 without an error', async () => {
    for (const [id, pk] of [
      ['no', 'x'],
      ['there', 'y'],
      ['there', null],
      ['there', undefined],
    ] as const) {
      const { statusCode, resource } = await place.container.item(id, pk).read()
      expect([statusCode, resource]).toEqual([404, undefined])
    }
  })
})
