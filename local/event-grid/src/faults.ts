import type { Pending } from './pending-store.ts'
import type { Outcome } from './webhook.ts'

/** What goes wrong on purpose; each number is a probability from 0 to 1. The server's seed decides when. */
export interface Faults {
  /** An event that was delivered is delivered again. */
  duplicates?: number
  /** An attempt fails as if the endpoint were busy. */
  failures?: number
  /** What is ready is sent in any order. */
  shuffle?: boolean
}

/** Each answers nothing, or changes nothing, when its fault is not asked for. */
export const inject = {
  order({ shuffle }: Faults, ready: Pending[], random: () => number): void {
    if (!shuffle) return
    const chosen = Math.floor(random() * ready.length)
    const [first, other] = [ready[0], ready[chosen]]
    if (!first || !other) return
    ready[0] = other
    ready[chosen] = first
  },
  failure({ failures }: Faults, random: () => number): Outcome | undefined {
    if (!failures || random() >= failures) return undefined
    return { delivered: false, reason: 'Busy', status: 503 }
  },
  duplicate({ duplicates }: Faults, random: () => number): boolean {
    return duplicates !== undefined && random() < duplicates
  },
}
