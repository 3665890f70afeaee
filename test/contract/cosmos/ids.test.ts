import type { Container } from '@azure/cosmos'
import { beforeAll, expect, it } from 'vitest'
import { refusal, throughEachDoor } from './doors.ts'

const kept: [what: string, id: string][] = [
  ['one character', 'a'],
  ['a blank inside', 'a b'],
  ['a question mark', 'a?b=c&d'],
  ['percent encoding of its own', 'a%20b%2Fc'],
  ['a plus', 'a+b'],
  ['quotes', `it's "quoted"`],
  ['a comma and a semicolon', 'a,b;c'],
  ['brackets', '[a]{b}(c)<d>'],
  ['an at and a colon', 'urn:a@b'],
  ['umlauts', 'äöüß'],
  ['Chinese', '预付卡'],
  ['an emoji', '💳'],
  ['a dot', 'a.b'],
  ['__proto__', '__proto__'],
  ['constructor', 'constructor'],
  ['a number as text', '42'],
  ['null as text', 'null'],
  ['255 bytes', 'x'.repeat(255)],
  ['1023 bytes', 'x'.repeat(1023)],
  ['1023 bytes of two each, and one', `${'ä'.repeat(511)}x`],
]

/** As the client would refuse to send them one by one; in a batch it only makes up an id where there is none. */
const refused: [what: string, id: unknown][] = [
  ['null', null],
  ['a number', 1],
  ['true', true],
  ['an array', ['a']],
  ['an object', { a: 1 }],
  ['a slash', 'a/b'],
  ['a backslash', 'a\\b'],
  ['1024 bytes', 'x'.repeat(1024)],
  ['512 characters of two bytes', 'ä'.repeat(512)],
]

throughEachDoor('ids', ({ newContainer }) => {
  let container: Container
  beforeAll(async () => {
    container = await newContainer()
  })

  it.each(kept)('with %s are kept', async (_, id) => {
    expect((await container.items.create({ id, pk: 'x' })).resource?.id).toBe(id)
    const item = container.item(id, 'x')
    expect((await item.read()).resource?.id).toBe(id)
    expect((await item.replace({ id, pk: 'x', n: 1 })).statusCode).toBe(200)
    expect((await item.patch([{ op: 'incr', path: '/n', value: 1 }])).resource?.n).toBe(2)
    const query = { query: 'SELECT VALUE c.n FROM c WHERE c.id = @id', parameters: [{ name: '@id', value: id }] }
    expect((await container.items.query(query).fetchAll()).resources).toEqual([2])
    expect((await item.delete()).statusCode).toBe(204)
    expect((await item.read()).statusCode).toBe(404)
  })

  it.each(refused)('%s is no id', async (_, id) => {
    const resourceBody = { id, pk: 'x' } as never
    const { result } = await container.items.batch([{ operationType: 'Create', resourceBody }], 'x')
    expect(result?.[0]?.statusCode).toBe(400)
  })

  it('are compared letter by letter', async () => {
    for (const id of ['case', 'CASE', 'Case'])
      expect((await container.items.create({ id, pk: 'x' })).statusCode).toBe(201)
    expect(await refusal(container.items.create({ id: 'case', pk: 'x' }))).toMatchObject({ code: 409 })
  })

  it('of a replaced item stay what they are', async () => {
    await container.items.create({ id: 'first', pk: 'x' })
    const { result } = await container.items.batch(
      [{ operationType: 'Replace', id: 'first', resourceBody: { id: 'second', pk: 'x' } }],
      'x',
    )
    expect(result?.[0]?.statusCode).toBe(400)
  })
})
