import type { Answer } from '@remit/api/http/answer'
import { beforeEach, describe, expect, test } from 'vitest'
import { type App, bodyOf, funded, opened, problemOf, type Sending, wholeApp } from './whole-app.ts'

const other = '99999999-9999-4999-8999-999999999999'
const MEMO = 'for the cheese fondue'
let app: App
let account: string
beforeEach(async () => {
  app = wholeApp()
  account = await funded(app, 'alice')
})

const wish = (more: object = {}) => ({ from: account, to: other, amount: '100', ...more })
const send = (body: object, more: Sending = {}) =>
  app.ask('POST /v1/transfers', { as: 'alice user', key: 'k', body, ...more })
const idIn = (answer: Answer) => answer.headers.location
const replayed = (answer: Answer) => answer.headers['idempotent-replayed']

describe('the same key and the same wish', () => {
  test.each<[string, object, object]>([
    ['a plain one', {}, {}],
    ['with texts', { memo: MEMO, metadata: { a: '1', b: '2' } }, { memo: MEMO, metadata: { a: '1', b: '2' } }],
    [
      'members in another order',
      { memo: MEMO, metadata: { a: '1', b: '2' } },
      { metadata: { b: '2', a: '1' }, memo: MEMO },
    ],
  ])('%s: the same command, told to be a replay, nothing stored', async (_what, first, second) => {
    const one = await send(wish(first))
    expect([one.status, replayed(one)]).toEqual([202, undefined])
    const before = app.stored()
    const two = await send(wish(second))
    expect([two.status, replayed(two), idIn(two)]).toEqual([202, 'true', idIn(one)])
    expect(bodyOf(two)).toEqual(bodyOf(one))
    expect(app.stored()).toEqual(before)
    await app.pump()
    const three = await send(wish(second))
    expect([replayed(three), idIn(three)]).toEqual(['true', idIn(one)])
    expect(bodyOf(three)).toMatchObject({
      ...first,
      amount: '100',
      status: expect.stringMatching(/completed|returned/),
    })
    expect(app.memory.commands.all().filter(({ type }) => type === 'SendCredits')).toHaveLength(1)
  })

  test('many at once: one command, one that created it', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => send(wish({ memo: MEMO }))))
    expect(answers.filter(answer => replayed(answer) === undefined)).toHaveLength(1)
    expect(new Set(answers.map(idIn)).size).toBe(1)
    expect(app.memory.details.all().filter(({ id }) => idIn(answers[0] as Answer)?.endsWith(String(id)))).toHaveLength(
      1,
    )
  })

  test('a refused wish stays refused, whatever the balance is later', async () => {
    await send(wish({ amount: '9000000' }))
    await app.pump()
    const load = { amount: '9000000', paymentReference: 'more' }
    await app.ask(`POST /v1/accounts/${account}/loads`, { as: 'bank payments', key: 'more', body: load })
    await app.pump()
    const answer = await send(wish({ amount: '9000000' }))
    expect(bodyOf(answer)).toMatchObject({ status: 'refused', reason: 'insufficient_credits' })
    expect(replayed(answer)).toBe('true')
  })
})

describe('the same key and another wish', () => {
  const texts = { memo: MEMO, metadata: { a: '1' } }
  const alterations: [string, object, object, string[]][] = [
    ['amount', {}, { amount: '101' }, ['/amount']],
    ['receiver', {}, { to: '88888888-8888-4888-8888-888888888888' }, ['/to']],
    [
      'amount and receiver',
      texts,
      { ...texts, amount: '1', to: '88888888-8888-4888-8888-888888888888' },
      ['/amount', '/to'],
    ],
    ['memo', texts, { ...texts, memo: 'another' }, ['/memo']],
    ['added memo', {}, { memo: MEMO }, ['/memo']],
    ['added empty memo', {}, { memo: '' }, ['/memo']],
    ['removed memo', texts, { metadata: texts.metadata }, ['/memo']],
    ['removed texts', texts, {}, ['/memo', '/metadata']],
    ['metadata', texts, { ...texts, metadata: { a: '2' } }, ['/metadata']],
    ['added metadata entry', texts, { ...texts, metadata: { a: '1', b: '2' } }, ['/metadata']],
    ['memo and amount', texts, { ...texts, memo: 'x', amount: '7' }, ['/amount', '/memo']],
    ['added memo and amount', {}, { memo: 'x', amount: '7' }, ['/amount', '/memo']],
  ]

  test.each(alterations)(
    '%s: 422 that names it, nothing stored, pending or decided',
    async (_what, first, second, differs) => {
      const one = await send(wish(first))
      for (const decided of [false, true]) {
        if (decided) await app.pump()
        const before = app.stored()
        const answer = await send(wish(second))
        expect(answer.status).toBe(422)
        expect(problemOf(answer)).toBe('idempotency-key-reused')
        expect((bodyOf(answer).differs as string[]).toSorted()).toEqual(differs)
        expect(app.stored()).toEqual(before)
      }
      const again = await send(wish(first))
      expect([replayed(again), idIn(again)]).toEqual(['true', idIn(one)])
      expect(bodyOf(again)).toMatchObject(first)
    },
  )

  test('a load altered is refused too', async () => {
    const load = (body: object) =>
      app.ask(`POST /v1/accounts/${account}/loads`, { as: 'bank payments', key: 'l', body })
    await load({ amount: '5', paymentReference: 'r' })
    const before = app.stored()
    expect(bodyOf(await load({ amount: '5', paymentReference: 's' })).differs).toEqual(['/paymentReference'])
    expect(bodyOf(await load({ amount: '6', paymentReference: 'r' })).differs).toEqual(['/amount'])
    expect(app.stored()).toEqual(before)
  })
})

describe('whose key it is', () => {
  test('the paying account’s: another account, another command', async () => {
    const second = await opened(app, 'alice', { kind: 'personal', name: 'another' })
    const answers = [await send(wish()), await send({ ...wish(), from: second })]
    expect(answers.map(replayed)).toEqual([undefined, undefined])
    expect(new Set(answers.map(idIn)).size).toBe(2)
  })

  test('one kind of command’s: a load, a transfer and a freeze share no key', async () => {
    const body = { amount: '100', paymentReference: 'r' }
    const load = await app.ask(`POST /v1/accounts/${account}/loads`, { as: 'bank payments', key: 'k', body })
    const freeze = await app.ask(`POST /v1/accounts/${account}/freeze`, { as: 'op operator', key: 'k' })
    const unfreeze = await app.ask(`POST /v1/accounts/${account}/unfreeze`, { as: 'op operator', key: 'k' })
    const answers = [await send(wish()), load, freeze, unfreeze]
    expect(answers.map(answer => [answer.status, replayed(answer)])).toEqual(answers.map(() => [202, undefined]))
    expect(new Set(answers.map(idIn)).size).toBe(4)
  })

  test('one reviewer’s: two with the same key decide twice', async () => {
    await opened(app, 'bob')
    const to = await opened(app, 'bob')
    const { transferId } = bodyOf(await send(wish({ to, amount: '2000000' })))
    await app.pump()
    const approve = (as: string) => app.ask(`POST /v1/transfers/${transferId}/approve`, { as, key: 'k' })
    const [rita, rolf] = [await approve('rita reviewer'), await approve('rolf reviewer')]
    expect([replayed(rita), replayed(rolf)]).toEqual([undefined, undefined])
    expect(idIn(rita)).not.toBe(idIn(rolf))
    expect(replayed(await approve('rita reviewer'))).toBe('true')
    await app.pump()
    const seen = await app.ask(`GET /v1/transfers/${transferId}`, { as: 'rita reviewer' })
    expect(bodyOf(seen)).toMatchObject({ status: 'completed', approvals: 2 })
    expect((bodyOf(seen).decidedBy as string[]).toSorted()).toEqual(['rita', 'rolf'])
  })

  test('one owner’s: two open two accounts; one opens the same again', async () => {
    const open = (as: string, name = 'n') =>
      app.ask('POST /v1/accounts', { as, key: 'k', body: { kind: 'personal', name } })
    const [ann, ben] = [await open('ann user'), await open('ben user')]
    expect(idIn(ann)).not.toBe(idIn(ben))
    expect(replayed(await open('ann user'))).toBe('true')
    expect(bodyOf(await open('ann user', 'm'))).toMatchObject({ status: 422, differs: ['/name'] })
  })

  test('nobody’s without one: repeats of a freeze are commands of their own, opening is by kind and name', async () => {
    const freeze = () => app.ask(`POST /v1/accounts/${account}/freeze`, { as: 'op operator' })
    expect(idIn(await freeze())).not.toBe(idIn(await freeze()))
    const open = (name: string) => app.ask('POST /v1/accounts', { as: 'ann user', body: { kind: 'merchant', name } })
    const [one, two, three] = [await open('shop'), await open('shop'), await open('stall')]
    expect([idIn(two), replayed(two)]).toEqual([idIn(one), 'true'])
    expect([idIn(three) === idIn(one), replayed(three)]).toEqual([false, undefined])
  })
})

describe('free text', () => {
  const texts = { memo: MEMO, metadata: { order: 'a dozen of eggs' } }
  const secret = /cheese|dozen|lost card|a fine shop|looks odd|seems right/

  test('is kept in details and nowhere else', async () => {
    await opened(app, 'shopkeeper', { kind: 'merchant', name: 'a fine shop' })
    const to = await opened(app, 'bob')
    const { transferId } = bodyOf(await send(wish({ to, amount: '2000000', ...texts })))
    await app.pump()
    const review = (verb: string, as: string, body: object) =>
      app.ask(`POST /v1/transfers/${transferId}/${verb}`, { as, body })
    await review('approve', 'rita reviewer', { note: 'seems right' })
    await review('decline', 'rolf reviewer', { reason: 'looks odd' })
    await app.ask(`POST /v1/accounts/${account}/freeze`, { as: 'op operator', body: { reason: 'lost card' } })
    await app.pump()
    for (const [name, items] of Object.entries(app.stored())) {
      for (const item of items) if (name !== 'details') expect(JSON.stringify(item), name).not.toMatch(secret)
    }
    expect(JSON.stringify(app.memory.details.all()).match(new RegExp(secret, 'g'))).toHaveLength(6)
  })

  test('enters the hash under a salt: the same words on two commands have nothing in common', async () => {
    await send(wish(texts), { key: 'one' })
    await send(wish(texts), { key: 'two' })
    const [one, two] = app.memory.commands.all().filter(({ type }) => type === 'SendCredits')
    const textOf = (item: unknown) => (item as { data: { text: string } }).data.text
    expect(textOf(one)).toMatch(/^[0-9a-f]{64}$/)
    expect(textOf(one)).not.toBe(textOf(two))
    expect(one?.hash).not.toBe(two?.hash)
    const salts = app.memory.details.all().map(({ salt }) => salt)
    expect(new Set(salts).size).toBe(salts.length)
  })
})
