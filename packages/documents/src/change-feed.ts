import { ChangeFeedStartFrom, type Container, type CosmosHeaders } from '@azure/cosmos'
import { StoreUnavailable } from './documents.ts'

/** Up to where a range of a change feed was read; without a continuation, nothing of it was. */
export type Position = { readonly min: string; readonly max: string; readonly continuation?: string }

/** What is still to be read, about: how many changes, and when the oldest was written, in seconds since 1970. */
export type Pending = { readonly items: number; readonly since?: number }

/** The change feed of one container, for those who do not read it but want to know how far others are. */
export type ChangeFeed = {
  /**
   * What comes after these positions, one for each range; without any, all there is.
   *
   * @throws StoreUnavailable
   */
  readonly pending: (positions: readonly Position[]) => Promise<Pending>
}

type Change = { readonly _lsn: number; readonly _ts: number }

/**
 * Asks the change feed of a container as the change feed estimator of the .NET SDK does: one item of each range, the
 * first that is pending. It and the answer's session token carry log sequence numbers, and the difference is how many
 * changes there are. A batch or a bulk write may count as one, and an item that was written twice counts twice.
 */
export function cosmosChangeFeed(container: Container): ChangeFeed {
  return {
    pending: async positions => {
      try {
        const from = await startFrom(container, positions)
        const feed = container.items.getChangeFeedIterator({ maxItemCount: 1, changeFeedStartFrom: from })
        const found = new Map<string, Pending>()
        // The SDK goes round the ranges and passes by those where nothing is pending.
        for (;;) {
          const { result, headers, statusCode } = await feed.readNext()
          const [first] = (statusCode === 200 ? result : []) as unknown as Change[]
          const { range, lsn } = sessionOf(headers)
          if (first === undefined || found.has(range)) return sum(found.values())
          found.set(range, { items: Math.max(1, lsn - Number(first._lsn) + 1), since: first._ts })
        }
      } catch (error) {
        throw new StoreUnavailable('the change feed could not be read', { cause: error })
      }
    },
  }
}

/** The SDK's own continuation: the ranges with the etag each was read up to, and the container they belong to. */
async function startFrom(container: Container, positions: readonly Position[]): Promise<ChangeFeedStartFrom> {
  if (positions.length === 0) return ChangeFeedStartFrom.Beginning()
  const { resource } = await container.read()
  const ranges = positions.map(({ min, max, continuation = '' }) => ({
    minInclusive: min,
    maxExclusive: max,
    continuationToken: continuation,
  }))
  return ChangeFeedStartFrom.Continuation(JSON.stringify({ rid: resource?._rid, Continuation: ranges }))
}

/** `<range>:<version>#<lsn>#…`, or `<range>:<lsn>` of old. */
function sessionOf(headers: CosmosHeaders): { range: string; lsn: number } {
  const [range = '', state = ''] = String(headers['x-ms-session-token'] ?? '').split(':')
  const segments = state.split('#')
  return { range, lsn: Number(segments[1] ?? segments[0]) }
}

function sum(all: Iterable<Pending>): Pending {
  let [items, oldest] = [0, Number.POSITIVE_INFINITY]
  for (const pending of all) {
    items += pending.items
    oldest = Math.min(oldest, pending.since ?? oldest)
  }
  return items === 0 ? { items } : { items, since: oldest }
}
