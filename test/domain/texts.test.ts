import { accountRule } from '@remit/domain/account/account'
import type { AccountCommand } from '@remit/domain/account/commands'
import type { AccountEvent } from '@remit/domain/account/events'
import { type Account, type Hold, unopened } from '@remit/domain/account/state'
import { defaultSettings } from '@remit/domain/settings'
import { expect, test } from 'vitest'
import { ALICE, BOB, command, transfer } from './example.ts'

// A memo, a remark or a reason stands in events as a digest, or not at all.

const MEMO = 'a'.repeat(64)
const REMARK = 'b'.repeat(64)
const DUE = '2026-01-02T12:00:00.000Z'
const transferId = transfer('t')
const currency = 'EUR'

const account: Account = { ...unopened, status: 'open', owner: 'alice', currency, balance: 900_000 }
const hold: Hold = { to: BOB, amount: 100_000, dueAt: DUE, approvalsNeeded: 1, approvedBy: [] }
const holding = (text: { text?: string }): Account => ({ ...account, holds: { [transferId]: { ...hold, ...text } } })
const out = (amount: number) => ({ transferId, to: BOB, amount, currency })

const send = (amount: number, text: { text?: string }) =>
  command('SendCredits', { to: BOB, amount, ...text }, { id: transferId as never })
const approve = (text: { text?: string }) =>
  command('ApproveTransfer', { transferId, receiverOwner: 'bob', ...text }, { by: 'rita' })
const decline = (text: { text?: string }) => command('DeclineTransfer', { transferId, ...text }, { by: 'rita' })
const receive = { transferId, from: ALICE, amount: 5, currency }

type Row = [name: string, account: Account, when: AccountCommand, events: AccountEvent[]]

test.each<Row>([
  ['sent with a memo', account, send(5, { text: MEMO }), [{ type: 'CreditsSent', data: { ...out(5), text: MEMO } }]],
  ['sent without one', account, send(5, {}), [{ type: 'CreditsSent', data: out(5) }]],
  [
    'held with a memo',
    account,
    send(100_000, { text: MEMO }),
    [{ type: 'TransferHeld', data: { ...out(100_000), approvalsNeeded: 1, dueAt: DUE, text: MEMO } }],
  ],
  [
    'held without one',
    account,
    send(100_000, {}),
    [{ type: 'TransferHeld', data: { ...out(100_000), approvalsNeeded: 1, dueAt: DUE } }],
  ],
  [
    'approved: the remark stays with the approval, the memo goes on with the credits',
    holding({ text: MEMO }),
    approve({ text: REMARK }),
    [
      { type: 'TransferApproved', data: { ...out(100_000), by: 'rita', text: REMARK } },
      { type: 'CreditsSent', data: { ...out(100_000), text: MEMO } },
    ],
  ],
  [
    'approved without a remark',
    holding({ text: MEMO }),
    approve({}),
    [
      { type: 'TransferApproved', data: { ...out(100_000), by: 'rita' } },
      { type: 'CreditsSent', data: { ...out(100_000), text: MEMO } },
    ],
  ],
  [
    'approved with a remark, sent without a memo',
    holding({}),
    approve({ text: REMARK }),
    [
      { type: 'TransferApproved', data: { ...out(100_000), by: 'rita', text: REMARK } },
      { type: 'CreditsSent', data: out(100_000) },
    ],
  ],
  [
    'declined with a remark that is not the memo',
    holding({ text: MEMO }),
    decline({ text: REMARK }),
    [{ type: 'TransferDeclined', data: { ...out(100_000), by: 'rita', text: REMARK } }],
  ],
  [
    'declined without a remark',
    holding({ text: MEMO }),
    decline({}),
    [{ type: 'TransferDeclined', data: { ...out(100_000), by: 'rita' } }],
  ],
  [
    'received with a memo',
    account,
    command('ReceiveCredits', { ...receive, text: MEMO }),
    [{ type: 'CreditsReceived', data: { ...receive, fee: 0, text: MEMO } }],
  ],
  [
    'opened with a name',
    unopened,
    command('OpenAccount', { kind: 'personal', owner: 'alice', text: MEMO }),
    [{ type: 'AccountOpened', data: { kind: 'personal', owner: 'alice', currency, text: MEMO } }],
  ],
  [
    'frozen with a reason',
    account,
    command('FreezeAccount', { text: MEMO }),
    [{ type: 'AccountFrozen', data: { text: MEMO } }],
  ],
  [
    'unfrozen with a reason',
    { ...account, status: 'frozen' },
    command('UnfreezeAccount', { text: MEMO }),
    [{ type: 'AccountUnfrozen', data: { text: MEMO } }],
  ],
  [
    'closed with a reason',
    { ...account, balance: 0 },
    command('CloseAccount', { text: MEMO }),
    [{ type: 'AccountClosed', data: { text: MEMO } }],
  ],
])('%s', (_name, given, when, events) => {
  const decision = accountRule(defaultSettings).decide(when, given)
  expect(decision).toStrictEqual({ result: 'applied', events })
})
