import type { Recorded, RecordedOutcome } from '@remit/domain/account/recorded'
import type { AccountId } from '@remit/domain/ids'
import { factsIn, type TransferFacts } from '@remit/domain/transfer/facts'
import { describe, expect, test } from 'vitest'
import { ALICE, BOB, NOON, transfer } from './example.ts'

const ASKED = '2026-01-01T11:59:58.000Z'
const DUE = '2026-01-02T12:00:00.000Z'
const MEMO = 'a'.repeat(64)
const REMARK = 'b'.repeat(64)
const transferId = transfer('t')
const ANN = '00000000-0000-4000-8000-00000000000c' as AccountId
const currency = 'EUR'

type Event = Recorded['events'][number]
type Fact = Pick<Event, 'type' | 'data'> & { readonly commandId?: string }

const asked = (type: RecordedOutcome['type'], more: Partial<RecordedOutcome> = {}): RecordedOutcome => ({
  commandId: transferId,
  type,
  result: 'applied',
  at: ASKED,
  actor: { kind: 'person', id: 'alice' },
  correlationId: 'a request',
  ...more,
})

/** One append: every event is of the first command, unless it says another. */
function recorded(streamId: AccountId, facts: Fact[], outcomes: RecordedOutcome[]): Recorded {
  const commandId = outcomes[0]?.commandId ?? transferId
  const events = facts.map((fact, index) => ({ commandId, ...fact, version: index + 1 }) as Event)
  return { streamId, at: NOON, events, outcomes }
}

const out = { transferId, to: BOB, amount: 500, currency }
const known = { transferId, from: ALICE, to: BOB, amount: 500, currency }
const sentTo = (to: AccountId, name: string): Fact => ({
  type: 'CreditsSent',
  data: { ...out, to, transferId: transfer(name) },
  commandId: transfer(name),
})
const held: Fact = { type: 'TransferHeld', data: { ...out, approvalsNeeded: 2, dueAt: DUE, text: MEMO } }
const approved: Fact = { type: 'TransferApproved', data: { ...out, by: 'rita', text: REMARK } }
const sent: Fact = { type: 'CreditsSent', data: { ...out, text: MEMO } }
const declined: Fact = { type: 'TransferDeclined', data: { ...out, by: 'rita', text: REMARK } }
const expired: Fact = { type: 'TransferExpired', data: { ...out, asOf: DUE } }
const received: Fact = {
  type: 'CreditsReceived',
  data: { transferId, from: ALICE, amount: 500, fee: 3, currency, text: MEMO },
}
const returned: Fact = { type: 'CreditsReturned', data: { ...out, reason: 'account_closed' } }

type Row = [name: string, append: Recorded, facts: TransferFacts[]]

describe('what an event says of a transfer', () => {
  const wished = { requestedAt: ASKED, correlationId: 'a request' }
  const approval = asked('ApproveTransfer', { commandId: 'an approval' })
  const closing = asked('DeclineTransfer', { commandId: 'a decision' })
  test.each<Row>([
    [
      'held: when it was asked for, and until when it waits',
      recorded(ALICE, [held], [asked('SendCredits')]),
      [{ ...known, text: MEMO, ...wished, held: { at: NOON, dueAt: DUE, approvalsNeeded: 2 } }],
    ],
    [
      'approved: by whom; the remark is not the memo',
      recorded(ALICE, [approved], [approval]),
      [{ ...known, approvals: { rita: { at: NOON } } }],
    ],
    [
      'the last approval and the sending are one transfer, and the memo is known again',
      recorded(ALICE, [approved, sent], [approval]),
      [{ ...known, text: MEMO, correlationId: 'a request', approvals: { rita: { at: NOON } }, sent: { at: NOON } }],
    ],
    [
      'declined: by whom, and by which command; the remark is not the memo',
      recorded(ALICE, [declined], [closing]),
      [{ ...known, declined: { at: NOON, by: 'rita', commandId: 'a decision' } }],
    ],
    ['expired', recorded(ALICE, [expired], [asked('ExpireTransfer')]), [{ ...known, expired: { at: NOON } }]],
    [
      'sent at once',
      recorded(ALICE, [sent], [asked('SendCredits')]),
      [{ ...known, text: MEMO, ...wished, sent: { at: NOON } }],
    ],
    [
      'sent by a command the append does not answer',
      recorded(ALICE, [sent], []),
      [{ ...known, text: MEMO, sent: { at: NOON } }],
    ],
    [
      'received: on the stream of the receiver, with the fee',
      recorded(BOB, [received], [asked('ReceiveCredits')]),
      [{ ...known, text: MEMO, received: { at: NOON, fee: 3 } }],
    ],
    ['returned', recorded(ALICE, [returned], [asked('ReturnCredits')]), [{ ...known, returned: { at: NOON } }]],
  ])('%s', (_name, append, facts) => {
    expect(factsIn(append, 'USD')).toStrictEqual(facts)
  })

  test.each<Row>([
    ['sent', recorded(ALICE, [{ type: 'CreditsSent', data: out }], []), [{ ...known, sent: { at: NOON } }]],
    [
      'received',
      recorded(
        BOB,
        [{ type: 'CreditsReceived', data: { transferId, from: ALICE, amount: 500, fee: 3, currency } }],
        [],
      ),
      [{ ...known, received: { at: NOON, fee: 3 } }],
    ],
  ])('%s without a memo, there is no text at all', (_name, append, facts) => {
    expect(factsIn(append, currency)).toStrictEqual(facts)
  })

  test.each<[Fact]>([
    [{ type: 'AccountOpened', data: { kind: 'personal', owner: 'alice', currency } }],
    [{ type: 'CreditsLoaded', data: { amount: 500, fee: 0, currency, paymentReference: 'card' } }],
    [{ type: 'AccountFrozen', data: {} }],
    [{ type: 'AccountUnfrozen', data: {} }],
    [{ type: 'AccountClosed', data: {} }],
  ])('$type says nothing of a transfer', fact => {
    expect(factsIn(recorded(ALICE, [fact, sent], []), currency)).toHaveLength(1)
    expect(factsIn(recorded(ALICE, [fact], []), currency)).toEqual([])
  })

  test('several transfers in one append are told apart, each with its own request', () => {
    const outcomes = [
      asked('SendCredits', { commandId: transfer('first'), at: '2026-01-01T11:00:00.000Z', correlationId: 'one' }),
      asked('SendCredits', { commandId: transfer('second'), at: '2026-01-01T11:30:00.000Z', correlationId: 'two' }),
    ]
    const facts = factsIn(recorded(ALICE, [sentTo(ANN, 'first'), sentTo(BOB, 'second')], outcomes), currency)
    expect(
      facts.map(({ transferId, to, requestedAt, correlationId }) => [transferId, to, requestedAt, correlationId]),
    ).toEqual([
      [transfer('first'), ANN, '2026-01-01T11:00:00.000Z', 'one'],
      [transfer('second'), BOB, '2026-01-01T11:30:00.000Z', 'two'],
    ])
  })
})

describe('what a refusal says of a transfer', () => {
  const send = { to: BOB, amount: 500 }
  const receive = { transferId, from: ALICE, amount: 500, currency: 'EUR' }
  const refusal = (type: RecordedOutcome['type'], more: Partial<RecordedOutcome>) =>
    asked(type, { result: 'refused', reason: 'account_closed', ...more })
  const refused = (reason: string) => ({
    ...known,
    requestedAt: ASKED,
    correlationId: 'a request',
    refused: { at: NOON, reason },
  })
  const bounced = (reason: string) => ({ ...known, correlationId: 'a request', bounced: { at: NOON, reason } })
  const bounce = { commandId: `${transferId}.receive` }
  const discarded = { reason: 'discarded' } as const
  const half = { to: BOB }

  test.each<[name: string, streamId: AccountId, outcome: RecordedOutcome, facts: TransferFacts[]]>([
    ['a wish refused', ALICE, refusal('SendCredits', { data: send }), [refused('account_closed')]],
    [
      'a wish refused, with a memo',
      ALICE,
      refusal('SendCredits', { data: { ...send, text: MEMO } }),
      [{ ...refused('account_closed'), text: MEMO }],
    ],
    ['a refusal that gives no reason', ALICE, refusal('SendCredits', { data: send, reason: undefined }), [refused('')]],
    ['a wish discarded', ALICE, refusal('SendCredits', { data: send, ...discarded }), [refused('discarded')]],
    ['a wish discarded that nobody can read', ALICE, refusal('SendCredits', { data: half, ...discarded }), []],
    [
      'credits refused by the receiver',
      BOB,
      refusal('ReceiveCredits', { data: receive, ...bounce, reason: 'balance_limit' }),
      [bounced('balance_limit')],
    ],
    [
      'credits with a memo, refused by the receiver',
      BOB,
      refusal('ReceiveCredits', { data: { ...receive, text: MEMO }, ...bounce }),
      [{ ...bounced('account_closed'), text: MEMO }],
    ],
    [
      'credits discarded on their way to the receiver',
      BOB,
      refusal('ReceiveCredits', { data: receive, ...bounce, ...discarded }),
      [bounced('discarded')],
    ],
    [
      'credits discarded that nobody can read',
      BOB,
      refusal('ReceiveCredits', { data: half, ...bounce, ...discarded }),
      [],
    ],
    ['an approval refused', ALICE, refusal('ApproveTransfer', { data: { transferId, receiverOwner: 'bob' } }), []],
    ['an expiry refused', ALICE, refusal('ExpireTransfer', { data: { transferId, asOf: DUE } }), []],
    ['credits that had been received', BOB, asked('ReceiveCredits', { result: 'no_effect', data: receive }), []],
  ])('%s', (_name, streamId, outcome, facts) => {
    expect(factsIn(recorded(streamId, [], [outcome]), currency)).toStrictEqual(facts)
  })

  test('a refused wish is in the currency of the business, because it named none', () => {
    const append = recorded(ALICE, [], [refusal('SendCredits', { data: send })])
    expect(factsIn(append, 'USD')).toMatchObject([{ currency: 'USD' }])
  })

  test.each(['SendCredits', 'ReceiveCredits'] as const)('%s refused, and nobody can read it, is a defect', type => {
    expect(() => factsIn(recorded(ALICE, [], [refusal(type, { data: half })]), currency)).toThrow('invalid_type')
  })

  test('a refusal beside events of other transfers', () => {
    const other = asked('SendCredits', { commandId: transfer('first') })
    const append = recorded(ALICE, [sentTo(BOB, 'first')], [other, refusal('SendCredits', { data: send })])
    expect(factsIn(append, currency).map(facts => [facts.transferId, facts.refused?.reason])).toEqual([
      [transfer('first'), undefined],
      [transferId, 'account_closed'],
    ])
  })
})
