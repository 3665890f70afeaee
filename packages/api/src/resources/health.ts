import { z } from 'zod'

/** Counts stop here: so many, or more. */
export const MOST_COUNTED = 1_000

/**
 * Every change feed function that health is asked about, and the container it is fed from. Its name is also the prefix of
 * its leases, so no name may begin with another.
 */
export const feeds = {
  decideCommands: 'commands',
  moveTransfers: 'events',
  projectEvents: 'events',
  publishEvents: 'events',
  lookAfterCommands: 'parked',
  lookAfterViews: 'parked',
} as const
export type FeedName = keyof typeof feeds
export const feedNames = Object.keys(feeds) as FeedName[]

const count = z.int().min(0).max(MOST_COUNTED)

const lag = z
  .object({
    /** About how many changes wait for the function. */
    items: z.int().min(0),
    /** How long the oldest of them has waited. */
    seconds: z.int().min(0),
  })
  .meta({ id: 'Lag' })

/** How the system does. Without figures when the store does not answer. */
export const health = z
  .object({
    status: z.enum(['healthy', 'unhealthy']),
    feeds: z.record(z.enum(feedNames), lag).optional(),
    overdueTransfers: count
      .optional()
      .describe(
        `Open transfers that should have gone on more than a minute ago; ${MOST_COUNTED} means so many or more.`,
      ),
    parkedItems: count
      .optional()
      .describe(
        `Items that could not be handled, and that nobody has dealt with yet; ${MOST_COUNTED} means so many or more.`,
      ),
  })
  .meta({ id: 'Health' })
export type HealthResource = z.infer<typeof health>
