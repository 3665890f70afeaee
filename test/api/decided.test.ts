import { hear, readNews } from '@remit/functions-reviews/review-list'
import { expect, test } from 'vitest'
import { type App, bodyOf, funded, opened, problemOf, wholeApp } from './whole-app.ts'

const rita = 'rita reviewer'
const rob = 'rob reviewer'

async function held(app: App, amount = '100000') {
  await app.world.sleep(1_000)
  const from = await funded(app, 'alice')
  const to = await opened(app, 'bob')
  const body = { from, to, amount, memo: 'a car' }
  const answer = await app.ask('POST /v1/transfers', { as: 'alice user', key: `send-${app.world.now()}`, body })
  await app.pump()
  return { from, to, id: String(bodyOf(answer).transferId) }
}

async function decide(app: App, as: string, call: string, body?: object) {
  await app.world.sleep(1_000)
  await app.ask(`POST /v1/transfers/${call}`, { as, ...(body ? { body } : {}) })
  await app.pump()
}

const decided = async (app: App, query: Record<string, string> = {}) =>
  bodyOf(await app.ask('GET /v1/reviews/decided', { as: rita, query })) as { items: object[]; next?: string }

test('what was decided is listed newest first, with who and when', async () => {
  const app = wholeApp()
  const car = await held(app)
  const boat = await held(app)
  await decide(app, rita, `${car.id}/approve`)
  await decide(app, rob, `${boat.id}/decline`, { reason: 'no' })
  const { items } = await decided(app)
  const { from, to } = car
  const said = { what: 'accepted', by: 'rita', at: expect.stringMatching(/Z$/) }
  expect(items).toEqual([
    expect.objectContaining({ transferId: boat.id, outcome: 'declined' }),
    {
      transferId: car.id,
      from,
      to,
      amount: '100000',
      currency: 'EUR',
      memo: 'a car',
      requestedAt: expect.any(String),
      outcome: 'accepted',
      decidedAt: expect.stringMatching(/Z$/),
      decisions: [said],
    },
  ])
})

test('half accepted is not decided, and what ends it counts', async () => {
  const app = wholeApp()
  const { id } = await held(app, '1000000')
  await decide(app, rita, `${id}/approve`)
  expect((await decided(app)).items).toEqual([])
  await decide(app, rob, `${id}/decline`, { reason: 'no' })
  const [only] = (await decided(app)).items
  expect(only).toMatchObject({
    outcome: 'declined',
    decisions: [
      { what: 'accepted', by: 'rita' },
      { what: 'declined', by: 'rob' },
    ],
  })
})

test('pages lead through all of them, from a time on', async () => {
  const app = wholeApp()
  const ids: string[] = []
  for (let count = 0; count < 3; count++) {
    const { id } = await held(app)
    await decide(app, rita, `${id}/approve`)
    ids.unshift(id)
  }
  const first = await decided(app, { limit: '2' })
  const second = await decided(app, { limit: '2', cursor: String(first.next) })
  expect([...first.items, ...second.items]).toEqual(ids.map(transferId => expect.objectContaining({ transferId })))
  expect(second.next).toBeUndefined()
  const since = (first.items[0] as { decidedAt: string }).decidedAt
  expect((await decided(app, { since })).items).toEqual([first.items[0]])
})

test.each(['', 'today', '2026-01-01', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000+01:00'])(
  'since %j is no time',
  async since => {
    const answer = await wholeApp().ask('GET /v1/reviews/decided', { as: rita, query: { since } })
    expect([answer.status, problemOf(answer)]).toEqual([400, 'invalid-parameter'])
  },
)

test('a cursor is good for its time only, and the list for reviewers', async () => {
  const app = wholeApp()
  for (let count = 0; count < 2; count++) await decide(app, rita, `${(await held(app)).id}/approve`)
  const { next = '' } = await decided(app, { limit: '1' })
  const query = { cursor: next, since: '2026-01-01T00:00:00.000Z' }
  expect(problemOf(await app.ask('GET /v1/reviews/decided', { as: rita, query }))).toBe('invalid-parameter')
  expect((await app.ask('GET /v1/reviews/decided', { as: 'alice user' })).status).toBe(403)
  expect((await app.ask('GET /v1/reviews/decided')).status).toBe(401)
})

test('in whatever order the news come, and however often, the end is the same', () => {
  const transferId = `${'a'.repeat(8)}-aaaa-4aaa-8aaa-${'a'.repeat(12)}_${'b'.repeat(8)}-bbbb-4bbb-8bbb-${'b'.repeat(12)}`
  const about = { transferId, streamId: transferId.slice(0, 36) }
  const more = { to: 'b', amount: 1, currency: 'EUR', approvalsNeeded: 2, dueAt: '2026-01-02T00:00:00.000Z' }
  const told = (what: string, data: object) =>
    readNews({ type: `remit.transfer-${what}.v1`, data: { ...about, ...data } })
  const news = [
    told('held', { ...more, at: '2026-01-01T00:00:00.000Z' }),
    told('approved', { by: 'rita', at: '2026-01-01T00:00:09.000Z' }),
    // Another instance decided this, and its clock is behind: it is the end all the same.
    told('declined', { by: 'rob', at: '2026-01-01T00:00:02.000Z' }),
  ].flatMap(one => one ?? [])
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0, 1, 2, 0],
  ] as const
  for (const order of orders) {
    const item = order.reduce<Parameters<typeof hear>[0]>((known, at) => {
      const one = news[at]
      return one ? hear(known, one) : known
    }, undefined)
    expect(item).toMatchObject({ waiting: false, ended: true, endOrder: `2026-01-01T00:00:02.000Z ${transferId}` })
    expect(item?.decisions).toHaveLength(2)
  }
})
