import type { SubscriptionConfig } from './configuration.ts'
import type { Outcome } from './outcome.ts'
import type { Pending } from './pending-store.ts'
import type { Random } from './randomness.ts'

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
const leastWaits: Record<number, number> = { 401: 5 * minute, 404: 5 * minute, 408: 2 * minute, 503: 30 * second }

/** Who answers one of these will not answer otherwise. A resource of Azure may get its permissions later. */
const neverRetried = { webhook: new Set([400, 401, 403, 413]), resource: new Set([400, 403, 413]) }

/** Share of the wait that chance may add. */
const jitter = 0.1

const defaultAttempts = 30
const defaultTimeToLive = 1_440

/** True when there is no use in trying again. */
export function isFinal({ status }: Outcome, { destination }: SubscriptionConfig): boolean {
  const kind = destination.type === 'webhook' ? 'webhook' : 'resource'
  return status !== undefined && neverRetried[kind].has(status)
}

/** Milliseconds until the next attempt, after `attempts` tries. */
export function waitAfter(attempts: number, { status }: Outcome, random: Random): number {
  const planned = schedule[Math.min(attempts, schedule.length) - 1] ?? 0
  const least = (status !== undefined && leastWaits[status]) || 10 * second
  return Math.round(Math.max(planned, least) * (1 + random() * jitter))
}

/** Why an event whose next attempt is due is given up instead, or undefined. */
export function expiry(pending: Pending, config: SubscriptionConfig, now: number): string | undefined {
  if (pending.attempts >= (config.maxDeliveryAttempts ?? defaultAttempts)) return 'MaxDeliveryAttemptsExceeded'
  const timeToLive = (config.eventTimeToLiveInMinutes ?? defaultTimeToLive) * minute
  return now > pending.published + timeToLive ? 'TimeToLiveExceeded' : undefined
}

/** What is wrong with an event puts no endpoint on probation. */
const probations: Record<string, number> = {
  Busy: 10 * second,
  TimedOut: 10 * second,
  SocketError: 30 * second,
  NotFound: 5 * minute,
  ResolutionError: 5 * minute,
  Unauthorized: 5 * minute,
  Forbidden: 5 * minute,
  BadRequest: 0,
  PayloadTooLarge: 0,
}

/** Milliseconds that nothing is sent to an endpoint that keeps failing in this way. */
export function probationAfter({ reason }: Outcome): number {
  return probations[reason] ?? 30 * second
}
