import { type Answer, json } from '@remit/api/http/answer'
import { timeOf, type World } from '@remit/api/ports'
import { feedNames, type HealthResource, MOST_COUNTED } from '@remit/api/resources/health'
import type { Condition, Documents } from '@remit/documents/documents'
import { type FeedSources, feedLag } from '../feed-lag.ts'

export type Checkup = FeedSources & {
  readonly transfers: Documents
  readonly parked: Documents
  readonly world: World
  /** From how many seconds behind a feed counts as stuck. */
  readonly stuckAfter: number
}

/** How long an answer serves everybody who asks, so that nobody can load the store by asking; milliseconds. */
const FRESH = 5_000
/** How long the store may take to answer, in milliseconds: not longer than an answer serves, so that looks do not pile up. */
const PATIENCE = 5_000
/** How long ago somebody should have asked what an open transfer is owed, in milliseconds. */
const OVERDUE = 60_000
const PAGE = 250

/**
 * `GET /health`: how far every feed is behind, and what got stuck. 503 when a feed is stuck or the store does not
 * answer. Anyone may ask, so it says counts and seconds and nothing else.
 */
export function readHealth(checkup: Checkup): () => Promise<Answer> {
  let known: { readonly until: number; readonly answer: Promise<Answer> } | undefined
  return () => {
    const now = checkup.world.now()
    if (known === undefined || now >= known.until) known = { until: now + FRESH, answer: look(checkup) }
    return known.answer
  }
}

async function look(checkup: Checkup): Promise<Answer> {
  const tooLate = checkup.world.sleep(PATIENCE).then(() => undefined)
  const health = await Promise.race([measured(checkup).catch(() => undefined), tooLate])
  const body = health ?? { status: 'unhealthy' }
  const headers = { 'cache-control': `public, max-age=${FRESH / 1000}` }
  if (body.status === 'healthy') return json(200, body, headers)
  return json(503, body, { ...headers, 'retry-after': String(FRESH / 1000) })
}

async function measured(checkup: Checkup): Promise<HealthResource> {
  const { transfers, parked, world, stuckAfter } = checkup
  const overdue = { path: 'attentionAt', is: '<=', value: timeOf({ now: () => world.now() - OVERDUE }) } as const
  const [lags, overdueTransfers, parkedItems] = await Promise.all([
    feedLag(checkup),
    countUpTo(transfers, [overdue]),
    countUpTo(parked, [{ path: 'open', is: '=', value: true }]),
  ])
  const seconds = (since = Number.POSITIVE_INFINITY) => Math.max(0, Math.floor(world.now() / 1000 - since))
  const feeds = {} as NonNullable<HealthResource['feeds']>
  for (const name of feedNames) feeds[name] = { items: lags[name].items, seconds: seconds(lags[name].since) }
  const stuck = Object.values(feeds).some(feed => feed.seconds > stuckAfter)
  return { status: stuck ? 'unhealthy' : 'healthy', feeds, overdueTransfers, parkedItems }
}

async function countUpTo(documents: Documents, where: readonly Condition[]): Promise<number> {
  let count = 0
  for await (const page of documents.scan({ where, limit: PAGE })) {
    count += page.length
    if (count >= MOST_COUNTED) return MOST_COUNTED
  }
  return count
}
