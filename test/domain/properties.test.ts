import { accountRule } from '@remit/domain/account/account'
import type { AccountCommand } from '@remit/domain/account/commands'
import { available, held } from '@remit/domain/account/state'
import { canonicalJson } from '@remit/domain/canonical-json'
import { commandIdFor, type TransferId } from '@remit/domain/ids'
import { feeOn } from '@remit/domain/money'
import { defaultSettings } from '@remit/domain/settings'
import { wishHash } from '@remit/domain/wish'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ALICE, BOB, command } from './example.ts'

const amount = fc.oneof(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 1, max: 3_000_000 }))
const transferOf = (n: number) => commandIdFor(ALICE, 'SendCredits', String(n))
const someTransfer = fc.integer({ min: 0, max: 30 }).map(n => transferOf(n) as string as TransferId)

const someCommand: fc.Arbitrary<AccountCommand> = fc.oneof(
  amount.map(a => command('LoadCredits', { amount: a, paymentReference: 'x' })),
  fc
    .tuple(fc.integer({ min: 0, max: 30 }), amount)
    .map(([n, a]) => command('SendCredits', { to: BOB, amount: a }, { id: transferOf(n) })),
  fc
    .tuple(someTransfer, fc.constantFrom('rita', 'rob', 'alice', 'bob'))
    .map(([transferId, by]) => command('ApproveTransfer', { transferId, receiverOwner: 'bob' }, { by })),
  someTransfer.map(transferId => command('DeclineTransfer', { transferId })),
  someTransfer.map(transferId => command('ExpireTransfer', { transferId, asOf: '2026-02-01T00:00:00.000Z' })),
  fc
    .tuple(someTransfer, amount)
    .map(([transferId, a]) => command('ReceiveCredits', { transferId, from: BOB, amount: a, currency: 'EUR' })),
  fc
    .tuple(someTransfer, amount)
    .map(([transferId, a]) =>
      command('ReturnCredits', { transferId, to: BOB, amount: a, currency: 'EUR', reason: 'account_closed' }),
    ),
  fc.constantFrom(command('FreezeAccount', {}), command('UnfreezeAccount', {}), command('CloseAccount', {})),
)

test('no history of commands makes a balance negative, and every credit is accounted for', () => {
  const rule = accountRule(defaultSettings)
  fc.assert(
    fc.property(fc.array(someCommand, { maxLength: 60 }), commands => {
      let account = rule.evolve(rule.initial, {
        type: 'AccountOpened',
        data: { kind: 'merchant', owner: 'alice', currency: 'EUR' },
      })
      let expected = 0
      for (const one of commands) {
        const decision = rule.decide(one, account)
        for (const event of decision.result === 'applied' ? decision.events : []) {
          account = rule.evolve(account, event)
          if (event.type === 'CreditsLoaded' || event.type === 'CreditsReceived')
            expected += event.data.amount - event.data.fee
          if (event.type === 'CreditsSent') expected -= event.data.amount
          if (event.type === 'CreditsReturned') expected += event.data.amount
          expect(account.balance).toBe(expected)
          expect(available(account)).toBeGreaterThanOrEqual(0)
          expect(held(account)).toBeGreaterThanOrEqual(0)
        }
      }
    }),
    { numRuns: 2_000 },
  )
})

test('a fee is the exact fraction, rounded half up', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 1_000_000_000_000n }), fc.bigInt({ min: 0n, max: 9_000n }), (whole, rate) => {
      const exact = (whole * rate * 2n + 1_000_000n) / 2_000_000n
      expect(BigInt(feeOn(Number(whole), Number(rate)))).toBe(exact)
    }),
  )
})

test('a hash survives the round trip through JSON, in whatever order members come', () => {
  const texts = fc.string({ unit: 'grapheme' }).filter(text => text.isWellFormed())
  const json = fc.jsonValue({ stringUnit: 'grapheme' })
  fc.assert(
    fc.property(fc.dictionary(texts, json), data => {
      const wish = { type: 'SendCredits', streamId: ALICE, data } as const
      const back = JSON.parse(JSON.stringify(wish))
      const turned = {
        data: Object.fromEntries(Object.entries(back.data).reverse()),
        streamId: ALICE,
        type: 'SendCredits',
      } as const
      expect(wishHash(back)).toBe(wishHash(wish))
      expect(wishHash(turned)).toBe(wishHash(wish))
      expect(JSON.parse(canonicalJson(back))).toEqual(back)
    }),
  )
})

test('a part that two members share is hashed like two copies of it', () => {
  const shared = { a: [1, 2, 3] }
  const wish = (data: Record<string, unknown>) => wishHash({ type: 'SendCredits', streamId: ALICE, data })
  expect(wish({ x: shared, y: shared })).toBe(wish({ x: { a: [1, 2, 3] }, y: { a: [1, 2, 3] } }))
})
