import type { Clock } from 'local-clock/clock'
import type { Outcome } from './outcome.ts'
import { probationAfter } from './retry-schedule.ts'

/** Whether an endpoint keeps failing, so that nothing is sent to it for a while. */
export interface Probation {
  /** When it ends, in milliseconds since 1970; in the past when there is none. */
  readonly ends: number
  failed(outcome: Outcome): void
  succeeded(): void
}

/** How many failures in a row put an endpoint on probation. */
const failuresToProbation = 5

export function createProbation(clock: Clock): Probation {
  let failuresInARow = 0
  let ends = 0
  return {
    get ends() {
      return ends
    },
    failed(outcome) {
      failuresInARow++
      if (failuresInARow >= failuresToProbation) ends = Math.max(ends, clock.now() + probationAfter(outcome))
    },
    succeeded() {
      failuresInARow = 0
      ends = 0
    },
  }
}
