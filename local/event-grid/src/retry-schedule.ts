import type { Outcome } from './webhook.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** Waits after the first, second, … failure; the last one repeats. */
const schedule = [
  10 * second,
  30 * second,
  minute,
  5 * minute,
  10 * minute,
  30 * minute,
  hour,
  3 * hour,
  6 * hour,
  12 * hour,
]

/** A status has a wait of its own that the schedule cannot undercut. */
const leastWaits: Record<number, number> = { 404: 5 * minute, 408: 2 * minute, 503: 30 * second }

/** A webhook that answers one of these will not answer otherwise. */
const neverRetried = new Set([400, 401, 403, 413])

/** Share of the wait that chance may add. */
const jitter = 0.1

/** How many failures in a row put an endpoint on probation. */
export const failuresToProbation = 5

/** True when there is no use in trying again. */
export function isFinal({ status }: Outcome): boolean {
  return status !== undefined && neverRetried.has(status)
}

/** Milliseconds until the next attempt, after `attempts` tries. */
export function waitAfter(attempts: number, { status }: Outcome, random: () => number): number {
  const planned = schedule[Math.min(attempts, schedule.length) - 1] ?? 0
  const least = (status !== undefined && leastWaits[status]) || 10 * second
  return Math.round(Math.max(planned, least) * (1 + random() * jitter))
}

const probations: Record<string, number> = {
  Busy: 10 * second,
  TimedOut: 10 * second,
  NotFound: 5 * minute,
  ResolutionError: 10 * minute,
}

/** Milliseconds that new events wait for an endpoint that keeps failing in this way. */
export function probationAfter({ reason }: Outcome): number {
  return probations[reason] ?? 30 * second
}
