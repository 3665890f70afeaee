import { INSUFFICIENT, type Plan, type PlanOptions, planner, planOf } from '../plan.ts'

const SENDS = 200
/** Free of a fee, so exactly this can be spent. */
const LOADED = 100_000n
/** Exactly half of the sends fit. */
const EACH = 1_000n

/**
 * 200 sends leave one account at once, together worth twice what it holds: the balance is never below zero, what fits
 * completes and the rest is refused. A second account does the same with unequal amounts.
 */
export function race({ seed }: PlanOptions): Plan {
  const { random, open, load, send } = planner('race', seed)
  const expect = ['completed', INSUFFICIENT]
  const receivers = ['person', 'shop']
  const accounts = [
    ...['equal', 'mixed', 'person'].map(name => open(name, 'personal', name)),
    open('shop', 'merchant', 'The shop'),
  ]
  const sends = Array.from({ length: SENDS }, () => [
    send({ from: 'equal', to: random.pick(receivers), amount: EACH }, { expect }),
    send({ from: 'mixed', to: random.pick(receivers), amount: BigInt(random.between(100, 1_900)) }, { expect }),
  ]).flat()
  const loads = ['equal', 'mixed'].map(name => load(name, LOADED, { fee: 0n }))
  return planOf(
    'race',
    [
      { title: 'accounts are opened', wishes: accounts, concurrency: 4, wait: 10 },
      { title: 'credits are loaded', wishes: loads, concurrency: 2, wait: 10 },
      { title: 'everything is spent at once', wishes: sends, concurrency: sends.length, wait: 10 },
    ],
    { drained: ['equal', 'mixed'], completes: new Map([['equal', Number(LOADED / EACH)]]) },
  )
}
