import type { Write } from '@remit/documents/documents'
import { memoryDocuments } from '@remit/documents/memory'
import { createBell } from '@remit/functions-notices/bell'
import { followNotices, LIFE, MOST_STREAMS, stream } from '@remit/functions-notices/follow-notices'
import { keepNotice } from '@remit/functions-notices/keep-notices'
import { messageOf } from '@remit/functions-notices/notice'
import { describe, expect, test } from 'vitest'

const ANN = '11111111-1111-4111-8111-111111111111'
const TOM = '22222222-2222-4222-8222-222222222222'
const TRANSFER = `${ANN}_33333333-3333-4333-8333-333333333333`
const AT = '2026-01-01T12:00:00.000Z'

/** The service over stores in memory, on a clock that moves when somebody sleeps. */
function service() {
  let now = Date.parse(AT)
  const naps: (() => void)[] = []
  const world = {
    now: () => now,
    sleep: (milliseconds: number) =>
      new Promise<void>(resolve =>
        naps.push(() => {
          now += milliseconds
          resolve()
        }),
      ),
    randomId: () => 'a request',
  }
  const notices = memoryDocuments({ partitionKey: 'owner', uniqueKeys: ['number'], now: world.now })
  const accounts = memoryDocuments({ partitionKey: 'accountId', now: world.now })
  for (const [accountId, owner] of [
    [ANN, 'ann'],
    [TOM, 'tom'],
  ]) {
    const item = { id: 'summary', accountId, owner, append: 1, version: 1, status: 'open', kind: 'personal' }
    void accounts.write({ kind: 'create', item: { ...item, currency: 'EUR', balance: 0, held: 0 } })
  }
  const bell = createBell()
  const keeping = { notices, accounts, owners: new Map(), queues: new Map(), bell, world }
  const elsewhere = { ...keeping, queues: new Map(), bell: createBell() }
  const verify = async () => ({ sub: 'ann', roles: new Set(['user' as const]) })
  const surroundings = { verify, randomId: world.randomId, report: () => undefined }
  const desk = { surroundings, notices, bell, world }
  return {
    bell,
    desk,
    notices,
    keep: (event: unknown) => keepNotice(keeping, event),
    /** As another instance does. */
    keepElsewhere: (event: unknown) => keepNotice(elsewhere, event),
    later: (milliseconds: number) => {
      now += milliseconds
    },
    /** Lets everybody who sleeps wake up. */
    wake: () => naps.splice(0).forEach(nap => void nap()),
    follow: (after: number, owner = 'ann') => stream(desk, { owner, after, report: () => undefined }),
    ask: (headers: Record<string, string> = {}) =>
      followNotices(desk)({
        headers: new Headers({ authorization: 'Bearer x', ...headers }),
        query: new URLSearchParams(),
        params: {},
        arrayBuffer: async () => new ArrayBuffer(0),
      }),
  }
}

const loaded = (version: number, streamId = ANN, more: object = {}) => ({
  id: `${streamId}/${version}`,
  type: 'remit.credits-loaded.v1',
  data: { streamId, version, at: AT, amount: 2000, fee: 1, currency: 'EUR', paymentReference: 'secret', ...more },
})
const textOf = (number: number) =>
  `id: ${number}\nevent: credits-loaded\ndata: ${JSON.stringify({ account: ANN, at: AT, amount: '2000', fee: '1', currency: 'EUR' })}\n\n`

describe('what an owner is told', () => {
  const told = (type: string, data: object) =>
    messageOf({ id: 'x', type: `remit.${type}.v1`, data: { streamId: ANN, at: AT, ...data } })

  test.each([
    [
      'account-opened',
      { kind: 'personal', owner: 'ann', currency: 'EUR', text: 'f'.repeat(64) },
      { kind: 'personal', currency: 'EUR' },
    ],
    [
      'transfer-declined',
      { transferId: TRANSFER, to: TOM, amount: 5, currency: 'EUR', by: 'rita' },
      { transferId: TRANSFER, to: TOM, amount: '5', currency: 'EUR' },
    ],
    [
      'credits-received',
      { transferId: TRANSFER, from: TOM, amount: 5, fee: 0, currency: 'EUR' },
      { transferId: TRANSFER, from: TOM, amount: '5', fee: '0', currency: 'EUR' },
    ],
    [
      'command-refused',
      { command: 'SendCredits', commandId: 'c', reason: 'insufficient_credits', transferId: TRANSFER },
      { command: 'SendCredits', reason: 'insufficient_credits', transferId: TRANSFER },
    ],
    ['account-frozen', { text: 'f'.repeat(64) }, {}],
  ])('%s: only what the reads of the API show as well', (type, data, expected) => {
    expect(told(type, data)?.data).toEqual({ account: ANN, at: AT, ...expected })
  })

  test.each([
    ['an approval', 'transfer-approved', { transferId: TRANSFER, by: 'rita' }],
    ['a refusal of what the process sent', 'command-refused', { command: 'ReceiveCredits', reason: 'account_closed' }],
    [
      "a refusal of a reviewer's command",
      'command-refused',
      { command: 'ApproveTransfer', reason: 'reviewer_is_party' },
    ],
    ['what nobody knows', 'constructor', {}],
  ])('%s is not told', (_, type, data) => {
    expect(told(type, data)).toBeUndefined()
  })

  test.each([undefined, null, 'text', {}, { id: 'x', type: 'remit.credits-loaded.v1' }])('%j is no news', event => {
    expect(messageOf(event)).toBeUndefined()
  })
})

describe('notices', () => {
  test('are numbered for each owner, and kept once however often they are heard', async () => {
    const { keep, notices } = service()
    await Promise.all([keep(loaded(3)), keep(loaded(2)), keep(loaded(3)), keep(loaded(2, TOM)), keep(loaded(4))])
    await keep(loaded(2))
    const of = (owner: string) =>
      notices.query(owner, { where: [{ path: 'number', is: '>', value: 0 }], orderBy: { path: 'number' }, limit: 9 })
    expect((await of('ann')).map(item => item.number)).toEqual([1, 2, 3])
    expect((await of('ann')).map(item => item.id).sort()).toEqual([`${ANN}~2`, `${ANN}~3`, `${ANN}~4`])
    expect((await of('tom')).map(item => item.number)).toEqual([1])
  })

  test('are numbered one after the other by two instances that do not know of each other', async () => {
    const { keep, keepElsewhere, notices } = service()
    const versions = Array.from({ length: 40 }, (_, index) => index + 2)
    await Promise.all(versions.map(version => (version % 2 === 0 ? keep : keepElsewhere)(loaded(version))))
    await Promise.all(versions.map(version => (version % 2 === 0 ? keepElsewhere : keep)(loaded(version))))
    const items = await notices.query('ann', {
      where: [{ path: 'number', is: '>', value: 0 }],
      orderBy: { path: 'number' },
      limit: 99,
    })
    expect(items.map(item => item.number)).toEqual(versions.map((_, index) => index + 1))
  })

  test('go on with numbers never given when all have expired, and an instance that had slept does not fall behind', async () => {
    const { keep, keepElsewhere, notices, later } = service()
    await keep(loaded(2))
    await keepElsewhere(loaded(3))
    later(8 * 24 * 3600_000)
    for (const { id } of notices.all().filter(item => item.ttl)) await notices.remove({ partition: 'ann', id })
    const numberOf = (version: number) => notices.all().find(({ id }) => id === `${ANN}~${version}`)?.number as number
    await keepElsewhere(loaded(4))
    expect(numberOf(4)).toBeGreaterThan(2)
    await keep(loaded(5))
    await keepElsewhere(loaded(6))
    expect([numberOf(5), numberOf(6)]).toEqual([numberOf(4) + 1, numberOf(4) + 2])
  })

  test('cost one write each: numbers are reserved by the hundred', async () => {
    const { keep, notices } = service()
    const writes: string[][] = []
    const { write, writeTogether } = notices
    const note = (all: readonly Write[]) => writes.push(all.map(({ kind }) => kind))
    Object.assign(notices, {
      write: (one: Write) => {
        note([one])
        return write(one)
      },
      writeTogether: (owner: string, all: Write[]) => {
        note(all)
        return writeTogether(owner, all)
      },
    })
    for (let version = 1; version <= 201; version++) await keep(loaded(version))
    expect(writes.filter(kinds => kinds.length > 1)).toEqual([
      ['create', 'create'],
      ['replace', 'create'],
      ['replace', 'create'],
    ])
    expect(writes).toHaveLength(201)
  })

  test('of an account nobody opened are nobody’s', async () => {
    const { keep, notices } = service()
    await keep(loaded(2, '44444444-4444-4444-8444-444444444444'))
    expect(notices.all()).toEqual([])
  })

  test('delete themselves after a week', async () => {
    const { keep, notices } = service()
    await keep(loaded(2))
    expect(notices.all().find(item => item.number === 1)?.ttl).toBe(7 * 24 * 3600)
  })
})

describe('the stream', () => {
  test('goes on after the number one has, and tells what comes at once', async () => {
    const { keep, follow } = service()
    await keep(loaded(2))
    await keep(loaded(3))
    const told = follow(1)
    expect((await told.next()).value).toBe('retry: 1000\n\n')
    expect((await told.next()).value).toBe(textOf(2))
    const next = told.next()
    await keep(loaded(4))
    expect((await next).value).toBe(textOf(3))
    await told.return(undefined)
  })

  test('finds what another instance kept when it looks again', async () => {
    const { follow, keepElsewhere, wake } = service()
    const told = follow(0)
    await told.next()
    const next = told.next()
    await keepElsewhere(loaded(2))
    while (!(await Promise.race([next.then(() => true), tick()]))) wake()
    expect((await next).value).toBe(textOf(1))
    await told.return(undefined)
  })

  test('gives a sign of life while nothing happens, and ends when its time is over', async () => {
    const { bell, follow, wake } = service()
    const said: string[] = []
    const all = (async () => {
      for await (const text of follow(0)) said.push(text)
    })()
    for (let round = 0; round < LIFE / 1000 + 5; round++) {
      await tick()
      wake()
    }
    await all
    expect(said.filter(text => text === ': still here\n\n')).toHaveLength(7)
    expect(bell.listeners()).toBe(0)
  })

  test('begins now without Last-Event-ID, and answers 400 for one that is none', async () => {
    const { ask, keep } = service()
    await keep(loaded(2))
    const answer = await ask()
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
    const pieces = (answer.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
    await pieces.next()
    const next = pieces.next()
    await keep(loaded(3))
    expect(new TextDecoder().decode((await next).value)).toBe(textOf(2))
    for (const id of ['x', '-1', '1.5', '9'.repeat(16)]) expect((await ask({ 'last-event-id': id })).status).toBe(400)
  })

  test('is refused with 429 when an instance has its hands full', async () => {
    const { ask, bell } = service()
    for (let one = 0; one < MOST_STREAMS; one++) bell.listen('somebody')
    expect(await ask()).toMatchObject({ status: 429 })
  })
})

function tick(): Promise<false> {
  return new Promise(resolve => setImmediate(() => resolve(false)))
}
