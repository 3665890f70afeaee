import type { StoredItem } from '@remit/documents/documents'
import type { Process } from './scheduler.ts'
import type { Wire } from './store.ts'

/** Where the feed function of one range stands, as the lease container remembers it. */
export type Lease = { position: number; owner: Process | undefined; version: number }

export type FeedFunction = {
  readonly lease: Lease
  readonly feed: StoredItem[]
  readonly handle: (items: unknown[]) => Promise<void>
}

/** What the host does around a handler; planted bugs replace parts of it. */
export type HostHabits = { readonly checkpointFirst: boolean; readonly skipFailures: boolean }

const POLL = 400
const RETRY = 100
const MOST_ITEMS = 10
/** A checkpoint may get lost, and the ones before it: so many items come again at most. */
const MOST_REPEATED = 20

/**
 * Runs one feed function on one range, as the host does: one batch after the other, a failed batch again and again,
 * a checkpoint after it. Ends with its process. A lease may be taken away at any time, even in the middle of a batch.
 */
export async function runFeed(wire: Wire, owner: Process, fn: FeedFunction, habits: HostHabits): Promise<void> {
  const { scheduler, random, faults } = wire
  const { lease, feed } = fn
  for (;;) {
    if (lease.owner !== owner) {
      if (lease.owner && !lease.owner.dead && !random.chance(faults.steal)) {
        await scheduler.park(owner, POLL)
        continue
      }
      lease.owner = owner
      lease.version += 1
      if (random.chance(faults.duplicate)) repeat(wire, lease)
    }
    const { version, position } = lease
    const batch = feed.slice(position, position + random.between(1, MOST_ITEMS))
    if (batch.length === 0) {
      await scheduler.park(owner, POLL)
      continue
    }
    if (habits.checkpointFirst) lease.position = position + batch.length
    await handleBatch(wire, owner, fn, { batch, skipFailures: habits.skipFailures })
    await scheduler.park(owner)
    const lost = lease.version !== version
    if (lost) continue
    if (random.chance(faults.duplicate)) repeat(wire, lease)
    else lease.position = position + batch.length
  }
}

function repeat({ random }: Wire, lease: Lease): void {
  lease.position = Math.max(0, lease.position - random.between(0, MOST_REPEATED))
}

async function handleBatch(
  { scheduler }: Wire,
  owner: Process,
  { handle }: FeedFunction,
  { batch, skipFailures }: { batch: StoredItem[]; skipFailures: boolean },
): Promise<void> {
  for (;;) {
    try {
      return await handle(structuredClone(batch))
    } catch {
      if (skipFailures) return
      await scheduler.park(owner, RETRY)
    }
  }
}
