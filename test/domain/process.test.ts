import { accountCommand } from '@remit/domain/account/commands'
import type { CommandId } from '@remit/domain/ids'
import type { TransferFacts } from '@remit/domain/transfer/facts'
import { attentionAt, type Owed, owed } from '@remit/domain/transfer/process'
import { expect, test } from 'vitest'
import { ALICE, BOB, NOON, transfer } from './example.ts'

const DUE = '2026-01-02T12:00:00.000Z'
const BEFORE = '2026-01-02T11:59:59.999Z'
const LONG_AFTER = '2026-02-01T00:00:00.000Z'
const transferId = transfer('t')
const wish = { transferId, from: ALICE, to: BOB, amount: 500, currency: 'EUR' }
const text = 'a'.repeat(64)
const at = NOON

const held = { at, dueAt: DUE, approvalsNeeded: 2 }
const approvals = { rita: { at } }
const sent = { at }
const received = { at, fee: 1 }
const bounced = { at, reason: 'balance_limit' }
const returned = { at }
const declined = { at, by: 'rita', commandId: 'x' }

const step = (name: string) => `${transferId}.${name}` as CommandId
const receive: Owed = {
  id: step('receive'),
  streamId: BOB,
  type: 'ReceiveCredits',
  data: { transferId, from: ALICE, amount: 500, currency: 'EUR' },
}
const giveBack: Owed = {
  id: step('return'),
  streamId: ALICE,
  type: 'ReturnCredits',
  data: { transferId, to: BOB, amount: 500, currency: 'EUR', reason: 'balance_limit' },
}
const expire = (asOf: string): Owed => ({
  id: step('expire'),
  streamId: ALICE,
  type: 'ExpireTransfer',
  data: { transferId, asOf },
})

const rows: [name: string, facts: Partial<TransferFacts>, now: string, then: Owed | undefined][] = [
  ['only asked for', { requestedAt: at }, LONG_AFTER, undefined],
  ['refused', { refused: { at, reason: 'account_closed' } }, LONG_AFTER, undefined],
  ['held', { held }, BEFORE, undefined],
  ['held until it is due', { held }, DUE, expire(DUE)],
  ['held and long forgotten', { held }, LONG_AFTER, expire(LONG_AFTER)],
  ['due although one of two approved', { held, approvals }, DUE, expire(DUE)],
  ['an approval, and its hold not yet seen', { approvals }, LONG_AFTER, undefined],
  ['declined', { held, declined }, LONG_AFTER, undefined],
  ['expired', { held, expired: { at } }, LONG_AFTER, undefined],
  ['sent', { sent }, NOON, receive],
  ['sent with a text', { sent, text }, NOON, { ...receive, data: { ...receive.data, text } } as Owed],
  ['approved, sent and past the day it was due', { held, approvals, sent }, LONG_AFTER, receive],
  ['received', { sent, received }, LONG_AFTER, undefined],
  ['received, and its sending not yet seen', { received }, LONG_AFTER, undefined],
  ['refused by the receiver', { sent, bounced }, NOON, giveBack],
  ['refused by the receiver, and its sending not yet seen', { bounced }, NOON, giveBack],
  ['refused by the receiver, with a text that stays with the sender', { sent, bounced, text }, NOON, giveBack],
  ['returned', { sent, bounced, returned }, LONG_AFTER, undefined],
  ['returned, and the refusal not yet seen', { sent, returned }, LONG_AFTER, undefined],
]

test.each(rows)('what is owed to a transfer that is %s', (_name, facts, now, then) => {
  expect(owed({ ...wish, ...facts }, now)).toStrictEqual(then ? [then] : [])
})

test.each([receive, giveBack, expire(DUE)])('the door can send $type as it is owed', command => {
  const actor = { kind: 'process', id: 'transfers' }
  const envelope = { actor, at, hash: 'f'.repeat(64), correlationId: 'a request' }
  expect(accountCommand.parse({ ...command, ...envelope })).toMatchObject(command)
})

const MINUTE = 60_000
const LATER = '2026-01-01T12:00:30.000Z'

test.each<[name: string, facts: Partial<TransferFacts>, attention: string | undefined]>([
  ['only asked for: never', { requestedAt: at }, undefined],
  ['refused: never', { refused: { at, reason: 'same_account' } }, undefined],
  ['held: when it is due', { held }, DUE],
  ['held and approved by one: when it is due', { held, approvals: { rita: { at: LATER } } }, DUE],
  ['an approval, and its hold not yet seen: when the hold is seen', { approvals }, undefined],
  ['declined: never', { held, declined }, undefined],
  ['expired: never', { held, expired: { at } }, undefined],
  ['sent: after a minute', { sent }, '2026-01-01T12:01:00.000Z'],
  [
    'refused by the receiver: a minute after that',
    { sent, bounced: { ...bounced, at: LATER } },
    '2026-01-01T12:01:30.000Z',
  ],
  ['received: never', { sent, received }, undefined],
  ['returned: never', { sent, bounced, returned }, undefined],
])('when to ask again about a transfer that is %s', (_name, facts, attention) => {
  expect(attentionAt({ ...wish, ...facts }, MINUTE)).toBe(attention)
})
