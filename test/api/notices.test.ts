import type { Write } from '@remit/documents/documents'
import { messageOf } from '@remit/functions-notices/notice'
import { describe, expect, test } from 'vitest'
import { ANN, AT, loaded, service, TOM, TRANSFER } from './noticeboard.ts'

const NOBODY = '44444444-4444-4444-8444-444444444444'

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
    const refusal = { ...loaded(2, NOBODY, { command: 'CloseAccount', reason: 'account_not_found' }) }
    await keep({ ...refusal, type: 'remit.command-refused.v1' })
    expect(notices.all()).toEqual([])
  })

  test('come again where the account is not to be seen yet', async () => {
    const { keep, notices } = service()
    await expect(keep(loaded(2, NOBODY))).rejects.toThrow('not to be seen yet')
    expect(notices.all()).toEqual([])
  })

  test('delete themselves after a week', async () => {
    const { keep, notices } = service()
    await keep(loaded(2))
    expect(notices.all().find(item => item.number === 1)?.ttl).toBe(7 * 24 * 3600)
  })
})
