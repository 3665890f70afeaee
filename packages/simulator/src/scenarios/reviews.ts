import { INSUFFICIENT, type Plan, type PlanOptions, planner, planOf } from '../plan.ts'

/** More than is needed for all that is held at once, so that only the one meant to be refused is. */
const LOADED = 6_000_000n

/**
 * Significant transfers wait for people: from 1,000.00 on for one reviewer, from 10,000.00 on for two. They are
 * accepted, declined, refused to a reviewer who is a party, and left alone to expire.
 */
export function reviews({ seed, expire }: PlanOptions): Plan {
  const plan = planner('reviews', seed)
  const hold = (to: string, amount: bigint, expect: string) =>
    plan.send({ from: 'payer', to, amount }, { expect: [expect] })
  const review = (kind: 'approve' | 'decline') => (reviewer: string, transfer: { key: string }, expect?: string) =>
    plan.review(
      { kind, transfer: transfer.key, reviewer, ...(kind === 'decline' ? { text: `not this, says ${reviewer}` } : {}) },
      expect,
    )
  const [approve, decline] = [review('approve'), review('decline')]

  const people = ['payer', 'friend'].map(name => plan.open(name, 'personal', name))
  const dealer = plan.open('dealer', 'merchant', 'Car dealer')
  const small = hold('friend', 99_999n, 'completed')
  const edge = hold('friend', 100_000n, 'completed')
  const car = hold('dealer', 150_000n, 'completed')
  const declined = hold('dealer', 200_000n, 'declined')
  const nearlyTwo = hold('dealer', 999_999n, 'completed')
  const two = hold('dealer', 1_000_000n, 'completed')
  const halfway = hold('friend', 1_250_000n, 'declined')
  const party = hold('friend', 300_000n, 'completed')
  const left = plan.send(
    { from: 'payer', to: 'dealer', amount: 110_000n },
    { expect: expire ? ['expired', 'held'] : ['held'] },
  )
  const waiting = [edge, car, declined, nearlyTwo, two, halfway, party, left]
  const tooMuch = LOADED - [small, ...waiting].reduce((total, { amount }) => total + amount, 0n) + 1n

  const inOrder = { concurrency: 1, wait: 10 }
  return planOf(
    'reviews',
    [
      { title: 'accounts are opened', wishes: [...people, dealer], ...inOrder },
      { title: 'credits are loaded', wishes: [plan.load('payer', LOADED, { fee: 0n })], ...inOrder },
      { title: 'significant transfers are asked for', wishes: [small, ...waiting], ...inOrder },
      { title: 'held credits cannot be spent', wishes: [hold('friend', tooMuch, INSUFFICIENT)], ...inOrder },
      { title: 'they wait for a reviewer', shown: waiting.map(({ key }) => key), gone: [small.key] },
      {
        title: 'reviewers decide',
        wishes: [
          approve('payer', party, 'refused reviewer_is_party'),
          approve('friend', party, 'refused reviewer_is_party'),
          approve('rita', edge),
          approve('rita', car),
          approve('rita', car, 'refused transfer_not_held'),
          decline('rita', declined),
          approve('rolf', declined, 'refused transfer_not_held'),
          approve('rolf', nearlyTwo),
          approve('rita', two),
          approve('rita', two, 'no_effect'),
          approve('rolf', two),
          approve('rita', halfway),
          decline('rolf', halfway),
          approve('rolf', party),
          decline('rolf', small, 'refused transfer_not_held'),
        ],
        ...inOrder,
      },
      {
        title: 'only one still waits',
        shown: [left.key],
        gone: waiting.flatMap(({ key }) => (key === left.key ? [] : [key])),
      },
    ],
    { highlights: [two.key] },
  )
}
