import { mergeFacts, type TransferFacts, transferFacts } from '@remit/domain/transfer/facts'
import { versionOf } from '@remit/domain/transfer/status'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ALICE, BOB, NOON, transfer } from './example.ts'

const wish: TransferFacts = { transferId: transfer('t'), from: ALICE, to: BOB, amount: 5, currency: 'EUR' }
const at = NOON

/** Every fact there can be of one transfer, as if all had come true. */
const all = {
  text: 'a'.repeat(64),
  requestedAt: at,
  correlationId: 'a request',
  refused: { at, reason: 'account_closed' },
  held: { at, dueAt: '2026-01-02T12:00:00.000Z', approvalsNeeded: 2 },
  declined: { at, by: 'rita', commandId: 'a decision' },
  expired: { at },
  sent: { at },
  received: { at, fee: 3 },
  bounced: { at, reason: 'balance_limit' },
  returned: { at },
}
const approvals = { rita: { at }, rob: { at: '2026-01-01T12:30:00.000Z' } }
const everything: TransferFacts = { ...wish, ...all, approvals }

/** What one append may know: some of the facts, and some of the approvals. */
const some: fc.Arbitrary<TransferFacts> = fc
  .record({ facts: fc.subarray(Object.entries(all)), by: fc.subarray(Object.entries(approvals)) })
  .map(({ facts, by }) => ({
    ...wish,
    ...Object.fromEntries(facts),
    ...(by.length > 0 ? { approvals: Object.fromEntries(by) } : {}),
  }))

test('what two know together is the same, whoever is asked first', () => {
  fc.assert(
    fc.property(some, some, (a, b) => {
      expect(mergeFacts(a, b)).toStrictEqual(mergeFacts(b, a))
    }),
  )
})

test('what three know together is the same, whichever two meet first', () => {
  fc.assert(
    fc.property(some, some, some, (a, b, c) => {
      expect(mergeFacts(mergeFacts(a, b), c)).toStrictEqual(mergeFacts(a, mergeFacts(b, c)))
    }),
  )
})

test('to hear the same again changes nothing', () => {
  fc.assert(
    fc.property(some, some, (a, b) => {
      expect(mergeFacts(a, a)).toStrictEqual(a)
      const both = mergeFacts(a, b)
      expect(mergeFacts(both, a)).toStrictEqual(both)
      expect(mergeFacts(b, both)).toStrictEqual(both)
    }),
  )
})

test('no fact is lost, and none is made up', () => {
  const names = (facts: TransferFacts) => [...Object.keys(facts), ...Object.keys(facts.approvals ?? {})]
  fc.assert(
    fc.property(some, some, (a, b) => {
      const both = mergeFacts(a, b)
      expect(new Set(names(both))).toEqual(new Set([...names(a), ...names(b)]))
      expect(versionOf(both)).toBeGreaterThanOrEqual(Math.max(versionOf(a), versionOf(b)))
    }),
  )
})

test('a fact that is known is not told anew', () => {
  const later = { ...wish, sent: { at: '2026-01-03T00:00:00.000Z' } }
  expect(mergeFacts({ ...wish, sent: { at } }, later)).toStrictEqual({ ...wish, sent: { at } })
})

test('what is stored of a transfer comes back whole', () => {
  expect(transferFacts.parse(JSON.parse(JSON.stringify(everything)))).toStrictEqual(everything)
  expect(transferFacts.parse(JSON.parse(JSON.stringify(wish)))).toStrictEqual(wish)
})

test.each(['refused', 'held', 'declined', 'expired', 'sent', 'received', 'bounced', 'returned'] as const)(
  'a stored fact that does not say when it was %s is not read',
  fact => {
    const { at: _when, ...rest } = all[fact]
    expect(transferFacts.safeParse({ ...wish, [fact]: rest }).success).toBe(false)
  },
)
