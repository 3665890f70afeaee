import type { AccountEvent } from '@remit/domain/account/events'
import { defaultSettings } from '@remit/domain/settings'
import { describe, test } from 'vitest'
import { ALICE, BOB, command, example, NOON, type Outcome, transfer } from './example.ts'

const currency = 'EUR'
const LATER = '2026-01-02T12:00:00.000Z'

const opened: AccountEvent = { type: 'AccountOpened', data: { kind: 'personal', owner: 'alice', currency } }
const merchant: AccountEvent = { type: 'AccountOpened', data: { kind: 'merchant', owner: 'alice', currency } }
const frozen: AccountEvent = { type: 'AccountFrozen', data: {} }
const unfrozen: AccountEvent = { type: 'AccountUnfrozen', data: {} }
const closed: AccountEvent = { type: 'AccountClosed', data: {} }
const loaded = (amount: number): AccountEvent => ({
  type: 'CreditsLoaded',
  data: { amount, fee: 0, currency, paymentReference: 'card' },
})
const out = (name: string, amount: number) => ({ transferId: transfer(name), to: BOB, amount, currency })
const sent = (name: string, amount: number): AccountEvent => ({ type: 'CreditsSent', data: out(name, amount) })
const held = (name: string, amount: number, approvalsNeeded = 1): AccountEvent => ({
  type: 'TransferHeld',
  data: { ...out(name, amount), approvalsNeeded, dueAt: LATER },
})
const approved = (name: string, amount: number, by: string): AccountEvent => ({
  type: 'TransferApproved',
  data: { ...out(name, amount), by },
})

type Row = readonly [name: string, given: AccountEvent[], when: ReturnType<typeof command>, then: Outcome]

const play = async (_name: string, given: AccountEvent[], when: ReturnType<typeof command>, then: Outcome) =>
  example(given, when, then)

describe('opening', () => {
  const open = command('OpenAccount', { kind: 'personal', owner: 'alice' })
  test.each<Row>([
    ['a new account', [], open, [opened]],
    ['an account that is open', [opened], open, 'no effect'],
    ['an account that was closed', [opened, closed], open, 'no effect'],
  ])('%s', play)
})

describe('loading', () => {
  const load = (amount: number) => command('LoadCredits', { amount, paymentReference: 'card' })
  const paid = (amount: number, fee: number): AccountEvent[] => [
    { type: 'CreditsLoaded', data: { amount, fee, currency, paymentReference: 'card' } },
  ]
  const { maxAmount, maxBalance } = defaultSettings
  test.each<Row>([
    ['500.00 pays 0.02 %', [opened], load(50_000), paid(50_000, 10)],
    ['500.01 is free', [opened], load(50_001), paid(50_001, 0)],
    ['0.01 pays nothing, because the fee rounds down', [opened], load(1), paid(1, 0)],
    ['24.99 pays nothing', [opened], load(2_499), paid(2_499, 0)],
    ['25.00 pays half a cent, rounded up', [opened], load(2_500), paid(2_500, 1)],
    ['74.99 pays one cent', [opened], load(7_499), paid(7_499, 1)],
    ['75.00 pays one and a half, rounded up', [opened], load(7_500), paid(7_500, 2)],
    ['credits arrive on a frozen account', [opened, frozen], load(50_001), paid(50_001, 0)],
    ['the largest amount', [opened], load(maxAmount), paid(maxAmount, 0)],
    ['no account', [], load(100), { refused: 'account_not_found' }],
    ['a closed account', [opened, closed], load(100), { refused: 'account_closed' }],
    ['nothing', [opened], load(0), { refused: 'amount_out_of_range' }],
    ['less than nothing', [opened], load(-5), { refused: 'amount_out_of_range' }],
    ['more than the largest amount', [opened], load(maxAmount + 1), { refused: 'amount_out_of_range' }],
    ['up to the largest balance', [opened, loaded(maxBalance - 60_000)], load(60_000), paid(60_000, 0)],
    ['beyond the largest balance', [opened, loaded(maxBalance - 60_000)], load(60_001), { refused: 'balance_limit' }],
    ['what fits once the fee is taken', [opened, loaded(maxBalance - 49_990)], load(50_000), paid(50_000, 10)],
    ['one cent more than fits', [opened, loaded(maxBalance - 49_989)], load(50_000), { refused: 'balance_limit' }],
  ])('%s', play)
})

describe('sending', () => {
  const send = (amount: number, to = BOB) => command('SendCredits', { to, amount }, { id: transfer('t') as never })
  const rich = [opened, loaded(2_000_000)]
  const hold = (amount: number, approvalsNeeded: number): AccountEvent[] => [held('t', amount, approvalsNeeded)]
  const full = Array.from({ length: 200 }, (_, index) => held(`h${index}`, 100_000))
  test.each<Row>([
    ['all there is', [opened, loaded(500)], send(500), [sent('t', 500)]],
    ['just below the amount that is reviewed', rich, send(99_999), [sent('t', 99_999)]],
    ['a significant amount is held', rich, send(100_000), hold(100_000, 1)],
    ['just below the second review', rich, send(999_999), hold(999_999, 1)],
    ['a very significant amount needs two', rich, send(1_000_000), hold(1_000_000, 2)],
    ['after unfreezing', [...rich, frozen, unfrozen], send(1), [sent('t', 1)]],
    ['no account', [], send(1), { refused: 'account_not_found' }],
    ['a closed account', [opened, closed], send(1), { refused: 'account_closed' }],
    ['a frozen account', [...rich, frozen], send(1), { refused: 'account_frozen' }],
    ['to itself', rich, send(1, ALICE), { refused: 'same_account' }],
    ['nothing', rich, send(0), { refused: 'amount_out_of_range' }],
    ['one more than there is', [opened, loaded(500)], send(501), { refused: 'insufficient_credits' }],
    ['what is held already', [...rich, held('h', 1_950_000)], send(50_001), { refused: 'insufficient_credits' }],
    ['what is not held', [...rich, held('h', 1_950_000)], send(50_000), [sent('t', 50_000)]],
    ['one hold too many', [opened, loaded(90_000_000), ...full], send(100_000), { refused: 'too_many_holds' }],
    ['a small amount beside many holds', [opened, loaded(90_000_000), ...full], send(1), [sent('t', 1)]],
  ])('%s', play)
})

describe('approving', () => {
  const approve = (by: string, at = NOON) =>
    command('ApproveTransfer', { transferId: transfer('t'), receiverOwner: 'bob' }, { by, at })
  const waiting = [opened, loaded(2_000_000), held('t', 100_000)]
  const two = [opened, loaded(2_000_000), held('t', 1_000_000, 2)]
  const last = '2026-01-02T11:59:59.999Z'
  test.each<Row>([
    ['by a reviewer', waiting, approve('rita'), [approved('t', 100_000, 'rita'), sent('t', 100_000)]],
    ['in the last millisecond', waiting, approve('rita', last), [approved('t', 100_000, 'rita'), sent('t', 100_000)]],
    ['by the first of two', two, approve('rita'), [approved('t', 1_000_000, 'rita')]],
    [
      'by the second of two',
      [...two, approved('t', 1_000_000, 'rita')],
      approve('rob'),
      [approved('t', 1_000_000, 'rob'), sent('t', 1_000_000)],
    ],
    ['by the same reviewer again', [...two, approved('t', 1_000_000, 'rita')], approve('rita'), 'no effect'],
    ['too late', waiting, approve('rita', LATER), { refused: 'review_expired' }],
    ['by the sender', waiting, approve('alice'), { refused: 'reviewer_is_party' }],
    ['by the receiver', waiting, approve('bob'), { refused: 'reviewer_is_party' }],
    ['a transfer nobody knows', [opened], approve('rita'), { refused: 'transfer_not_held' }],
    ['a transfer that went', [...waiting, sent('t', 100_000)], approve('rita'), { refused: 'transfer_not_held' }],
    ['on a frozen account', [...waiting, frozen], approve('rita'), { refused: 'account_frozen' }],
    ['on no account', [], approve('rita'), { refused: 'account_not_found' }],
  ])('%s', play)
})

describe('declining and expiring', () => {
  const decline = (at = NOON) => command('DeclineTransfer', { transferId: transfer('t') }, { by: 'rita', at })
  const expire = (asOf: string) => command('ExpireTransfer', { transferId: transfer('t'), asOf })
  const waiting = [opened, loaded(2_000_000), held('t', 100_000)]
  const declined: AccountEvent = { type: 'TransferDeclined', data: { ...out('t', 100_000), by: 'rita' } }
  const expired: AccountEvent = { type: 'TransferExpired', data: { ...out('t', 100_000), asOf: LATER } }
  const sendAll = command('SendCredits', { to: BOB, amount: 99_999 }, { id: transfer('all') as never })
  const poor = [opened, loaded(100_000), held('t', 100_000)]
  test.each<Row>([
    ['by a reviewer', waiting, decline(), [declined]],
    ['too late', waiting, decline(LATER), { refused: 'review_expired' }],
    ['what is not held', [opened], decline(), { refused: 'transfer_not_held' }],
    ['on a frozen account', [...waiting, frozen], decline(), [declined]],
    ['on no account', [], decline(), { refused: 'account_not_found' }],
    ['on a closed account', [opened, closed], decline(), { refused: 'account_closed' }],
    ['when it is due, on no account', [], expire(LATER), { refused: 'account_not_found' }],
    ['when it is due, on a closed account', [opened, closed], expire(LATER), { refused: 'account_closed' }],
    ['when it is due', waiting, expire(LATER), [expired]],
    ['before it is due', waiting, expire(NOON), { refused: 'review_not_due' }],
    ['after it was declined', [...waiting, declined], expire(LATER), { refused: 'transfer_not_held' }],
    ['after it went', [...waiting, sent('t', 100_000)], expire(LATER), { refused: 'transfer_not_held' }],
    ['what was declined is available again', [...poor, declined], sendAll, [sent('all', 99_999)]],
    ['what expired is available again', [...poor, expired], sendAll, [sent('all', 99_999)]],
  ])('%s', play)
})

describe('receiving and returning', () => {
  const transferId = transfer('t')
  const receive = (amount: number) => command('ReceiveCredits', { transferId, from: BOB, amount, currency })
  const received = (amount: number, fee: number): AccountEvent[] => [
    { type: 'CreditsReceived', data: { transferId, from: BOB, amount, fee, currency } },
  ]
  const reason = 'account_closed'
  const giveBack = command('ReturnCredits', { transferId, to: BOB, amount: 500, currency, reason })
  const returned: AccountEvent[] = [{ type: 'CreditsReturned', data: { ...out('t', 500), reason } }]
  const { maxBalance } = defaultSettings
  test.each<Row>([
    ['a person pays nothing', [opened], receive(100_000), received(100_000, 0)],
    ['a merchant pays 0.025 %', [merchant], receive(100_000), received(100_000, 25)],
    ['a merchant pays nothing on 19.99', [merchant], receive(1_999), received(1_999, 0)],
    ['a merchant pays half a cent on 20.00, rounded up', [merchant], receive(2_000), received(2_000, 1)],
    ['a frozen account receives', [opened, frozen], receive(5), received(5, 0)],
    ['no account', [], receive(5), { refused: 'account_not_found' }],
    ['a closed account', [opened, closed], receive(5), { refused: 'account_closed' }],
    ['beyond the largest balance', [opened, loaded(maxBalance)], receive(1), { refused: 'balance_limit' }],
    ['up to the largest balance', [opened, loaded(maxBalance - 5)], receive(5), received(5, 0)],
    ['what fits once the fee is taken', [merchant, loaded(maxBalance - 1_999)], receive(2_000), received(2_000, 1)],
    ['a return', [opened], giveBack, returned],
    ['a return to a frozen account', [opened, frozen], giveBack, returned],
    ['a return to a closed account', [opened, closed], giveBack, returned],
    ['a return beyond the largest balance', [opened, loaded(maxBalance)], giveBack, returned],
    [
      'a return opens a closed account again, so that its owner can empty it',
      [opened, closed, ...returned],
      command('SendCredits', { to: BOB, amount: 500 }, { id: transfer('u') as never }),
      [sent('u', 500)],
    ],
  ])('%s', play)
})

describe('freezing, unfreezing and closing', () => {
  const freeze = command('FreezeAccount', {})
  const unfreeze = command('UnfreezeAccount', {})
  const close = command('CloseAccount', {})
  test.each<Row>([
    ['freeze', [opened], freeze, [frozen]],
    ['freeze again', [opened, frozen], freeze, 'no effect'],
    ['freeze what is closed', [opened, closed], freeze, { refused: 'account_closed' }],
    ['freeze nothing', [], freeze, { refused: 'account_not_found' }],
    ['unfreeze', [opened, frozen], unfreeze, [unfrozen]],
    ['unfreeze what is open', [opened], unfreeze, 'no effect'],
    ['unfreeze what is closed', [opened, closed], unfreeze, { refused: 'account_closed' }],
    ['close', [opened], close, [closed]],
    ['close again', [opened, closed], close, 'no effect'],
    ['close nothing', [], close, { refused: 'account_not_found' }],
    ['close a frozen account', [opened, frozen], close, { refused: 'account_frozen' }],
    ['close an account that is not empty', [opened, loaded(1)], close, { refused: 'account_not_empty' }],
    ['close an account with a hold', [opened, held('h', 1)], close, { refused: 'account_not_empty' }],
    ['unfreeze nothing', [], unfreeze, { refused: 'account_not_found' }],
  ])('%s', play)
})
