import { editionsIn } from '@remit/api/editions'
import { isForNow } from '@remit/api/parking'
import type { AccountId } from '@remit/domain/ids'
import { appendId, appendNumber } from '@remit/event-store/append'
import { appendsAfter, newestAppend } from '@remit/event-store/streams'
import { keptViews, openViews } from '@remit/functions-projections/kept-views'
import { projectFromStream, projectOthers } from '@remit/functions-projections/project-events'
import { bringAccount } from '@remit/functions-projections/projection/project-accounts'
import { inPool } from '@remit/simulator/pool'
import { Findings, type Phase } from './findings.ts'
import { PAGE, patiently, type Rebuilding, WIDTH } from './rebuilding.ts'

/**
 * Folds every stream into one edition of a view, from its first append to its newest. What the edition has already stays.
 * A stream that cannot be folded is a finding; the others go on.
 *
 * @returns how many streams there are.
 * @throws StoreUnavailable
 */
export async function foldStreams(
  rebuilding: Rebuilding,
  phase: Phase,
): Promise<{ streams: number; unfolded: Findings }> {
  const { stores, world, progress } = rebuilding
  const fold = folding(rebuilding, phase)
  const where = [{ path: 'id', is: '=', value: appendId(1) }] as const
  const unfolded = new Findings()
  let streams = 0
  for await (const page of stores.events.scan({ where, limit: PAGE })) {
    await inPool(page, WIDTH, async item => {
      const accountId = item.streamId as AccountId
      try {
        await patiently(world, () => fold(accountId))
      } catch (error) {
        if (isForNow(error)) throw error
        unfolded.add({ partition: accountId, id: '', says: `cannot be folded: ${error}` })
      }
    })
    streams += page.length
    progress(`${phase.view}: accounts folded`, streams)
    await phase.renew()
  }
  return { streams, unfolded }
}

function folding(rebuilding: Rebuilding, { view, edition }: Phase): (accountId: AccountId) => Promise<void> {
  const { stores, settings, world } = rebuilding
  const open = openViews(stores, settings)
  if (view === 'accounts') {
    const accounts = open.accounts(edition)
    const projecting = { views: keptViews(stores, editionsIn(stores.views, world), settings), settings }
    return async accountId => {
      const newest = await newestAppend(stores.events, accountId)
      if (newest === undefined) return
      // That an account's view has an append says that all views have it: first they must.
      await projectFromStream(projecting, accountId, appendNumber(newest.id))
      await bringAccount(accounts, accountId, [newest])
    }
  }
  const others = { [view]: open[view](edition) }
  return async accountId => {
    for await (const next of appendsAfter(stores.events, accountId, 0)) {
      await projectOthers({ settings }, others, [{ accountId, next }])
    }
  }
}
