import { keepBooks } from '@remit/simulator/books'
import { createLedger, entryOf } from '@remit/simulator/ledger'
import { latencyOf } from '@remit/simulator/measure'
import { loadFee, paymentFee, readable } from '@remit/simulator/money'
import { patienceOf } from '@remit/simulator/patience'
import { planner } from '@remit/simulator/plan'
import { inPool } from '@remit/simulator/pool'
import { describe, expect, it } from 'vitest'

describe('fees', () => {
  it.each([
    [1n, 0n],
    [2_499n, 0n],
    [2_500n, 1n],
    [7_499n, 1n],
    [7_500n, 2n],
    [50_000n, 10n],
    [50_001n, 0n],
  ])('a load of %s costs %s', (amount, fee) => expect(loadFee(amount)).toBe(fee))

  it.each([
    [1_999n, 0n],
    [2_000n, 1n],
    [5_999n, 1n],
    [6_000n, 2n],
    [1_000_000_000_000n, 250_000_000n],
  ])('a merchant pays of %s %s', (amount, fee) => expect(paymentFee(amount, 'merchant')).toBe(fee))

  it('cost a person nothing', () => expect(paymentFee(1_000_000n, 'personal')).toBe(0n))

  it.each([
    [0n, '0.00'],
    [5n, '0.05'],
    [-1_234n, '-12.34'],
    [123_456_789n, '1,234,567.89'],
  ])('%s reads %s', (amount, text) => expect(readable(amount)).toBe(text))
})

describe('the books', () => {
  const ledger = createLedger(new Map([['stranger', 'nowhere']]))
  for (const [name, kind] of [
    ['anna', 'personal'],
    ['shop', 'merchant'],
  ] as const) {
    ledger.ids.set(name, `id of ${name}`)
    ledger.holders.set(name, { name, accountId: `id of ${name}`, owner: name, kind })
  }
  const { load, send } = planner('books', 1)
  const enter = (wish: Parameters<typeof entryOf>[1], status: string) =>
    Object.assign(entryOf(ledger, wish), { id: `id of ${wish.key}`, status })
  enter(load('anna', 50_000n), 'applied')
  enter(load('anna', 70_000n), 'refused')
  enter(send({ from: 'anna', to: 'shop', amount: 6_000n }), 'completed')
  enter(send({ from: 'anna', to: 'stranger', amount: 700n }), 'returned')
  enter(send({ from: 'anna', to: 'shop', amount: 100_000n }), 'held')
  enter(send({ from: 'anna', to: 'shop', amount: 900_000n }), 'refused')
  const { accounts, totals } = keepBooks(ledger)

  it('work out balances, holds and fees', () => {
    expect(accounts.get('anna')).toMatchObject({ balance: 43_990n, held: 100_000n })
    expect(accounts.get('shop')).toMatchObject({ balance: 5_998n, held: 0n })
    expect(totals).toEqual({ loaded: 50_000n, loadFees: 10n, paymentFees: 2n, moved: 6_000n })
  })

  it('expect one line for each movement, and two for a return', () => {
    expect([...(accounts.get('anna')?.lines.values() ?? [])].map(({ type, change }) => [type, change])).toEqual([
      ['loaded', 49_990n],
      ['sent', -6_000n],
      ['sent', -700n],
      ['returned', 700n],
    ])
  })

  it('conserve: balances are loads less fees', () => {
    const balances = [...accounts.values()].reduce((sum, { balance }) => sum + balance, 0n)
    expect(balances).toBe(totals.loaded - totals.loadFees - totals.paymentFees)
  })
})

describe('work in a pool', () => {
  it('has at most so many under way', async () => {
    let [underWay, most] = [0, 0]
    const seen: number[] = []
    await inPool([1, 2, 3, 4, 5, 6, 7], 3, async item => {
      most = Math.max(most, ++underWay)
      await new Promise(resolve => setImmediate(resolve))
      seen.push(item)
      underWay--
    })
    expect([most, seen.length]).toEqual([3, 7])
  })

  it('stops at the first failure', async () => {
    const begun: number[] = []
    const work = inPool([1, 2, 3, 4], 1, async item => {
      begun.push(item)
      if (item === 2) throw new Error('two')
    })
    await expect(work).rejects.toThrow('two')
    expect(begun).toEqual([1, 2])
  })
})

it('percentiles are of the nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect(latencyOf(hundred)).toEqual({ p50: 50, p95: 95, p99: 99, max: 100 })
  expect(latencyOf([])).toBeUndefined()
})

describe('patience', () => {
  it('starts anew when the system was away, and is over after that', async () => {
    let interruptions = 0
    const { isOver } = patienceOf(20, () => interruptions)
    expect(isOver()).toBe(false)
    await new Promise(resolve => setTimeout(resolve, 30))
    interruptions++
    expect(isOver()).toBe(false)
    await new Promise(resolve => setTimeout(resolve, 30))
    expect(isOver()).toBe(true)
  })
})
