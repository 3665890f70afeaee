import { type FeedName, feedNames, feeds } from '@remit/api/resources/health'
import type { ChangeFeed, Pending, Position } from '@remit/documents/change-feed'
import type { Documents } from '@remit/documents/documents'
import { z } from 'zod'

/** What is read of the host's lease items, one for each range. The host keeps other items next to them. */
const lease = z.object({
  FeedRange: z.object({ Range: z.object({ min: z.string(), max: z.string() }) }),
  /** The etag up to which the range was read. */
  ContinuationToken: z.string().nullish(),
})

export type FeedSources = {
  readonly leases: Documents
  readonly feeds: Readonly<Record<(typeof feeds)[FeedName], ChangeFeed>>
}

const PAGE = 100

/**
 * How far each feed function is behind, from its leases. All apps of a deployment share one lease container, so one of
 * them can tell for all.
 *
 * @throws StoreUnavailable, or ZodError when a lease is of a shape not known here.
 */
export async function feedLag(sources: FeedSources): Promise<Record<FeedName, Pending>> {
  const positions = new Map<FeedName, Position[]>(feedNames.map(name => [name, []]))
  for await (const page of sources.leases.scan({ limit: PAGE })) {
    for (const item of page) {
      const name = feedNames.find(one => item.id.startsWith(one))
      if (name === undefined || !('LeaseToken' in item)) continue
      const { FeedRange, ContinuationToken } = lease.parse(item)
      const continuation = ContinuationToken ? { continuation: ContinuationToken } : {}
      positions.get(name)?.push({ ...FeedRange.Range, ...continuation })
    }
  }
  const lags = feedNames.map(async name => {
    const pending = await sources.feeds[feeds[name]].pending(positions.get(name) ?? [])
    return [name, pending] as const
  })
  return Object.fromEntries(await Promise.all(lags)) as Record<FeedName, Pending>
}
