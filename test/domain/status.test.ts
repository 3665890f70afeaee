import type { TransferFacts } from '@remit/domain/transfer/facts'
import { statusOf, type TransferStatus, transferStatuses, updatedAt, versionOf } from '@remit/domain/transfer/status'
import { expect, test } from 'vitest'
import { ALICE, BOB, transfer } from './example.ts'

const minute = (n: number) => `2026-01-01T12:0${n}:00.000Z`
const wish = { transferId: transfer('t'), from: ALICE, to: BOB, amount: 5, currency: 'EUR' }
const requestedAt = minute(0)
const held = { at: minute(1), dueAt: minute(9), approvalsNeeded: 2 }
const rita = { rita: { at: minute(2) } }
const both = { ...rita, rob: { at: minute(3) } }
const sent = { at: minute(3) }
const refused = { at: minute(1), reason: 'account_closed' }
const bounced = { at: minute(4), reason: 'account_closed' }
const received = { at: minute(4), fee: 0 }
const returned = { at: minute(5) }
const declined = { at: minute(3), by: 'rita', commandId: 'x' }
const expired = { at: minute(9) }

type Row = [name: string, facts: Partial<TransferFacts>, status: TransferStatus, version: number, updatedAt: string]

const rows: Row[] = [
  ['nothing known', {}, 'pending', 0, ''],
  ['only asked for', { requestedAt }, 'pending', 0, minute(0)],
  ['refused', { requestedAt, refused }, 'refused', 1, minute(1)],
  ['held', { requestedAt, held }, 'held', 1, minute(1)],
  ['held and approved by one of two', { requestedAt, held, approvals: rita }, 'held', 2, minute(2)],
  ['an approval, and its hold not yet seen', { approvals: rita }, 'held', 1, minute(2)],
  ['declined', { requestedAt, held, declined }, 'declined', 2, minute(3)],
  ['declined after one approval', { requestedAt, held, approvals: rita, declined }, 'declined', 3, minute(3)],
  ['expired', { requestedAt, held, expired }, 'expired', 2, minute(9)],
  ['expired, and its hold not yet seen', { expired }, 'expired', 1, minute(9)],
  ['sent at once', { requestedAt, sent }, 'in_transit', 1, minute(3)],
  ['sent after two approvals', { requestedAt, held, approvals: both, sent }, 'in_transit', 4, minute(3)],
  ['received', { requestedAt, sent, received }, 'completed', 2, minute(4)],
  ['received, and its sending not yet seen', { received }, 'completed', 1, minute(4)],
  ['received after two approvals', { requestedAt, held, approvals: both, sent, received }, 'completed', 5, minute(4)],
  ['refused by the receiver', { requestedAt, sent, bounced }, 'in_transit', 2, minute(4)],
  ['refused by the receiver, and its sending not yet seen', { bounced }, 'in_transit', 1, minute(4)],
  ['returned', { requestedAt, sent, bounced, returned }, 'returned', 3, minute(5)],
  ['returned, and the refusal not yet seen', { requestedAt, sent, returned }, 'returned', 2, minute(5)],
  ['a return a clock puts before its refusal', { bounced, returned: { at: minute(2) } }, 'returned', 2, minute(4)],
  ['a request a clock puts after its sending', { requestedAt: minute(8), sent }, 'in_transit', 1, minute(8)],
]

test.each(rows)('%s', (_name, facts, status, version, at) => {
  const known = { ...wish, ...facts }
  expect(statusOf(known)).toBe(status)
  expect(versionOf(known)).toBe(version)
  expect(updatedAt(known)).toBe(at)
})

test('every status there is has a row here', () => {
  expect(new Set(rows.map(([, , status]) => status))).toEqual(new Set(transferStatuses))
})
