import type { CommandType } from '@remit/domain/account/commands'
import { differingMembers, type Wish, wishHash, wishOf } from '@remit/domain/wish'
import { expect, test } from 'vitest'
import { ALICE, BOB, command, transfer } from './example.ts'

type Data = Record<string, unknown>

const wish = (type: CommandType, data: Data): Wish => ({ type, streamId: ALICE, data })
const send = (data: Data) => wish('SendCredits', data)
const approve = (data: Data) => wish('ApproveTransfer', data)
const MEMO = 'a'.repeat(64)
const transferId = transfer('t')

test.each<[name: string, command: Wish, wished: Wish]>([
  [
    'what the envelope says is no part of it',
    command('SendCredits', { to: BOB, amount: 5, text: MEMO }),
    send({ to: BOB, amount: 5, text: MEMO }),
  ],
  [
    'whom the door found to be the receiver is no part of it',
    command('ApproveTransfer', { transferId, receiverOwner: 'bob', text: MEMO }),
    approve({ transferId, text: MEMO }),
  ],
  [
    'another command may have a member of that name',
    wish('LoadCredits', { amount: 5, receiverOwner: 'bob' }),
    wish('LoadCredits', { amount: 5, receiverOwner: 'bob' }),
  ],
  ['an absent member is not named', send({ to: BOB, amount: 5, text: undefined }), send({ to: BOB, amount: 5 })],
])('%s', (_name, from, wished) => {
  expect(wishOf(from)).toStrictEqual(wished)
})

const repeats: [name: string, first: Wish, second: Wish][] = [
  [
    'sent at another time by another',
    command('FreezeAccount', {}),
    command('FreezeAccount', {}, { by: 'ann', at: '' }),
  ],
  ['found with another receiver', approve({ transferId, receiverOwner: 'bob' }), approve({ transferId })],
  ['with its members turned', send({ to: BOB, amount: 5 }), send({ amount: 5, to: BOB })],
  ['with an absent text', send({ to: BOB, text: undefined }), send({ to: BOB })],
]

test.each(repeats)('a wish %s is the same wish', (_name, first, second) => {
  expect(wishHash(second)).toBe(wishHash(first))
  expect(differingMembers(first, second)).toEqual([])
})

test.each<[name: string, first: Wish, second: Wish, differing: string[]]>([
  ['another amount', send({ to: BOB, amount: 5 }), send({ to: BOB, amount: 6 }), ['amount']],
  ['an amount of nothing', send({ to: BOB, amount: 5 }), send({ to: BOB, amount: 0 }), ['amount']],
  ['a text too many', send({ amount: 5 }), send({ amount: 5, text: MEMO }), ['text']],
  ['a text missing', send({ amount: 5, text: MEMO }), send({ amount: 5 }), ['text']],
  [
    'all of it, in order of name',
    send({ to: BOB, amount: 5 }),
    send({ text: MEMO, to: ALICE, amount: 6 }),
    ['amount', 'text', 'to'],
  ],
  ['a part inside a part', send({ to: { a: [1] }, amount: 5 }), send({ to: { a: [2] }, amount: 5 }), ['to']],
])('another wish by %s', (_name, first, second, differing) => {
  expect(differingMembers(first, second)).toEqual(differing)
  expect(differingMembers(second, first)).toEqual(differing)
  expect(wishHash(second)).not.toBe(wishHash(first))
})

test('the same data for another account, or of another type, is another wish', () => {
  const data = { transferId }
  const hashes = [
    wishHash({ type: 'DeclineTransfer', streamId: ALICE, data }),
    wishHash({ type: 'DeclineTransfer', streamId: BOB, data }),
    wishHash({ type: 'ExpireTransfer', streamId: ALICE, data }),
  ]
  expect(new Set(hashes).size).toBe(3)
})
