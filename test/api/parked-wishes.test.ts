import { park, settle, type Wish, wishesIn, wishFor } from '@remit/api/parking'
import { memoryDocuments } from '@remit/documents/memory'
import { beforeEach, describe, expect, test } from 'vitest'
import { type App, bodyOf, opened, wholeApp } from './whole-app.ts'

const olga = { as: 'olga operator' }

describe('what operators want of several commands of one account', () => {
  let app: App
  let alice: string
  let bob: string
  let send: string
  let meanwhile: (() => Promise<unknown>) | undefined
  /** A load nobody can decide, and behind it credits sent to bob. */
  beforeEach(async () => {
    meanwhile = undefined
    app = wholeApp(
      (name, documents) => ({
        ...documents,
        readMany: async keys => {
          const found = await documents.readMany(keys)
          const now = name === 'commands' ? meanwhile : undefined
          if (now) meanwhile = undefined
          await now?.()
          return found
        },
      }),
      rule => ({
        ...rule,
        decide: (command, account) => {
          if ((command.data as { amount?: number }).amount === 13) throw new TypeError('thirteen')
          return rule.decide(command, account)
        },
      }),
    )
    alice = await opened(app, 'alice')
    bob = await opened(app, 'bob')
    const load = (key: string, amount: string) =>
      app.ask(`POST /v1/accounts/${alice}/loads`, {
        as: 'till payments',
        body: { amount, paymentReference: 'card' },
        key,
      })
    await load('first', '60000')
    await app.pump()
    await load('broken', '13')
    const body = { from: alice, to: bob, amount: '50000' }
    send = String(bodyOf(await app.ask('POST /v1/transfers', { as: 'alice user', body, key: 'send' })).transferId)
    await app.pump()
  })

  const wish = async (what: 'retry' | 'discard', which: 'load' | 'send', who = 'olga') => {
    const { items } = bodyOf(await app.ask('GET /v1/parked', olga)) as { items: Record<string, string>[] }
    const item = items.find(one => (one.item === send) === (which === 'send'))
    const body = what === 'discard' ? { body: { reason: 'no' } } : {}
    return app.ask(`POST /v1/parked/${item?.parkedId}/${what}`, { as: `${who} operator`, ...body })
  }
  const history = (which: 'load' | 'send') => {
    const item = app.memory.parked.all().find(({ itemId }) => (itemId === send) === (which === 'send'))
    const noted = (item?.history ?? []) as { what: string; by: string; handled: boolean }[]
    return noted.map(({ what, by, handled }) => `${what} by ${by}: ${handled}`)
  }
  const outcome = async () => bodyOf(await app.ask(`GET /v1/operations/${send}`, olga)).status
  const balance = async (id: string) => bodyOf(await app.ask(`GET /v1/accounts/${id}`, olga)).balance

  test('what is to be discarded is never decided because another is done with first', async () => {
    expect((await wish('discard', 'load')).status).toBe(202)
    expect((await wish('discard', 'send')).status).toBe(202)
    await app.pump()
    expect(await outcome()).toBe('refused')
    expect([await balance(alice), await balance(bob)]).toEqual(['60000', '0'])
    expect([history('load'), history('send')]).toEqual([['discard by olga: true'], ['discard by olga: true']])
  })

  test('a retry that changes nothing leaves the discard of another as it was', async () => {
    await wish('retry', 'load')
    await wish('discard', 'send', 'otto')
    await app.pump()
    expect(await outcome()).toBe('refused')
    expect([history('load'), history('send')]).toEqual([['retry by olga: false'], ['discard by otto: true']])
  })

  test('a discard noted while others are tried again is carried out after it', async () => {
    meanwhile = () => wish('discard', 'send', 'otto')
    await wish('retry', 'load')
    await app.pump()
    expect(await outcome()).toBe('refused')
    expect(history('send')).toEqual(['discard by otto: true'])
  })
})

describe('one wish instead of another', () => {
  const item = { id: 'c1', streamId: 's' }
  const wanted = (what: Wish['what'], by: string): Wish => ({
    what,
    by,
    at: '2026-01-01',
    correlationId: `${what} ${by}`,
  })
  const setUp = async () => {
    const store = memoryDocuments({ partitionKey: 'streamId', now: () => 0 })
    const parking = { parked: store, world: { now: () => 0, sleep: async () => {}, randomId: () => 'id' } }
    await park(parking, item, { handler: 'h', error: new Error('x') })
    const now = () => wishesIn(store.all(), ['h'])
    return { parking, now, stored: () => store.all()[0] as never as { history: Wish[] } }
  }

  test('noted while the first is carried out stays to be carried out', async () => {
    const { parking, now, stored } = await setUp()
    await wishFor(parking, { handler: 'h', itemId: 'c1', streamId: 's' } as never, wanted('retry', 'olga'))
    const [begun] = now()
    if (begun === undefined) throw new Error('nobody hears of it')
    await wishFor(parking, begun, wanted('discard', 'otto'))
    await settle(parking, begun, { handled: false, error: new Error('still') })
    expect(now().map(({ wish }) => wish)).toEqual([wanted('discard', 'otto')])
    expect(stored().history).toMatchObject([{ what: 'retry', by: 'olga', handled: false }])
  })

  test('noted before the first is carried out says so in the history', async () => {
    const { parking, now, stored } = await setUp()
    const parked = { handler: 'h', itemId: 'c1', streamId: 's' } as never
    await wishFor(parking, parked, wanted('discard', 'olga'))
    await wishFor(parking, parked, wanted('retry', 'otto'))
    expect(now().map(({ wish }) => wish.by)).toEqual(['otto'])
    expect(stored().history).toMatchObject([{ what: 'discard', by: 'olga', handled: false }])
  })
})
