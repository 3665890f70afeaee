import type { Calm } from './calm.ts'
import type { HeldLease } from './held-lease.ts'
import type { FeedReader } from './read-feed.ts'

/** What a range's worker needs. */
export interface RangeWork {
  lease: HeldLease
  read: FeedReader
  pollDelay: number
  calm: Calm
  stop: AbortSignal
  /** Calls the function with one batch, retries included. Never rejects: a failure is only reported. */
  handle(documents: unknown[]): Promise<void>
}

/**
 * Reads one range, batch after batch, until the host stops or the lease is lost ('ended'), or the range was split.
 * Each batch is checkpointed when the function is through with it, also when it failed; but not once the host is
 * stopping: then the batch comes again. The next one is read meanwhile, and handled when the checkpoint is stored.
 */
export async function workOffRange(work: RangeWork): Promise<'ended' | 'split'> {
  const { lease, read, pollDelay, calm, stop, handle } = work
  let continuation = lease.continuation
  let stored = Promise.resolve(true)
  while (lease.held && !stop.aborted) {
    const [page, isHeld] = await Promise.all([read(lease.rangeId, continuation), stored])
    if (!isHeld) break
    if (page.kind === 'split') return 'split'
    continuation = page.continuation
    if (page.kind === 'nothing') {
      if (!stop.aborted) await calm.pause(lease, pollDelay, stop)
      continue
    }
    if (stop.aborted) break
    await handle(page.documents)
    if (stop.aborted) break
    stored = lease.checkpoint(page.continuation)
  }
  await stored
  return 'ended'
}
