import { INSUFFICIENT, type Phase, type Plan, type Planner, type PlanOptions, planner, planOf } from '../plan.ts'

const SHOPS = [
  ['bakery', 'Bakery at the corner'],
  ['books', 'Books and Paper'],
  ['cinema', 'Cinema Astra'],
  ['grocer', 'Green Grocer'],
  ['ice-cream', 'Gelato Nord'],
  ['kiosk', 'Kiosk 24'],
  ['pizzeria', 'Pizzeria Lina'],
  ['tram', 'City Tram'],
] as const

/** What may be left of 200.00 and 20.00 when both have bought something everywhere: nothing here runs dry. */
const PARENT_PAYMENTS = 20
const PARENT_HIGHEST = 799
const SON_PAYMENTS = 12
const SON_HIGHEST = 159

/** A parent loads 200.00, sends 20.00 to the son, and both spend the evening in shops that joined that day. */
export function family({ seed }: PlanOptions): Plan {
  const plan = planner('family', seed)
  const shops = SHOPS.map(([account, title]) => plan.open(account, 'merchant', title))
  const pocketMoney = plan.send({ from: 'vera', to: 'jonas', amount: 2_000n }, { memo: 'pocket money' })
  const inOrder = { concurrency: 1, wait: 10 }
  const steps: Phase[] = [
    {
      title: 'the family and the shops open accounts',
      wishes: [plan.open('vera', 'personal', 'Vera'), plan.open('jonas', 'personal', 'Jonas'), ...shops],
      ...inOrder,
    },
    { title: 'Vera loads 200.00', wishes: [plan.load('vera', 20_000n, { fee: 4n })], ...inOrder },
    { title: 'Vera sends 20.00 to Jonas', wishes: [pocketMoney], ...inOrder },
    { title: 'an evening in town', wishes: evening(plan), concurrency: 4, wait: 10 },
    {
      title: 'Jonas wants more than he has',
      wishes: [
        plan.send({ from: 'jonas', to: 'books', amount: 5_995n }, { memo: 'the big atlas', expect: [INSUFFICIENT] }),
        plan.send({ from: 'jonas', to: 'vera', amount: 50n }, { memo: 'change from the tram' }),
      ],
      ...inOrder,
    },
  ]
  return planOf('family', steps, { highlights: [pocketMoney.key] })
}

function evening({ random, send }: Planner) {
  const visit = (from: string, highest: number) => {
    const [to, title] = random.pick(SHOPS)
    return send({ from, to, amount: BigInt(random.between(40, highest)) }, random.oneIn(3) ? { memo: title } : {})
  }
  const payers = [...Array<'vera'>(PARENT_PAYMENTS).fill('vera'), ...Array<'jonas'>(SON_PAYMENTS).fill('jonas')]
  const [vera, jonas] = Map.groupBy(payers, name => name).values()
  return [
    ...(vera ?? []).map(name => visit(name, PARENT_HIGHEST)),
    ...(jonas ?? []).map(name => visit(name, SON_HIGHEST)),
  ]
}
