import { INSUFFICIENT, type Plan, type PlanOptions, planner, planOf } from '../plan.ts'

const ACCOUNTS = 200
const TRANSFERS = 10_000
/** One account in so many is a merchant. */
const MERCHANTS = 10
/** One transfer in so many goes to an account nobody ever opened, and comes back. */
const ASTRAY = 200
/** One transfer in so many carries a memo. */
const MEMOS = 20
/** The highest payment, and loads from lowest to highest, in minor units. */
const HIGHEST = 5_000
const LOADS = [10_000, 300_000] as const

/** Many people and some merchants pay one another at random: for speed, and for the books of a long day. */
export function crowd({ seed, accounts = ACCOUNTS, transfers = TRANSFERS, concurrency }: PlanOptions): Plan {
  const { random, open, load, send } = planner('crowd', seed)
  const names = Array.from({ length: Math.max(2, accounts) }, (_, index) => `account-${index}`)
  const isMerchant = (index: number) => index % MERCHANTS === MERCHANTS - 1
  const people = names.filter((_, index) => !isMerchant(index))
  const strangers = new Map([['stranger', random.uuid()]])
  const opens = names.map((name, index) => open(name, isMerchant(index) ? 'merchant' : 'personal', name))
  const loads = people.map(name => load(name, BigInt(random.between(...LOADS))))
  const sends = Array.from({ length: transfers }, () => {
    const from = random.pick(people)
    const others = random.between(1, names.length - 1)
    const to = random.oneIn(ASTRAY) ? 'stranger' : (names[(names.indexOf(from) + others) % names.length] ?? from)
    const end = to === 'stranger' ? 'returned' : 'completed'
    const memo = random.oneIn(MEMOS) ? { memo: 'thank you' } : {}
    return send({ from, to, amount: BigInt(random.between(1, HIGHEST)) }, { expect: [end, INSUFFICIENT], ...memo })
  })
  const phase = { concurrency, wait: 10 }
  return planOf(
    'crowd',
    [
      { title: 'accounts are opened', wishes: opens, ...phase },
      { title: 'credits are loaded', wishes: loads, ...phase },
      { title: 'credits are sent', wishes: sends, ...phase, measured: true },
    ],
    { strangers },
  )
}
