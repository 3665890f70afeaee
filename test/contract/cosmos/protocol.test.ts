import type { Container } from '@azure/cosmos'
import { beforeAll, describe, expect, it } from 'vitest'
import { throughEachDoor } from './doors.ts'

type Answer = { headers: Record<string, unknown> }
type Call = (container: Container) => Promise<Answer>

const query = 'SELECT * FROM c'
const pageOf = async (container: Container, options: object): Promise<Answer> => {
  const { headers } = (await container.items
    .query(query, { partitionKey: 'x', ...options })
    .fetchNext()) as never as Answer
  return { headers }
}

/** One of each kind, on a container with the item `there`. */
const calls: Record<string, Call> = {
  'a create': container => container.items.create({ pk: 'x' }) as never,
  'an upsert': container => container.items.upsert({ id: 'up', pk: 'x' }) as never,
  'a read': container => container.item('there', 'x').read() as never,
  'a replace': container => container.item('there', 'x').replace({ id: 'there', pk: 'x' }) as never,
  'a patch': container => container.item('there', 'x').patch([{ op: 'set', path: '/n', value: 1 }]) as never,
  'a delete': async container => (await container.items.create({ pk: 'x' })).item.delete() as never,
  'a batch': container => container.items.batch([{ operationType: 'Read', id: 'there' }], 'x') as never,
  'a query': container => pageOf(container, {}),
  'a read of the container': container => container.read() as never,
}
const ofItems = Object.entries(calls).filter(([name]) => !name.includes('container'))
const withEtag = Object.entries(calls).filter(([name]) => !/batch|query|delete/.test(name))

throughEachDoor('answers', ({ newContainer }) => {
  let container: Container
  let rid: string
  beforeAll(async () => {
    container = await newContainer()
    await container.items.create({ id: 'there', pk: 'x' })
    rid = (await container.read()).resource?._rid ?? ''
  })

  describe.each(Object.entries(calls))('to %s', (_, call) => {
    it('have an activity of their own, and a charge', async () => {
      const [one, other] = [await call(container), await call(container)]
      expect(one.headers['x-ms-activity-id']).toMatch(/^[0-9a-f-]{36}$/)
      expect(one.headers['x-ms-activity-id']).not.toBe(other.headers['x-ms-activity-id'])
      expect(Number(one.headers['x-ms-request-charge'])).toBeGreaterThan(0)
    })
  })

  it.each(ofItems)('to %s name range and progress of the session', async (_, call) => {
    const { headers } = await call(container)
    expect(headers['x-ms-session-token']).toMatch(/^\d+:-?\d+#\d+/)
  })

  it.each(withEtag)('to %s have the etag that is in the body', async (_, call) => {
    const { headers, resource } = (await call(container)) as Answer & { resource: { _etag: string } }
    expect(headers.etag).toBe(resource._etag)
  })

  it('name the container by the eight bytes of its _rid', async () => {
    const { headers } = await container.item('there', 'x').read()
    expect(headers['x-ms-content-path']).toBe(rid)
    expect(Buffer.from(rid.replaceAll('-', '/'), 'base64')).toHaveLength(8)
    expect(headers['x-ms-alt-content-path']).toBe(`dbs/${container.database.id}/colls/${container.id}`)
  })

  it('to queries count what they bring', async () => {
    const { headers } = await pageOf(container, { maxItemCount: 1 })
    expect(headers['x-ms-item-count']).toBe('1')
  })

  it.each(['_rid', '_self', '_etag', '_ts', '_attachments'])('to a create have the property %s', async property => {
    const { resource } = await container.items.create({ pk: 'x', [property]: 'mine' })
    expect(resource).toHaveProperty(property)
    expect(resource?.[property as '_rid']).not.toBe('mine')
  })

  it('to bulk keep the bodies away when they are not wanted', async () => {
    const wish = { operationType: 'Upsert' as const, partitionKey: 'x', resourceBody: { id: 'quiet', pk: 'x' } }
    const [loud] = await container.items.executeBulkOperations([wish])
    const [quiet] = await container.items.executeBulkOperations([wish], { contentResponseOnWriteEnabled: false })
    expect(loud?.response?.resourceBody).toMatchObject({ id: 'quiet' })
    expect(quiet?.response).toMatchObject({ statusCode: 200 })
    expect(quiet?.response?.resourceBody).toBeUndefined()
  })

  it('to a read of the version one has are 304, of another 200', async () => {
    const item = container.item('there', 'x')
    const { etag } = await item.read()
    const read = (condition: string) => item.read({ accessCondition: { type: 'IfNoneMatch', condition } })
    expect((await read(etag)).statusCode).toBe(304)
    expect((await read('"other"')).statusCode).toBe(200)
    await item.patch([{ op: 'set', path: '/n', value: 2 }])
    expect((await read(etag)).statusCode).toBe(200)
  })

  it('show a write to whoever reads next', async () => {
    for (let n = 0; n < 5; n++) {
      await container.item('there', 'x').replace({ id: 'there', pk: 'x', n })
      expect((await container.item('there', 'x').read()).resource?.n).toBe(n)
    }
  })
})

/** What comes back as it went, through create, read and query. */
const contents: [what: string, value: unknown][] = [
  ['an empty text', ''],
  ['a text with all that JSON escapes', '\u0000\u001f"\\/\b\f\n\r\t\u2028'],
  ['half an emoji', '\ud83d'],
  ['zero', 0],
  ['the smallest number', 5e-324],
  ['the largest number', Number.MAX_VALUE],
  ['the largest safe integer', Number.MAX_SAFE_INTEGER],
  ['a tenth', 0.1],
  ['null', null],
  ['an empty array', []],
  ['an empty object', {}],
  ['arrays in arrays', [[], [[]], [[[1]]]]],
  ['names that need quotes', { '': 1, 'a b': 2, 'ä/~"': 3, '0': 4 }],
  ['names of prototypes', JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 3}')],
]

throughEachDoor('contents', ({ newContainer }) => {
  let container: Container
  beforeAll(async () => {
    container = await newContainer()
  })

  it.each(contents)('%s', async (what, value) => {
    const { resource } = await container.items.create({ id: what, pk: 'x', value } as never)
    expect(JSON.stringify((resource as never as { value: unknown }).value)).toBe(JSON.stringify(value))
    expect((await container.item(what, 'x').read()).resource.value).toStrictEqual(value)
    const parameters = [{ name: '@id', value: what }]
    const found = await container.items
      .query({ query: 'SELECT VALUE c["value"] FROM c WHERE c.id = @id', parameters })
      .fetchAll()
    expect(found.resources).toStrictEqual([value])
  })
})
