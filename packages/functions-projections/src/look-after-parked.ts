import { isForNow, type Parked, parked, parkedIn, settle, wishesIn } from '@remit/api/parking'
import { type Documents, StoreUnavailable } from '@remit/documents/documents'
import type { AccountId } from '@remit/domain/ids'
import { appendNumber } from '@remit/event-store/append'
import { PROJECTOR, type Projecting, projectFromStream } from './project-events.ts'
import { BEHIND_VIEWS, newsOf, PUBLISHER, type Publishing, takeOutReady } from './publish-events.ts'

export type LookingAfter = {
  readonly projecting: Projecting
  readonly publishing: Publishing
  readonly events: Documents
}

/**
 * Tries again what operators want tried: folds what an account's views lack, from its stream and in order, then sends
 * the news that waited for it. Fed by the change feed of `parked`.
 *
 * @throws ComeAgain or StoreUnavailable when it must be tried again.
 */
export async function lookAfterParked(after: LookingAfter, items: readonly unknown[]): Promise<void> {
  for (const item of wishesIn(items, [PROJECTOR, PUBLISHER])) {
    if (item.handler === PROJECTOR) await projectAgain(after, item.streamId)
    await publishAgain(after, item.streamId)
  }
  for (const streamId of lateNewsIn(items)) await publishAgain(after, streamId)
}

/** Accounts with news that may have been parked in the very moment in which their view was done. */
function lateNewsIn(items: readonly unknown[]): ReadonlySet<string> {
  const known = items.flatMap(item => parked.safeParse(item).data ?? [])
  const late = known.filter(({ handler, open, behind }) =>
    handler === PUBLISHER ? open && behind !== undefined : handler === PROJECTOR && !open,
  )
  return new Set(late.map(({ streamId }) => streamId))
}

async function projectAgain({ projecting }: LookingAfter, streamId: string): Promise<void> {
  const open = await parkedIn(projecting, streamId, PROJECTOR)
  let stuck: { item: Parked; error: unknown } | undefined
  for (const item of open.toSorted((a, b) => (a.itemId < b.itemId ? -1 : 1))) {
    try {
      if (stuck) {
        await settle(projecting, item, { handled: false, behind: stuck.item.itemId })
        continue
      }
      await projectFromStream(projecting, streamId as AccountId, appendNumber(item.itemId))
      await settle(projecting, item, { handled: true })
    } catch (error) {
      if (isForNow(error)) throw error
      stuck = { item, error }
      await settle(projecting, item, { handled: false, error })
    }
  }
}

async function publishAgain({ publishing, events }: LookingAfter, streamId: string): Promise<void> {
  const open = await parkedIn(publishing, streamId, PUBLISHER)
  const late = await withoutView(publishing, open)
  for (const item of open) {
    if (late.has(item.itemId)) {
      if (item.wish) await settle(publishing, item, { handled: false, behind: BEHIND_VIEWS })
      continue
    }
    try {
      const append = await events.read({ partition: streamId, id: item.itemId })
      if (append === undefined) throw new StoreUnavailable('an append is not to be seen yet')
      await publishing.publish(newsOf(publishing, append))
      await settle(publishing, item, { handled: true })
    } catch (error) {
      if (isForNow(error)) throw error
      await settle(publishing, item, { handled: false, error })
    }
  }
}

/** Of parked appends those that the view of their account does not have yet: their news must wait. */
async function withoutView(publishing: Publishing, items: readonly Parked[]): Promise<ReadonlySet<string>> {
  const late = new Set<string>()
  for (const { streamId, itemId } of items) {
    const wanted = new Map([[streamId as AccountId, appendNumber(itemId)]])
    await takeOutReady(publishing, wanted)
    if (wanted.size > 0) late.add(itemId)
  }
  return late
}
