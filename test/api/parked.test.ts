import type { Documents } from '@remit/documents/documents'
import { beforeEach, describe, expect, test } from 'vitest'
import { type App, bodyOf, opened, problemOf, wholeApp } from './whole-app.ts'

const olga = { as: 'olga operator' }
type Item = Record<string, unknown> & { parkedId: string }

const list = async (app: App) => (bodyOf(await app.ask('GET /v1/parked', olga)).items ?? []) as Item[]
const load = (app: App, account: string, key: string, amount = '100') =>
  app.ask(`POST /v1/accounts/${account}/loads`, {
    as: 'till payments',
    body: { amount, paymentReference: 'card' },
    key,
  })
const send = (app: App, from: string, to: string, amount: string) =>
  app.ask('POST /v1/transfers', { as: 'alice user', body: { from, to, amount }, key: `send-${amount}` })
const operation = async (app: App, answer: { body?: string | undefined }) => {
  const { operationId, transferId } = bodyOf(answer as never)
  return bodyOf(await app.ask(`GET /v1/operations/${operationId ?? transferId}`, olga))
}
const retry = (app: App, item: Item | undefined) => app.ask(`POST /v1/parked/${item?.parkedId}/retry`, olga)
const discard = (app: App, item: Item | undefined, reason = 'it was a mistake') =>
  app.ask(`POST /v1/parked/${item?.parkedId}/discard`, { ...olga, body: { reason } })

describe('a command that cannot be decided', () => {
  let mended = false
  let app: App
  let alice = ''
  let bob = ''
  beforeEach(async () => {
    mended = false
    // A rule with a defect on one amount, until it is mended.
    app = wholeApp(undefined, rule => ({
      ...rule,
      decide: (command, account) => {
        const { amount } = command.data as { amount?: number }
        if (!mended && amount === 13) throw new TypeError('thirteen')
        return rule.decide(command, account)
      },
    }))
    alice = await opened(app, 'alice')
    bob = await opened(app, 'bob')
    await load(app, alice, 'first', '60000')
    await app.pump()
  })
  const balance = async (account: string) => bodyOf(await app.ask(`GET /v1/accounts/${account}`, olga)).balance

  test('parks its account: what comes later waits in order, other accounts go on, the client is told', async () => {
    const broken = await load(app, alice, 'broken', '13')
    const behind = await send(app, alice, bob, '50')
    const other = await load(app, bob, 'other', '1000')
    await app.pump()
    expect(await operation(app, broken)).toMatchObject({ status: 'parked' })
    expect(await operation(app, behind)).toMatchObject({ status: 'parked' })
    expect(await operation(app, other)).toMatchObject({ status: 'applied' })
    expect(await list(app)).toMatchObject([
      { handler: 'decideCommands', account: alice, status: 'parked', why: expect.stringContaining('thirteen') },
      { why: expect.stringMatching(/^waits behind /), behind: bodyOf(broken).operationId },
    ])
  })

  test('a retry after the code was mended decides all that wait, in order; a second changes nothing', async () => {
    const broken = await load(app, alice, 'broken', '13')
    await send(app, alice, bob, '50')
    await app.pump()
    const [item] = await list(app)
    mended = true
    const answer = await retry(app, item)
    expect(answer.status).toBe(202)
    expect(bodyOf(answer)).toMatchObject({ status: 'retrying' })
    await app.pump()
    expect(await list(app)).toEqual([])
    expect(await operation(app, broken)).toMatchObject({ status: 'applied' })
    expect(await balance(bob)).toBe('50')
    expect(await balance(alice)).toBe(String(60_000 + 13 - 50))
    const before = app.stored()
    expect(bodyOf(await retry(app, item))).toMatchObject({ status: 'handled' })
    await app.pump()
    expect(app.stored()).toEqual(before)
    await load(app, alice, 'afterwards')
    await app.pump()
    expect(await balance(alice)).toBe(String(60_000 + 13 - 50 + 100))
  })

  test('a retry that meets the defect again says so, and who tried', async () => {
    await load(app, alice, 'broken', '13')
    await app.pump()
    await retry(app, (await list(app))[0])
    await app.pump()
    expect(await list(app)).toMatchObject([
      { status: 'parked', times: 2, history: [{ what: 'retry', by: 'olga', handled: false }] },
    ])
  })

  test('a discard refuses it for good and lets the others go on; reason and operator are recorded', async () => {
    const broken = await load(app, alice, 'broken', '13')
    const behind = await load(app, alice, 'behind', '200')
    await app.pump()
    const [item] = await list(app)
    expect((await discard(app, item)).status).toBe(202)
    await app.pump()
    expect(await operation(app, broken)).toMatchObject({ status: 'refused', reason: 'discarded' })
    expect(await operation(app, behind)).toMatchObject({ status: 'applied' })
    expect(await list(app)).toEqual([])
    const stored = app.memory.parked.all().find(({ itemId }) => itemId === item?.item)
    expect(stored?.history).toMatchObject([{ what: 'discard', by: 'olga', reason: 'it was a mistake', handled: true }])
    const append = app.memory.events.all().find(({ outcomes }) => JSON.stringify(outcomes).includes('discarded'))
    expect(append?.actor).toEqual({ kind: 'person', id: 'olga' })
    mended = true
    await load(app, alice, 'broken', '13')
    await app.pump()
    expect(await operation(app, broken)).toMatchObject({ status: 'refused', reason: 'discarded' })
  })
})

describe('credits that cannot be received', () => {
  test('discarded at the receiver, they go back; the return itself cannot be discarded', async () => {
    const broken = new Set(['ReceiveCredits'])
    const app = wholeApp(undefined, rule => ({
      ...rule,
      decide: (command, account) => {
        if (broken.has(command.type)) throw new TypeError(command.type)
        return rule.decide(command, account)
      },
    }))
    const alice = await opened(app, 'alice')
    const bob = await opened(app, 'bob')
    await load(app, alice, 'first', '60000')
    await app.pump()
    const { transferId } = bodyOf(await send(app, alice, bob, '50'))
    await app.pump()
    const status = async () => bodyOf(await app.ask(`GET /v1/transfers/${transferId}`, olga)).status
    expect(await status()).toBe('in_transit')
    broken.add('ReturnCredits')
    await discard(app, (await list(app))[0])
    await app.pump()
    const [owed] = await list(app)
    expect(owed).toMatchObject({ account: alice, item: `${transferId}.return` })
    expect(problemOf(await discard(app, owed))).toBe('invalid-parameter')
    broken.clear()
    await retry(app, owed)
    await app.pump()
    expect(await status()).toBe('returned')
    expect(bodyOf(await app.ask(`GET /v1/accounts/${alice}`, olga)).balance).toBe('60000')
  })
})

describe('a stored command nobody can read', () => {
  test('parks its account, survives retries, and can be discarded', async () => {
    const app = wholeApp()
    const alice = await opened(app, 'alice')
    await app.pump()
    const id = `${alice}_00000000-0000-4000-8000-00000000dead`
    await app.memory.commands.write({ kind: 'create', item: { id, streamId: alice, type: 'Unheard', data: 1 } })
    const behind = await load(app, alice, 'behind')
    await app.pump()
    expect(await operation(app, behind)).toMatchObject({ status: 'parked' })
    await retry(app, (await list(app))[0])
    await app.pump()
    expect(await list(app)).toHaveLength(2)
    await discard(app, (await list(app))[0])
    await app.pump()
    expect(await list(app)).toEqual([])
    expect(await operation(app, behind)).toMatchObject({ status: 'applied' })
  })
})

describe('an append that cannot be folded', () => {
  test('parks the views of its account and the news; a retry folds what they lack, then sends the news', async () => {
    let mended = false
    const through = (name: string, documents: Documents): Documents => ({
      ...documents,
      writeTogether: (partition, writes) => {
        const hurts = JSON.stringify(writes).includes('"amount":13')
        if (name === 'accounts' && hurts && !mended) throw new TypeError('thirteen')
        return documents.writeTogether(partition, writes)
      },
    })
    const app = wholeApp(through)
    const alice = await opened(app, 'alice')
    const bob = await opened(app, 'bob')
    await load(app, alice, 'a', '60000')
    await app.pump()
    await load(app, alice, 'broken', '13')
    await app.pump()
    const sent = await send(app, alice, bob, '50')
    await load(app, bob, 'other', '200')
    await app.pump()
    const shown = async (account: string) => bodyOf(await app.ask(`GET /v1/accounts/${account}`, olga)).balance
    expect(await shown(alice)).toBe('60000')
    expect(await shown(bob)).toBe('250')
    const open = await list(app)
    expect(new Set(open.map(({ handler }) => handler))).toEqual(new Set(['projectEvents', 'publishEvents']))
    const loaded = `${alice}/3`
    expect(app.published).not.toContain(loaded)
    expect(problemOf(await discard(app, open[0]))).toBe('invalid-parameter')
    mended = true
    await retry(
      app,
      open.find(({ handler }) => handler === 'projectEvents'),
    )
    await app.pump()
    expect(await list(app)).toEqual([])
    expect(await shown(alice)).toBe(String(60_000 + 13 - 50))
    expect(app.published).toContain(loaded)
    const { transferId } = bodyOf(sent)
    expect(bodyOf(await app.ask(`GET /v1/transfers/${transferId}`, olga)).status).toBe('completed')
  })
})
