import { errorCharge, roundCharge } from './charges.ts'
import { CosmosError } from './errors.ts'
import type { CosmosAnswer } from './exchange.ts'
import { requestUnits } from './operations/containers/definitions.ts'
import type { Container } from './store/container.ts'
import type { Range } from './store/range.ts'

const windowMs = 1_000

/** What a range may still spend in a second, in request units; below zero it owes the seconds to come. */
type Budget = { window: number; rate: number; left: number }

/**
 * Provisioned throughput, enforced: each physical range may spend its even share of the container's request units per
 * second. A request is let in as long as anything is left and then pays its whole charge, as that is known only afterwards;
 * so one large request may use up the seconds that follow. What is not spent in a second is lost. Throttled requests pay
 * nothing. The time is that of the injected clock.
 */
export class ProvisionedThroughput {
  private readonly budgets = new WeakMap<Range, Budget>()
  private readonly now: () => number

  /** @param now milliseconds */
  constructor(now: () => number) {
    this.now = now
  }

  /** Throws 429 with substatus 3200 and the time to wait, if a range has nothing left. */
  admit(container: Container, ranges: readonly Range[]): void {
    const now = this.now()
    for (const range of ranges) {
      const { rate, left } = this.budget(container, range, now)
      if (left <= 0) throw tooManyRequests((Math.floor(-left / rate) + 1) * windowMs - (now % windowMs))
    }
  }

  /** Takes a charge off the budgets of the ranges that served, in even parts. */
  spend(container: Container, ranges: readonly Range[], charge: number): void {
    const now = this.now()
    for (const range of ranges) this.budget(container, range, now).left -= roundCharge(charge) / ranges.length
  }

  /** The budget of this second. A replaced offer acts at once: what it adds or takes away is there in the same second. */
  private budget(container: Container, range: Range, now: number): Budget {
    const rate = requestUnits(container.record.throughput) / container.ranges.length
    const window = Math.floor(now / windowMs)
    let budget = this.budgets.get(range)
    if (budget === undefined) {
      budget = { window, rate, left: rate }
      this.budgets.set(range, budget)
      return budget
    }
    if (window > budget.window) {
      budget.left = Math.min(budget.rate, budget.left + budget.rate * (window - budget.window))
      budget.window = window
    }
    if (rate !== budget.rate) {
      budget.left += rate - budget.rate
      budget.rate = rate
    }
    return budget
  }
}

/** @param retryAfterMs milliseconds until the range has something to spend again */
function tooManyRequests(retryAfterMs: number): CosmosError {
  const text =
    'Request rate is large. More Request Units may be needed, so no changes were made. Please retry this request later. Learn more: http://aka.ms/cosmosdb-error-429'
  return new CosmosError(429, `Message: {"Errors":["${text}"]}`, {
    substatus: 3200,
    retryAfterMs: Math.max(1, Math.ceil(retryAfterMs)),
    body: { code: '429' },
  })
}

type Served = { throughput: ProvisionedThroughput | undefined; container: Container; ranges: readonly Range[] }

/** Runs an operation on the budgets of its ranges, if throughput is enforced; it pays for a refusal too. Throws 429. */
export function metered({ throughput, container, ranges }: Served, run: () => CosmosAnswer): CosmosAnswer {
  if (throughput === undefined) return run()
  throughput.admit(container, ranges)
  try {
    const answer = run()
    throughput.spend(container, ranges, Number(answer.headers['x-ms-request-charge']))
    return answer
  } catch (error) {
    throughput.spend(container, ranges, errorCharge(error))
    throw error
  }
}
