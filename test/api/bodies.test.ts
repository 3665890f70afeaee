import { beforeAll, describe, expect, test } from 'vitest'
import { type App, bodyOf, opened, problemOf, type Sending, wholeApp } from './whole-app.ts'

const other = '99999999-9999-4999-8999-999999999999'
let app: App
let account: string
beforeAll(async () => {
  app = wholeApp()
  account = await opened(app, 'alice')
})

let keys = 0
const send = (sending: Sending) => app.ask('POST /v1/transfers', { as: 'alice user', key: `k${++keys}`, ...sending })
const transfer = (more: object = {}) => ({ from: account, to: other, amount: '1', ...more })
/** What was wrong, as `problem` and the places it names. */
async function verdictOn(sending: Sending): Promise<string> {
  const answer = await send(sending)
  if (answer.status === 202) return 'accepted'
  const errors = (bodyOf(answer).errors ?? []) as { pointer: string }[]
  return [...new Set([problemOf(answer), ...errors.map(({ pointer }) => pointer)])].join(' ')
}
const verdictOnBody = (more: object) => verdictOn({ body: transfer(more) })
/** The body as text, for what `JSON.stringify` would not write. */
const raw = (members: string) => ({ body: `{"from":"${account}","to":"${other}","amount":"1"${members}}` })

describe('JSON', () => {
  test.each([
    '',
    ' ',
    '{',
    '{]',
    'nul',
    '{"a":1,}',
    "{'a':1}",
    '{"a":NaN}',
    '{"a":"\n"}',
    '[1',
    '{} {}',
    'undefined',
    '{"a":01}',
  ])('%j is none', async body => {
    expect(await verdictOn({ body })).toBe('invalid-json')
  })

  test.each([[[0xff]], [[0x22, 0xc3, 0x28, 0x22]], [[0x22, 0xed, 0xa0, 0x80, 0x22]], [[0x22, 0xc0, 0xaf, 0x22]]])(
    'bytes %j are no UTF-8',
    async bytes => {
      expect(await verdictOn({ bytes: new Uint8Array(bytes) })).toBe('invalid-json')
    },
  )

  test.each(['null', '7', '"text"', 'true', '[]', '[{}]'])('%s is no body of ours', async body => {
    expect(await verdictOn({ body })).toMatch(/^invalid-body/)
  })

  test('depth and length are no defect', async () => {
    expect(await verdictOn({ body: '['.repeat(8000) + ']'.repeat(8000) })).toMatch(/^invalid-body/)
    expect(await verdictOn({ body: `{"x":${'['.repeat(4000)}${']'.repeat(4000)}}` })).toMatch(/^invalid-body/)
  })
})

describe('media type and size', () => {
  test.each([
    ['application/json', 'accepted'],
    ['application/json; charset=utf-8', 'accepted'],
    ['Application/JSON;charset="UTF-8"', 'accepted'],
    ['application/json; charset=latin1', 'unsupported-media-type'],
    ['text/json', 'unsupported-media-type'],
    ['application/jsonp', 'unsupported-media-type'],
    ['application/x-www-form-urlencoded', 'unsupported-media-type'],
    ['application/json, text/html', 'unsupported-media-type'],
    ['', 'unsupported-media-type'],
  ])('%j is %s', async (type, verdict) => {
    expect(await verdictOn({ body: transfer(), headers: { 'content-type': type } })).toBe(verdict)
  })

  test('16 KB are taken, one byte more is not, whatever the length header says', async () => {
    const text = JSON.stringify(transfer())
    const padded = (bytes: number) => text + ' '.repeat(bytes - text.length)
    expect(await verdictOn({ body: padded(16_384) })).toBe('accepted')
    expect(await verdictOn({ body: padded(16_385) })).toBe('body-too-large')
    expect(await verdictOn({ body: padded(16_385), headers: { 'content-length': '10' } })).toBe('body-too-large')
    expect(await verdictOn({ body: text, headers: { 'content-length': '16385' } })).toBe('body-too-large')
    expect(await verdictOn({ body: text, headers: { 'content-length': 'x' } })).toBe('accepted')
  })

  test('bytes count, not characters', async () => {
    expect(await verdictOn({ body: `{"x":"${'€'.repeat(5500)}"}` })).toBe('body-too-large')
  })
})

describe('amounts', () => {
  test.each(['1', '999', '1000000000000'])('%j is one', async amount => {
    expect(await verdictOnBody({ amount })).toBe('accepted')
  })

  test.each([
    '',
    '0',
    '-5',
    '+5',
    '007',
    '1e3',
    '1.0',
    '1,000',
    ' 1',
    '1 ',
    '1\n',
    '0x10',
    'Infinity',
    'NaN',
    '١٢',
    '１',
    '1_000',
    '1000000000001',
    '9007199254740993',
    `1${'0'.repeat(30)}`,
    '9'.repeat(5000),
    1,
    1.5,
    null,
    true,
    ['1'],
    { toString: '1' },
  ])('%j is none', async amount => {
    expect(await verdictOnBody({ amount })).toMatch(/^invalid-body( \/amount)+$/)
  })

  test('what is accepted is stored exactly', async () => {
    await send({ body: transfer({ amount: '1000000000000' }), key: 'largest' })
    expect(app.memory.commands.all().at(-1)).toMatchObject({ type: 'SendCredits', data: { amount: 1_000_000_000_000 } })
  })
})

describe('members', () => {
  test.each<[object, string]>([
    [{ memo: 7 }, '/memo'],
    [{ memo: null }, '/memo'],
    [{ metadata: [] }, '/metadata'],
    [{ metadata: 'x' }, '/metadata'],
    [{ metadata: { deep: { er: 'x' } } }, '/metadata/deep'],
    [{ metadata: { n: 7 } }, '/metadata/n'],
    [{ from: 'me' }, '/from'],
    [{ to: 'ABCDEFAB-CDEF-4BCD-8BCD-ABCDEFABCDEF' }, '/to'],
    [{ to: undefined }, '/to'],
    [{ tip: '1' }, '/tip'],
    [{ 'a/b~c': 1 }, '/a~1b~0c'],
    [{ status: 'completed' }, '/status'],
    [{ transferId: 'mine' }, '/transferId'],
    [{ constructor: 1 }, '/constructor'],
    [{ metadata: { 'a/b~c': 7 } }, '/metadata/a~1b~0c'],
  ])('%j is wrong at %s', async (more, pointer) => {
    expect(await verdictOnBody(more)).toBe(`invalid-body ${pointer}`)
  })

  test('a member named __proto__ is unknown like any other', async () => {
    expect(await verdictOn(raw(',"__proto__":{"memo":"x"}'))).toBe('invalid-body /__proto__')
  })

  test('all mistakes are told together, each with a message', async () => {
    const answer = await send({ body: { from: 1, to: 2, amount: 3, x: 4 } })
    const errors = bodyOf(answer).errors as { pointer: string; message: string }[]
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual(['/amount', '/from', '/to', '/x'])
    for (const { message } of errors) expect(message).toMatch(/\S/)
  })

  test('thousands of mistakes make no large answer', async () => {
    const body = Object.fromEntries(Array.from({ length: 1500 }, (_, n) => [`m${n}`, 1]))
    const answer = await send({ body })
    expect(answer.status).toBe(400)
    expect((bodyOf(answer).errors as []).length).toBeLessThanOrEqual(50)
  })
})

describe('texts', () => {
  test.each<[string, string]>([
    ['', 'accepted'],
    ['x'.repeat(140), 'accepted'],
    ['x'.repeat(141), 'invalid-body /memo'],
    ['🙂'.repeat(140), 'accepted'],
    ['🙂'.repeat(141), 'invalid-body /memo'],
    ['\ud83d', 'invalid-body /memo'],
    ['\ude42\ud83d', 'invalid-body /memo'],
    ['\0 \u2028 " \\ </script> \u202e', 'accepted'],
  ])('a memo of %j is %s', async (memo, verdict) => {
    expect(await verdictOnBody({ memo })).toBe(verdict)
  })

  const entries = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, at) => [`k${at}`, 'v']))
  test.each<[string, object, string]>([
    ['no entries', {}, 'accepted'],
    ['20 entries', entries(20), 'accepted'],
    ['21 entries', entries(21), 'invalid-body /metadata'],
    ['a key of 40', { ['k'.repeat(40)]: 'v' }, 'accepted'],
    ['a key of 41', { ['k'.repeat(41)]: 'v' }, `invalid-body /metadata/${'k'.repeat(41)}`],
    ['a key of 40 emoji', { ['🙂'.repeat(40)]: 'v' }, 'accepted'],
    ['an empty key', { '': 'v' }, 'invalid-body /metadata/'],
    ['a value of 200', { k: 'v'.repeat(200) }, 'accepted'],
    ['a value of 201', { k: 'v'.repeat(201) }, 'invalid-body /metadata/k'],
    ['an empty value', { k: '' }, 'accepted'],
    ['a value that is no Unicode', { k: '\udc00' }, 'invalid-body /metadata/k'],
    ['names every object has', { constructor: 'x', toString: 'y', hasOwnProperty: 'z' }, 'accepted'],
  ])('metadata with %s: %s', async (_what, metadata, verdict) => {
    expect(await verdictOnBody({ metadata })).toBe(verdict)
  })

  test('a key that is no Unicode is refused', async () => {
    expect(await verdictOn(raw(',"metadata":{"\\ud83d":"v"}'))).toMatch(/^invalid-body \/metadata/)
  })

  test.each(['', '   ', '\t\n', '\u00a0'])('an account’s name must not be %j', async name => {
    const answer = await app.ask('POST /v1/accounts', { as: 'alice user', body: { kind: 'personal', name } })
    expect(bodyOf(answer)).toMatchObject({ type: '/problems/invalid-body', errors: [{ pointer: '/name' }] })
  })
})
