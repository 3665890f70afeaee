import type { FeedRange } from './feed-range.ts'
import type { Process } from './scheduler.ts'
import type { Wire } from './wire.ts'

/** Where the feed function of one range stands, as the lease container remembers it. */
export type Lease = { position: number; owner: Process | undefined; version: number }

export type FeedFunction = {
  readonly lease: Lease
  readonly range: FeedRange
  readonly handle: (items: unknown[]) => Promise<void>
}

/** What the host does around a handler; planted bugs replace parts of it. */
export type HostHabits = { readonly checkpointFirst: boolean; readonly skipFailures: boolean }

/** How often a process looks whether a lease is free, and for changes when nothing woke it; milliseconds. */
const LOOK = 5_000
const RETRY = 100
const MOST_ITEMS = 10
/** A checkpoint may get lost, and the ones before it: so many items come again at most. */
const MOST_REPEATED = 20

/**
 * Runs one feed function on one range, as the host does: one batch after the other, a failed batch again and again,
 * a checkpoint after it. Ends with its process, or with its range. A lease may be taken away at any time, even in the
 * middle of a batch.
 */
export async function runFeed(wire: Wire, owner: Process, fn: FeedFunction, habits: HostHabits): Promise<void> {
  const { scheduler, random, faults } = wire
  const { lease, range } = fn
  while (range.children === undefined) {
    if (lease.owner !== owner) {
      if (lease.owner && !lease.owner.dead && !faults.happens('steal')) {
        await scheduler.park(owner, LOOK)
        continue
      }
      lease.owner = owner
      lease.version += 1
      if (faults.happens('duplicate')) repeat(wire, lease)
    }
    const { version, position } = lease
    const batch = range.items.slice(position, position + random.between(1, MOST_ITEMS))
    if (batch.length === 0) {
      await scheduler.parkUntil(owner, range.bell, LOOK)
      continue
    }
    if (habits.checkpointFirst) lease.position = position + batch.length
    await handleBatch(wire, owner, fn, { batch, skipFailures: habits.skipFailures })
    await scheduler.park(owner)
    const lost = lease.version !== version
    if (lost) continue
    if (faults.happens('duplicate')) repeat(wire, lease)
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
  { batch, skipFailures }: { batch: unknown[]; skipFailures: boolean },
): Promise<void> {
  for (;;) {
    try {
      return await handle([...batch])
    } catch {
      if (skipFailures) return
      await scheduler.park(owner, RETRY)
    }
  }
}
