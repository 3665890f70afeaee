import { INSUFFICIENT, type Phase, type Plan, type Planner, type PlanOptions, planner, planOf } from '../plan.ts'

/** More than is needed for all that is held at once, so that only the one meant to be refused is. */
const LOADED = 6_000_000n

const inOrder = { concurrency: 1, wait: 10 }

/**
 * Significant transfers wait for people: from 1,000.00 on for one reviewer, from 10,000.00 on for two. They are
 * accepted, declined, refused to a reviewer who is a party, and left alone to expire.
 */
export function reviews({ seed, expire }: PlanOptions): Plan {
  const plan = planner('reviews', seed)
  const people = ['payer', 'friend'].map(name => plan.open(name, 'personal', name))
  const dealer = plan.open('dealer', 'merchant', 'Car dealer')
  const load = plan.load('payer', LOADED, { fee: 0n })
  const transfers = significant(plan, expire)
  const { small, left, two } = transfers
  const all = Object.values(transfers)
  const keys = all.flatMap(({ key }) => (key === small.key ? [] : [key]))
  const amount = LOADED - all.reduce((total, one) => total + one.amount, 0n) + 1n
  const tooMuch = plan.send({ from: 'payer', to: 'friend', amount }, { expect: [INSUFFICIENT] })
  return planOf(
    'reviews',
    [
      { title: 'accounts are opened', wishes: [...people, dealer], ...inOrder },
      { title: 'credits are loaded', wishes: [load], ...inOrder },
      { title: 'significant transfers are asked for', wishes: all, ...inOrder },
      { title: 'held credits cannot be spent', wishes: [tooMuch], ...inOrder },
      { title: 'they wait for a reviewer', shown: keys, gone: [small.key] },
      decisions(plan, transfers),
      { title: 'only one still waits', shown: [left.key], gone: keys.filter(key => key !== left.key) },
    ],
    { highlights: [two.key] },
  )
}

/** Transfers on both sides of the two amounts from which reviewers are asked, and for each way a review can go. */
function significant({ send }: Planner, expire: boolean) {
  const hold = (to: string, amount: bigint, ...expect: string[]) => send({ from: 'payer', to, amount }, { expect })
  return {
    small: hold('friend', 99_999n, 'completed'),
    edge: hold('friend', 100_000n, 'completed'),
    car: hold('dealer', 150_000n, 'completed'),
    declined: hold('dealer', 200_000n, 'declined'),
    nearlyTwo: hold('dealer', 999_999n, 'completed'),
    two: hold('dealer', 1_000_000n, 'completed'),
    halfway: hold('friend', 1_250_000n, 'declined'),
    party: hold('friend', 300_000n, 'completed'),
    left: hold('dealer', 110_000n, 'held', ...(expire ? ['expired'] : [])),
  }
}

function decisions({ review }: Planner, transfers: ReturnType<typeof significant>): Phase {
  const { small, edge, car, declined, nearlyTwo, two, halfway, party } = transfers
  type Transfer = typeof small
  const approve = (reviewer: string, { key }: Transfer, expect?: string) =>
    review({ kind: 'approve', transfer: key, reviewer }, expect)
  const decline = (reviewer: string, { key }: Transfer, expect?: string) =>
    review({ kind: 'decline', transfer: key, reviewer, text: `not this, says ${reviewer}` }, expect)
  const wishes = [
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
  ]
  return { title: 'reviewers decide', wishes, ...inOrder }
}
