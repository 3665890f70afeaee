import { json, versioned } from '@remit/api/http/answer'
import { pageOf, signedCursors } from '@remit/api/http/cursor'
import { minVersionIn, preferredWait } from '@remit/api/http/parameters'
import { beforeAll, describe, expect, test } from 'vitest'
import { type App, bodyOf, funded, opened, problemOf, requestOf, wholeApp } from './whole-app.ts'

const asking = (query: Record<string, string>) => requestOf({}, { query })
const invalid = expect.objectContaining({ problem: 'invalid-parameter' })
const thrownBy = (ask: () => unknown) => {
  try {
    return ask()
  } catch (error) {
    return error
  }
}

describe('cursors', () => {
  const cursors = signedCursors('one secret of many')
  const written = cursors.write('reviews', 'entry-7')

  test('lead on where they were made', () => {
    expect(cursors.read(asking({ cursor: written, limit: '3' }), 'reviews')).toEqual({
      query: 'reviews',
      limit: 3,
      after: 'entry-7',
    })
    expect(cursors.read(asking({}), 'reviews')).toEqual({ query: 'reviews', limit: 50, after: undefined })
  })

  test('are good for one query, and one secret', () => {
    expect(thrownBy(() => cursors.read(asking({ cursor: written }), 'reviews of bob'))).toEqual(invalid)
    expect(
      thrownBy(() => signedCursors('another secret of ours').read(asking({ cursor: written }), 'reviews')),
    ).toEqual(invalid)
    expect(cursors.write('a', 'bc')).not.toBe(cursors.write('ab', 'c'))
  })

  test.each([
    '',
    'x',
    '....',
    'null',
    '%00',
    '🙂',
    'A'.repeat(21),
    'A'.repeat(22),
    'A'.repeat(5000),
    `${written}AA`,
    written.slice(1),
  ])('%j is none', cursor => {
    expect(thrownBy(() => cursors.read(asking({ cursor }), 'reviews'))).toEqual(invalid)
  })

  test('that were changed anywhere are none', () => {
    const bytes = Buffer.from(written, 'base64url')
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(thrownBy(() => cursors.read(asking({ cursor: changed.toString('base64url') }), 'reviews'))).toEqual(
        invalid,
      )
    }
  })

  test.each(['0', '101', 'abc', '-1', '1.5', '', ' 1', '1e1', '010', '0x1', '1000000', '１'])(
    'limit %j is none',
    limit => {
      expect(thrownBy(() => cursors.read(asking({ limit }), 'reviews'))).toEqual(invalid)
    },
  )

  test.each(['1', '7', '99', '100'])('limit %j is one', limit => {
    expect(cursors.read(asking({ limit }), 'reviews').limit).toBe(Number(limit))
  })

  test('there is a next page when there is more, and none when there is not', () => {
    const asked = { query: 'q', limit: 2, after: undefined }
    expect(pageOf(cursors, asked, ['a', 'b', 'c'], one => one)).toEqual({
      page: ['a', 'b'],
      next: { next: cursors.write('q', 'b') },
    })
    expect(pageOf(cursors, asked, ['a', 'b'], one => one)).toEqual({ page: ['a', 'b'], next: {} })
    expect(pageOf(cursors, asked, [], one => String(one))).toEqual({ page: [], next: {} })
  })
})

describe('lists', () => {
  let app: App
  let account: string
  beforeAll(async () => {
    app = wholeApp()
    account = await funded(app, 'alice')
    for (let n = 0; n < 8; n++) await opened(app, 'alice', { kind: 'personal', name: `n${n}` })
    const to = await opened(app, 'bob')
    for (let n = 0; n < 11; n++) {
      const body = { from: account, to, amount: String(100_000 + n) }
      await app.ask('POST /v1/transfers', { as: 'alice user', key: `k${n}`, body })
    }
    await app.pump()
  })
  const lists: Record<string, () => [string, string, Record<string, string>]> = {
    accounts: () => ['GET /v1/accounts', 'alice user', {}],
    transfers: () => ['GET /v1/transfers', 'alice user', { account }],
    statement: () => [`GET /v1/accounts/${account}/statement`, 'alice user', {}],
    reviews: () => ['GET /v1/reviews', 'rita reviewer', {}],
  }
  const cursorOf = async (name: string) => {
    const [call, as, query] = lists[name]?.() ?? ['', '', {}]
    return String(bodyOf(await app.ask(call, { as, query: { ...query, limit: '1' } })).next)
  }

  test.each([
    ['accounts', 9],
    ['transfers', 11],
    ['reviews', 11],
  ])('%s: page by page the same as at once, each item once', async (name, count) => {
    const [call, as, query] = lists[name]?.() ?? ['', '', {}]
    const whole = bodyOf(await app.ask(call, { as, query })).items as unknown[]
    expect(whole).toHaveLength(count)
    const paged: unknown[] = []
    for (let cursor: string | undefined, pages = 0; pages === 0 || cursor; pages++) {
      const answer = await app.ask(call, { as, query: { ...query, limit: '4', ...(cursor ? { cursor } : {}) } })
      const { items, next } = bodyOf(answer) as { items: unknown[]; next?: string }
      paged.push(...items)
      cursor = next
    }
    expect(paged).toEqual(whole)
  })

  test('a cursor of another list, account or caller is refused', async () => {
    for (const [name, foreign] of [
      ['accounts', 'transfers'],
      ['transfers', 'reviews'],
      ['reviews', 'accounts'],
    ] as const) {
      const [call, as, query] = lists[name]?.() ?? ['', '', {}]
      const answer = await app.ask(call, { as, query: { ...query, cursor: await cursorOf(foreign) } })
      expect(problemOf(answer)).toBe('invalid-parameter')
    }
    const query = { cursor: await cursorOf('accounts') }
    expect(problemOf(await app.ask('GET /v1/accounts', { as: 'bob user', query }))).toBe('invalid-parameter')
    expect((await app.ask('GET /v1/accounts', { as: 'alice user', query })).status).toBe(200)
  })
})

test.each<[string, number | undefined]>([
  ['wait=5', 5000],
  ['wait=10', 10_000],
  ['wait=1', 1000],
  ['Wait = 5', 5000],
  ['wait="5"', 5000],
  ['respond-async, wait=5', 5000],
  ['wait=5, respond-async', 5000],
  ['wait=5; x=y', 5000],
  ['wait=0', undefined],
  ['wait=11', undefined],
  ['wait=-1', undefined],
  ['wait=1.5', undefined],
  ['wait=5s', undefined],
  ['wait=', undefined],
  ['wait', undefined],
  ['await=5', undefined],
  ['wait=99999999999', undefined],
  ['', undefined],
])('Prefer: %s is a wait of %s', (prefer, wait) => {
  expect(preferredWait(requestOf({}, { headers: { prefer } }))).toBe(wait)
})

test.each(['-1', '1.5', 'x', '', ' 1', '1e3', '9'.repeat(13)])('minVersion %j is none', minVersion => {
  expect(thrownBy(() => minVersionIn(asking({ minVersion })))).toEqual(invalid)
})

test.each<[string | undefined, number]>([
  [undefined, 200],
  ['"7"', 304],
  ['W/"7"', 304],
  ['"6", "7"', 304],
  ['"6" , W/"7"', 304],
  ['*', 304],
  ['"6"', 200],
  ['7', 200],
  ['"77"', 200],
  ['', 200],
])('If-None-Match: %s is answered %d', (header, status) => {
  const answer = versioned(
    { a: 1 },
    7,
    requestOf({}, { headers: header === undefined ? {} : { 'if-none-match': header } }),
  )
  expect(answer).toMatchObject({ status, headers: { etag: '"7"' } })
  expect('body' in answer).toBe(status === 200)
  expect(json(200, { a: 1 }).headers).toEqual({ 'content-type': 'application/json' })
})
