import { accountRule } from '@remit/domain/account/account'
import type { AccountEvent } from '@remit/domain/account/events'
import { type Account, available, type Hold, held, unopened } from '@remit/domain/account/state'
import { defaultSettings } from '@remit/domain/settings'
import { expect, test } from 'vitest'
import { BOB, transfer } from './example.ts'

const DUE = '2026-01-02T12:00:00.000Z'
const MEMO = 'a'.repeat(64)
const currency = 'EUR'

const opened: AccountEvent = { type: 'AccountOpened', data: { kind: 'merchant', owner: 'alice', currency } }
const loaded: AccountEvent = {
  type: 'CreditsLoaded',
  data: { amount: 900, fee: 5, currency, paymentReference: 'card' },
}
const frozen: AccountEvent = { type: 'AccountFrozen', data: {} }
const unfrozen: AccountEvent = { type: 'AccountUnfrozen', data: {} }
const closed: AccountEvent = { type: 'AccountClosed', data: {} }
const out = (name: string) => ({ transferId: transfer(name), to: BOB, amount: 100, currency })
const waits = (name: string, text?: string): AccountEvent => ({
  type: 'TransferHeld',
  data: { ...out(name), approvalsNeeded: 2, dueAt: DUE, ...(text === undefined ? {} : { text }) },
})
const approved = (name: string, by: string): AccountEvent => ({ type: 'TransferApproved', data: { ...out(name), by } })
const sent = (name: string): AccountEvent => ({ type: 'CreditsSent', data: out(name) })
const declined = (name: string): AccountEvent => ({ type: 'TransferDeclined', data: { ...out(name), by: 'rita' } })
const expired = (name: string): AccountEvent => ({ type: 'TransferExpired', data: { ...out(name), asOf: DUE } })
const received: AccountEvent = {
  type: 'CreditsReceived',
  data: { transferId: transfer('r'), from: BOB, amount: 200, fee: 1, currency },
}
const returned: AccountEvent = { type: 'CreditsReturned', data: { ...out('t'), reason: 'account_closed' } }

const open: Account = { status: 'open', kind: 'merchant', owner: 'alice', currency, balance: 0, holds: {} }
const rich: Account = { ...open, balance: 895 }
const hold: Hold = { to: BOB, amount: 100, dueAt: DUE, approvalsNeeded: 2, approvedBy: [] }
const holding = (...names: string[]): Account => ({
  ...rich,
  holds: Object.fromEntries(names.map(name => [transfer(name), hold])),
})
const holdingOne = (change: Partial<Hold>): Account => ({ ...rich, holds: { [transfer('a')]: { ...hold, ...change } } })

const { initial, evolve, reducer } = accountRule(defaultSettings)
const fold = (events: AccountEvent[]) => events.reduce(evolve, initial)

test.each<[name: string, events: AccountEvent[], account: Account]>([
  ['nothing', [], { status: 'unopened', kind: 'personal', owner: '', currency: '', balance: 0, holds: {} }],
  ['opened', [opened], open],
  ['loaded, less the fee', [opened, loaded], rich],
  ['received, less the fee', [opened, received], { ...open, balance: 199 }],
  ['a transfer waits', [opened, loaded, waits('a')], holding('a')],
  ['a transfer with a memo waits', [opened, loaded, waits('a', MEMO)], holdingOne({ text: MEMO })],
  ['two transfers wait', [opened, loaded, waits('a'), waits('b')], holding('a', 'b')],
  ['one approved', [opened, loaded, waits('a'), approved('a', 'rita')], holdingOne({ approvedBy: ['rita'] })],
  [
    'two approved, in their order',
    [opened, loaded, waits('a'), approved('a', 'rob'), approved('a', 'rita')],
    holdingOne({ approvedBy: ['rob', 'rita'] }),
  ],
  ['approved and not known to wait', [opened, loaded, approved('a', 'rita')], rich],
  ['the other one declined', [opened, loaded, waits('a'), waits('b'), declined('b')], holding('a')],
  ['the other one expired', [opened, loaded, waits('a'), waits('b'), expired('b')], holding('a')],
  ['the other one sent', [opened, loaded, waits('a'), waits('b'), sent('b')], { ...holding('a'), balance: 795 }],
  ['sent at once, while another waits', [opened, loaded, waits('a'), sent('t')], { ...holding('a'), balance: 795 }],
  ['declined and not known to wait', [opened, loaded, declined('a')], rich],
  ['returned', [opened, loaded, sent('t'), returned], rich],
  ['frozen', [opened, frozen], { ...open, status: 'frozen' }],
  ['unfrozen', [opened, frozen, unfrozen], open],
  ['closed', [opened, closed], { ...open, status: 'closed' }],
  ['returned to a frozen account', [opened, frozen, returned], { ...open, status: 'frozen', balance: 100 }],
  ['returned to a closed account', [opened, closed, returned], { ...open, balance: 100 }],
])('the account after: %s', (_name, events, account) => {
  expect(fold(events)).toStrictEqual(account)
})

test('what waits is not available', () => {
  const account = holding('a', 'b', 'c')
  expect(held(account)).toBe(300)
  expect(available(account)).toBe(595)
  expect(held(unopened)).toBe(0)
})

/** Heads that were stored under this name are trusted: whoever folds to another account than above gives it a new one. */
test('this way of folding has a name', () => {
  expect(reducer).toBe('account-1')
})
