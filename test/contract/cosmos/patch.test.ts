import type { Container, JSONObject, PatchOperation, PatchRequestBody } from '@azure/cosmos'
import { beforeAll, expect, it } from 'vitest'
import { refusal, throughEachDoor } from './doors.ts'

const before = { n: 1, text: 'a', nothing: null, list: [1, 2, 3], deep: { a: { b: 1 } }, '/~': 1 }
type Change = { op: string; path: string; value?: unknown; from?: string }
/** The client's types know neither `move` nor a value of undefined. */
const asked = (...changes: Change[]) => changes as PatchOperation[]

/** What a patch makes of the item above: a property and its value afterwards; undefined = it is gone. */
const done: [changes: Change | Change[], property: string, value: unknown][] = [
  [{ op: 'add', path: '/new', value: 1 }, 'new', 1],
  [{ op: 'add', path: '/n', value: 2 }, 'n', 2],
  [{ op: 'add', path: '/new', value: null }, 'new', null],
  [{ op: 'add', path: '/deep/a/c', value: [1] }, 'deep', { a: { b: 1, c: [1] } }],
  [{ op: 'add', path: '/list/0', value: 0 }, 'list', [0, 1, 2, 3]],
  [{ op: 'add', path: '/list/3', value: 4 }, 'list', [1, 2, 3, 4]],
  [{ op: 'add', path: '/list/-', value: 4 }, 'list', [1, 2, 3, 4]],
  [{ op: 'add', path: '/list', value: [] }, 'list', []],
  [{ op: 'add', path: '/~1~0', value: 2 }, '/~', 2],
  [{ op: 'set', path: '/new', value: { a: 1 } }, 'new', { a: 1 }],
  [{ op: 'set', path: '/n', value: 'text' }, 'n', 'text'],
  [{ op: 'set', path: '/list/1', value: 9 }, 'list', [1, 9, 3]],
  [{ op: 'set', path: '/deep/a', value: 1 }, 'deep', { a: 1 }],
  [{ op: 'set', path: '/nothing', value: 0 }, 'nothing', 0],
  [{ op: 'replace', path: '/n', value: null }, 'n', null],
  [{ op: 'replace', path: '/list/2', value: 9 }, 'list', [1, 2, 9]],
  [{ op: 'replace', path: '/deep/a/b', value: 2 }, 'deep', { a: { b: 2 } }],
  [{ op: 'replace', path: '/nothing', value: 1 }, 'nothing', 1],
  [{ op: 'remove', path: '/n' }, 'n', undefined],
  [{ op: 'remove', path: '/nothing' }, 'nothing', undefined],
  [{ op: 'remove', path: '/list/0' }, 'list', [2, 3]],
  [{ op: 'remove', path: '/deep/a/b' }, 'deep', { a: {} }],
  [{ op: 'incr', path: '/n', value: 5 }, 'n', 6],
  [{ op: 'incr', path: '/n', value: -5 }, 'n', -4],
  [{ op: 'incr', path: '/n', value: 0.5 }, 'n', 1.5],
  [{ op: 'incr', path: '/new', value: 7 }, 'new', 7],
  [{ op: 'incr', path: '/list/0', value: 1 }, 'list', [2, 2, 3]],
  [{ op: 'incr', path: '/deep/a/b', value: 1 }, 'deep', { a: { b: 2 } }],
  [{ op: 'move', from: '/n', path: '/new' }, 'new', 1],
  [{ op: 'move', from: '/n', path: '/new' }, 'n', undefined],
  [{ op: 'move', from: '/n', path: '/text' }, 'text', 1],
  [{ op: 'move', from: '/deep/a/b', path: '/b' }, 'deep', { a: {} }],
  [{ op: 'move', from: '/n', path: '/list/0' }, 'list', [1, 1, 2, 3]],
  [{ op: 'move', from: '/n', path: '/deep/n' }, 'deep', { a: { b: 1 }, n: 1 }],
  [
    [
      { op: 'set', path: '/o', value: {} },
      { op: 'add', path: '/o/x', value: 1 },
    ],
    'o',
    { x: 1 },
  ],
  [
    [
      { op: 'incr', path: '/n', value: 1 },
      { op: 'incr', path: '/n', value: 1 },
    ],
    'n',
    3,
  ],
  [
    [
      { op: 'remove', path: '/n' },
      { op: 'add', path: '/n', value: 2 },
    ],
    'n',
    2,
  ],
  [Array.from({ length: 10 }, () => ({ op: 'incr', path: '/n', value: 1 })), 'n', 11],
]

const refusedWith400: [why: string, changes: Change[]][] = [
  ['to replace what is missing', [{ op: 'replace', path: '/new', value: 1 }]],
  ['to remove what is missing', [{ op: 'remove', path: '/new' }]],
  ['to remove an element that is missing', [{ op: 'remove', path: '/list/3' }]],
  ['to replace an element that is missing', [{ op: 'replace', path: '/list/3', value: 1 }]],
  ['to add far behind the end of an array', [{ op: 'add', path: '/list/9', value: 1 }]],
  ['to add below what is missing', [{ op: 'add', path: '/new/deeper', value: 1 }]],
  ['to add below what is no object', [{ op: 'add', path: '/text/deeper', value: 1 }]],
  ['to increment a text', [{ op: 'incr', path: '/text', value: 1 }]],
  ['to increment by a text', [{ op: 'incr', path: '/n', value: '1' }]],
  ['to move what is missing', [{ op: 'move', from: '/new', path: '/n' }]],
  ['to move without from', [{ op: 'move', path: '/n' }]],
  ['an operation that does not exist', [{ op: 'copy', path: '/n', from: '/text' }]],
  ['a path without a slash', [{ op: 'set', path: 'n', value: 1 }]],
  ['to set without a value', [{ op: 'set', path: '/n' }]],
  ['to change the id', [{ op: 'set', path: '/id', value: 'other' }]],
  ['to change a system property', [{ op: 'set', path: '/_ts', value: 1 }]],
  ['to change the partition key', [{ op: 'set', path: '/pk', value: 'other' }]],
  ['eleven operations', Array.from({ length: 11 }, () => ({ op: 'incr', path: '/n', value: 1 }))],
  ['no operation', []],
  [
    'the whole if one of them fails',
    [
      { op: 'set', path: '/n', value: 5 },
      { op: 'remove', path: '/new' },
    ],
  ],
]

const conditions: [condition: string, holds: boolean][] = [
  ['from c where c.n = 1', true],
  ['from c where c.n = 2', false],
  ['FROM item WHERE item.deep.a.b >= 1', true],
  ['from c where c.missing = 1', false],
  ['from c where not is_defined(c.missing)', true],
  ['from c where array_contains(c.list, 2) and c.text = "a"', true],
  ['from c where c.nothing = null', true],
  ['from c where c.text = "b" or c.n in (1, 2)', true],
]

throughEachDoor('patch', ({ newContainer }) => {
  let container: Container
  let last = 0
  beforeAll(async () => {
    container = await newContainer()
  })
  const newItem = async () => {
    const { item } = await container.items.create({ id: `i${++last}`, pk: 'x', ...before })
    return item
  }

  it.each(done)('%j gives %s %j', async (changes, property, value) => {
    const item = await newItem()
    const { resource, statusCode } = await item.patch<JSONObject>(asked(...[changes].flat()))
    expect(statusCode).toBe(200)
    expect(resource?.[property]).toStrictEqual(value)
    expect((await item.read()).resource).toStrictEqual(resource)
  })

  it.each(refusedWith400)('refuses %s, and changes nothing', async (_, changes) => {
    const item = await newItem()
    expect(await refusal(item.patch(asked(...changes)))).toMatchObject({ code: 400 })
    expect((await item.read()).resource).toMatchObject(before)
  })

  it.each(conditions)('on the condition %s: %s', async (condition, holds) => {
    const item = await newItem()
    const call = item.patch({ condition, operations: asked({ op: 'set', path: '/n', value: 8 }) } as PatchRequestBody)
    if (holds) expect((await call).statusCode).toBe(200)
    else expect(await refusal(call)).toMatchObject({ code: 412 })
    expect((await item.read()).resource.n).toBe(holds ? 8 : 1)
  })

  it('refuses a condition that is no condition', async () => {
    const item = await newItem()
    const operations = asked({ op: 'set', path: '/n', value: 8 })
    expect(await refusal(item.patch({ condition: 'from c where', operations }))).toMatchObject({ code: 400 })
  })

  it('of an item that is not there is 404, of another version 412', async () => {
    const change = asked({ op: 'set', path: '/n', value: 8 })
    expect(await refusal(container.item('missing', 'x').patch(change))).toMatchObject({ code: 404 })
    const item = await newItem()
    const stale = { accessCondition: { type: 'IfMatch', condition: '"stale"' } }
    expect(await refusal(item.patch(change, stale))).toMatchObject({ code: 412 })
  })

  it('makes a new version, in place', async () => {
    const item = await newItem()
    const { resource: old } = await item.read()
    const { resource, etag } = await item.patch(asked({ op: 'incr', path: '/n', value: 1 }))
    expect(resource._etag).toBe(etag)
    expect(resource._etag).not.toBe(old._etag)
    expect(resource._rid).toBe(old._rid)
  })
})
