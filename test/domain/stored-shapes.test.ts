import { accountCommand, type CommandType } from '@remit/domain/account/commands'
import { accountEvent, type EventType } from '@remit/domain/account/events'
import { describe, expect, test } from 'vitest'
import { ALICE, BOB, command, NOON, transfer } from './example.ts'

const TEXT = 'a'.repeat(64)
const transferId = transfer('t')
const currency = 'EUR'

type Data = Record<string, unknown>
type Shape<Type> = [type: Type, least: Data, more: Data]

/** Of each type the members it must have, and those it may have. */
const commands: Shape<CommandType>[] = [
  ['OpenAccount', { kind: 'merchant', owner: 'alice' }, { text: TEXT }],
  ['LoadCredits', { amount: 1, paymentReference: 'card' }, {}],
  ['SendCredits', { to: BOB, amount: 1 }, { text: TEXT }],
  ['ApproveTransfer', { transferId, receiverOwner: 'bob' }, { text: TEXT }],
  ['DeclineTransfer', { transferId }, { text: TEXT }],
  ['ExpireTransfer', { transferId, asOf: NOON }, {}],
  ['ReceiveCredits', { transferId, from: BOB, amount: 1, currency }, { text: TEXT }],
  ['ReturnCredits', { transferId, to: BOB, amount: 1, currency, reason: 'account_closed' }, {}],
  ['FreezeAccount', {}, { text: TEXT }],
  ['UnfreezeAccount', {}, { text: TEXT }],
  ['CloseAccount', {}, { text: TEXT }],
]

const out = { transferId, to: BOB, amount: 1, currency }
const events: Shape<EventType>[] = [
  ['AccountOpened', { kind: 'merchant', owner: 'alice', currency }, { text: TEXT }],
  ['CreditsLoaded', { amount: 1, fee: 0, currency, paymentReference: 'card' }, {}],
  ['TransferHeld', { ...out, approvalsNeeded: 1, dueAt: NOON }, { text: TEXT }],
  ['TransferApproved', { ...out, by: 'rita' }, { text: TEXT }],
  ['TransferDeclined', { ...out, by: 'rita' }, { text: TEXT }],
  ['TransferExpired', { ...out, asOf: NOON }, {}],
  ['CreditsSent', out, { text: TEXT }],
  ['CreditsReceived', { transferId, from: BOB, amount: 1, fee: 0, currency }, { text: TEXT }],
  ['CreditsReturned', { ...out, reason: 'account_closed' }, {}],
  ['AccountFrozen', {}, { text: TEXT }],
  ['AccountUnfrozen', {}, { text: TEXT }],
  ['AccountClosed', {}, { text: TEXT }],
]

const asCommand = (type: CommandType, data: Data) => ({ ...command('CloseAccount', {}), type, data })
const asEvent = (type: EventType, data: Data) => ({ type, data })
const without = (data: Data, member: string) => Object.fromEntries(Object.entries(data).filter(([it]) => it !== member))

describe.each(commands)('%s', (type, least, more) => {
  const reads = (data: Data) => accountCommand.safeParse(asCommand(type, data)).success
  test('is read whole', () => {
    expect(accountCommand.parse(asCommand(type, least)).data).toStrictEqual(least)
    expect(accountCommand.parse(asCommand(type, { ...least, ...more })).data).toStrictEqual({ ...least, ...more })
  })
  test('is not read when a member is missing or no digest stands for its text', () => {
    expect(Object.keys(least).filter(member => reads(without(least, member)))).toEqual([])
    expect(reads({ ...least, text: 'plain words' })).toBe(!('text' in more))
  })
})

describe.each(events)('%s', (type, least, more) => {
  const reads = (data: Data) => accountEvent.safeParse(asEvent(type, data)).success
  test('is read whole', () => {
    expect(accountEvent.parse(asEvent(type, least)).data).toStrictEqual(least)
    expect(accountEvent.parse(asEvent(type, { ...least, ...more })).data).toStrictEqual({ ...least, ...more })
  })
  test('is not read when a member is missing or no digest stands for its text', () => {
    expect(Object.keys(least).filter(member => reads(without(least, member)))).toEqual([])
    expect(reads({ ...least, text: 'plain words' })).toBe(!('text' in more))
  })
})

/** Times are compared as texts, so all must be written alike. */
test.each([
  ['without milliseconds', '2026-01-01T12:00:00Z'],
  ['with microseconds', '2026-01-01T12:00:00.000000Z'],
  ['with an offset', '2026-01-01T13:00:00.000+01:00'],
  ['without a time', '2026-01-01'],
])('a time %s is not read', (_name, time) => {
  expect(accountCommand.safeParse({ ...command('CloseAccount', {}), at: time }).success).toBe(false)
  expect(accountCommand.safeParse(asCommand('ExpireTransfer', { transferId, asOf: time })).success).toBe(false)
  expect(accountEvent.safeParse(asEvent('TransferExpired', { ...out, asOf: time })).success).toBe(false)
})

test.each<[name: string, change: Data]>([
  ['without an id', { id: '' }],
  ['for no account', { streamId: 'alice' }],
  ['with half a hash', { hash: 'f'.repeat(32) }],
  ['sent by nobody', { actor: { kind: 'person', id: '' } }],
  ['sent by something else', { actor: { kind: 'machine', id: 'x' } }],
  ['that belongs to no request', { correlationId: '' }],
  ['of a type nobody knows', { type: 'PrintCredits' }],
])('a command %s is not read', (_name, change) => {
  const whole = { ...command('CloseAccount', {}), streamId: ALICE }
  expect(accountCommand.safeParse(whole).success).toBe(true)
  expect(accountCommand.safeParse({ ...whole, ...change }).success).toBe(false)
})

test.each<[name: string, type: EventType | CommandType, data: Data]>([
  ['an amount in parts of a cent', 'LoadCredits', { amount: 0.5, paymentReference: 'card' }],
  ['an amount as a text', 'SendCredits', { to: BOB, amount: '1' }],
  ['an account of a kind nobody knows', 'OpenAccount', { kind: 'bank', owner: 'alice' }],
  ['an account of nobody', 'OpenAccount', { kind: 'personal', owner: '' }],
  ['a receiver of nobody', 'ApproveTransfer', { transferId, receiverOwner: '' }],
  ['a currency by its name', 'ReceiveCredits', { transferId, from: BOB, amount: 1, currency: 'euro' }],
  ['a reason nobody knows', 'ReturnCredits', { ...out, reason: 'bad_mood' }],
])('%s is not read', (_name, type, data) => {
  expect(accountCommand.safeParse(asCommand(type as CommandType, data)).success).toBe(false)
})
