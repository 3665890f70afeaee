import type { Faults } from './configuration.ts'
import type { Outcome } from './outcome.ts'
import type { Pending } from './pending-store.ts'
import type { Random } from './randomness.ts'

/** Each answers nothing, or changes nothing, when its fault is not asked for. */
export const inject = {
  order({ shuffle }: Faults, ready: Pending[], random: Random): void {
    if (!shuffle) return
    const chosen = Math.floor(random() * ready.length)
    const [first, other] = [ready[0], ready[chosen]]
    if (!first || !other) return
    ready[0] = other
    ready[chosen] = first
  },
  failure({ failures }: Faults, random: Random): Outcome | undefined {
    if (!failures || random() >= failures) return undefined
    return { delivered: false, reason: 'Busy', status: 503 }
  },
  duplicate({ duplicates }: Faults, random: Random): boolean {
    return duplicates !== undefined && random() < duplicates
  },
}
