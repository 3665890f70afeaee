import { accountRule } from '@remit/domain/account/account'
import { type Account, unopened } from '@remit/domain/account/state'
import { type Refusal, refusalOrder } from '@remit/domain/refusals'
import { defaultSettings } from '@remit/domain/settings'
import { expect, test } from 'vitest'
import { ALICE, BOB, command, transfer } from './example.ts'

const LATE = '2027-01-01T00:00:00.000Z'
const NEVER_TOO_MUCH = defaultSettings.maxAmount + 1

const open: Account = { ...unopened, status: 'open', owner: 'alice', currency: 'EUR' }
const hold = { to: BOB, amount: 1, dueAt: '2026-01-02T00:00:00.000Z', approvalsNeeded: 1, approvedBy: [] }
const manyHolds = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`h${index}`, hold]))
const send = (to: typeof ALICE, amount: number) => command('SendCredits', { to, amount })
const approve = (name: string, by: string) =>
  command('ApproveTransfer', { transferId: transfer(name), receiverOwner: 'bob' }, { by, at: LATE })

/** Each row breaks as many rules as can be broken together; the first in the list must be the reason. */
const rows: [expected: Refusal, account: Account, when: ReturnType<typeof command>][] = [
  ['account_not_found', unopened, send(ALICE, NEVER_TOO_MUCH)],
  ['account_closed', { ...open, status: 'closed', holds: manyHolds }, send(ALICE, NEVER_TOO_MUCH)],
  ['account_frozen', { ...open, status: 'frozen', holds: manyHolds }, send(ALICE, NEVER_TOO_MUCH)],
  ['same_account', { ...open, holds: manyHolds }, send(ALICE, NEVER_TOO_MUCH)],
  ['amount_out_of_range', { ...open, holds: manyHolds }, send(BOB, NEVER_TOO_MUCH)],
  ['insufficient_credits', { ...open, holds: manyHolds }, send(BOB, 100_000)],
  [
    'balance_limit',
    { ...open, balance: defaultSettings.maxBalance },
    command('LoadCredits', { amount: 60_000, paymentReference: 'x' }),
  ],
  ['too_many_holds', { ...open, balance: 1_000_000, holds: manyHolds }, send(BOB, 100_000)],
  ['transfer_not_held', open, approve('unknown', 'alice')],
  ['review_expired', { ...open, holds: { [transfer('t')]: hold } }, approve('t', 'alice')],
  ['account_not_empty', { ...open, balance: 1 }, command('CloseAccount', {})],
]

test.each(rows)('%s is the reason before all that follow it', (expected, account, when) => {
  expect(accountRule(defaultSettings).decide(when, account)).toEqual({ result: 'refused', reason: expected })
})

test('the order of precedence is the published one', () => {
  expect(refusalOrder).toEqual([
    'account_not_found',
    'account_closed',
    'account_frozen',
    'same_account',
    'amount_out_of_range',
    'insufficient_credits',
    'balance_limit',
    'too_many_holds',
    'transfer_not_held',
    'review_expired',
    'review_not_due',
    'reviewer_is_party',
    'account_not_empty',
    'discarded',
  ])
})

test('what cannot be returned is a defect and no refusal', () => {
  const data = { transferId: transfer('t'), to: BOB, amount: 5, currency: 'EUR', reason: 'account_closed' } as const
  const { decide } = accountRule(defaultSettings)
  expect(() => decide(command('ReturnCredits', data), unopened)).toThrow('never opened')
  const brim = { ...open, balance: Number.MAX_SAFE_INTEGER - 4 }
  expect(() => decide(command('ReturnCredits', data), brim)).toThrow(RangeError)
})
