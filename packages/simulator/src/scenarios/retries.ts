import {
  type Copies,
  INSUFFICIENT,
  type Plan,
  type Planner,
  type PlanOptions,
  planner,
  planOf,
  type Wish,
} from '../plan.ts'

const ACCOUNTS = 10
const TRANSFERS = 200
/** One request in so many is repeated with another body. */
const ALTERED = 10
const LOADED = 90_000n

/**
 * Every request is sent several times: at once, after answers that nobody heard, and again when all is over. One in ten
 * comes back with an altered body under its old key, some of them before the first is decided.
 */
export function retries({ seed, accounts = ACCOUNTS, transfers = TRANSFERS, concurrency }: PlanOptions): Plan {
  const plan = planner('retries', seed)
  const { random } = plan
  const names = Array.from({ length: Math.max(2, accounts) }, (_, index) => `account-${index}`)
  const strangers = new Map([['stranger', random.uuid()]])
  const altered = alterations(plan)
  const opens = names.map((name, index) =>
    plan.open(name, index % 4 === 3 ? 'merchant' : 'personal', name, altered({ name: 'somebody else' })),
  )
  const loads = names.map(name => plan.load(name, LOADED, altered({ amount: '90001' })))
  const sends = Array.from({ length: transfers }, () => {
    const [from, to] = [random.pick(names), random.pick([...names, 'stranger'])]
    const ways = { amount: String(random.between(100_000, 200_000)), to: random.uuid(), memo: 'another memo' }
    const member = random.pick(['amount', 'to', 'memo'] as const)
    const amount = BigInt(random.between(1, 20_000))
    return plan.send(
      { from, to, amount },
      { memo: 'once only', ...altered({ [member]: ways[member] }), expect: ends(from, to) },
    )
  })
  const poor = plan.open('poor', 'personal', 'poor', copies(plan))
  const refused = plan.send(
    { from: 'poor', to: 'account-0', amount: 5_000n },
    { ...copies(plan), expect: [INSUFFICIENT] },
  )
  const late = plan.load('poor', LOADED, copies(plan))
  const phase = { concurrency: Math.min(concurrency, 20), wait: 10 }
  return planOf(
    'retries',
    [
      { title: 'accounts are opened, more than once', wishes: [...opens, poor], ...phase },
      { title: 'credits are loaded, more than once', wishes: loads, ...phase },
      { title: 'credits are sent, more than once', wishes: [...sends, refused], ...phase },
      { title: 'who had nothing has credits now', wishes: [late], ...phase },
      {
        title: 'everything is asked for again',
        wishes: again([...opens, poor, ...loads, ...sends, refused]),
        ...phase,
      },
    ],
    { strangers },
  )
}

function ends(from: string, to: string): string[] {
  if (from === to) return ['refused same_account']
  return [to === 'stranger' ? 'returned' : 'completed', INSUFFICIENT]
}

function copies({ random }: Planner): { copies: Copies } {
  return { copies: { atOnce: random.between(0, 4), dropped: random.between(0, 2) } }
}

/** Copies of a request, one in ten of them altered in one member; half of those asked without waiting. */
function alterations(plan: Planner) {
  const { random } = plan
  return (change: Readonly<Record<string, string>>): { copies: Copies; wait?: number } => {
    const same = copies(plan)
    const [first] = Object.entries(change)
    if (!random.oneIn(ALTERED) || first === undefined) return same
    const [member, value] = first
    return { copies: { ...same.copies, altered: { member, value } }, ...(random.oneIn(2) ? { wait: 0 } : {}) }
  }
}

/** The same requests with the same keys, once each. */
function again(wishes: readonly Wish[]): Wish[] {
  return wishes.map(({ copies: _, ...wish }) => wish as Wish)
}
