import { type Plan, type PlanOptions, planner, planOf } from '../plan.ts'

/** Loads and their fees in minor units, written down by hand: 0.02 %, rounded half up; free above 500.00. */
const LOADS: readonly (readonly [amount: bigint, fee: bigint])[] = [
  [1n, 0n],
  [2_499n, 0n],
  [2_500n, 1n],
  [7_499n, 1n],
  [7_500n, 2n],
  [20_000n, 4n],
  [49_999n, 10n],
  [50_000n, 10n],
  [50_001n, 0n],
  [9_000_000n, 0n],
]

/** Payments and what the merchant pays of them: 0.025 %, rounded half up. */
const PAYMENTS: readonly (readonly [amount: bigint, fee: bigint])[] = [
  [1n, 0n],
  [1_999n, 0n],
  [2_000n, 1n],
  [2_001n, 1n],
  [4_000n, 1n],
  [5_999n, 1n],
  [6_000n, 2n],
  [9_999n, 2n],
  [10_000n, 3n],
  [40_000n, 10n],
  [98_000n, 25n],
  [99_999n, 25n],
]

/** Payments of random amounts besides those at the edges. */
const PAYMENTS_MORE = 60
const MERCHANTS = ['bazaar', 'florist', 'garage']

/** Fees to the minor unit: of loads, of payments to merchants, and none of anything sent to a person. */
export function merchants({ seed, transfers = PAYMENTS_MORE, concurrency }: PlanOptions): Plan {
  const { random, open, load, send } = planner('merchants', seed)
  const people = ['buyer', 'friend'].map(name => open(name, 'personal', name))
  const shops = MERCHANTS.map(name => open(name, 'merchant', `The ${name}`))
  const loads = LOADS.map(([amount, fee]) => load('buyer', amount, { fee }))
  const edges = PAYMENTS.flatMap(([amount, fee]) => [
    ...MERCHANTS.slice(0, 2).map(to => send({ from: 'buyer', to, amount }, { fee })),
    send({ from: 'buyer', to: 'friend', amount }, { fee: 0n }),
  ])
  const more = Array.from({ length: transfers }, () =>
    send({ from: 'buyer', to: random.pick(MERCHANTS), amount: BigInt(random.between(1, 30_000)) }),
  )
  const between = [
    send({ from: 'bazaar', to: 'garage', amount: 6_000n }, { fee: 2n, memo: 'a merchant pays a merchant' }),
    send({ from: 'bazaar', to: 'friend', amount: 6_000n }, { fee: 0n, memo: 'a merchant pays a person' }),
  ]
  const phase = { concurrency, wait: 10 }
  return planOf('merchants', [
    { title: 'people and merchants open accounts', wishes: [...people, ...shops], ...phase },
    { title: 'loads at the edges of their fee', wishes: loads, ...phase },
    { title: 'payments at the edges of their fee', wishes: edges, ...phase },
    { title: 'more payments', wishes: [...more, ...between], ...phase },
  ])
}
