import { ComeAgain, type Fate, isForNow, type Parked, parkedIn, settle, type Wish, wishesIn } from '@remit/api/parking'
import { type Documents, StoreUnavailable } from '@remit/documents/documents'
import { handleCommands } from '@remit/event-store/handle-commands'
import { decideWaiting, refuseWaiting } from '@remit/event-store/parked-streams'
import { answeredOf } from '@remit/event-store/streams'
import { asStamped, type Deciding, HANDLER, type Stamped } from './decide-commands.ts'
import { type Moving, owedBy, sendOwed } from './move-transfers.ts'

export type LookingAfter = {
  readonly deciding: Deciding
  readonly moving: Moving
  readonly commands: Documents
  readonly events: Documents
}

type Wished = Parked & { readonly wish: Wish }

/** What functions of this app have parked. */
const HANDLERS = [HANDLER, 'moveTransfers', 'watchTransfers']

/**
 * Does with parked items what operators want: tries them again, in the order of their stream, or discards a command.
 * Fed by the change feed of `parked`, so a wish that was noted is carried out, whoever crashes meanwhile.
 *
 * @throws ComeAgain or StoreUnavailable when it must be tried again.
 */
export async function lookAfterParked(after: LookingAfter, items: readonly unknown[]): Promise<void> {
  for (const item of wishesIn(items, HANDLERS)) {
    if (item.handler === HANDLER) await lookAfterStream(after, item)
    else await moveAgain(after, item)
  }
}

async function lookAfterStream(after: LookingAfter, item: Wished): Promise<void> {
  const { deciding, commands } = after
  const { streamId, wish } = item
  const by = { actor: { kind: 'person', id: wish.by }, correlationId: wish.correlationId }
  const load = (stream: string, ids: readonly string[]) => loadCommands(commands, stream, ids)
  try {
    if (wish.what === 'discard') {
      const [command] = await load(streamId, [item.itemId])
      if (command) await refuseWaiting(deciding.store, command, 'discarded', by)
    }
    const { stuck } = await decideWaiting(deciding.store, streamId, load, by)
    await settleStream(after, streamId, stuck)
  } catch (error) {
    if (isForNow(error)) throw error
    await settle(deciding, item, { handled: false, error })
  }
}

async function loadCommands(commands: Documents, streamId: string, ids: readonly string[]): Promise<Stamped[]> {
  const items = await commands.readMany(ids.map(id => ({ partition: streamId, id })))
  return items.map(item => {
    if (item === undefined) throw new StoreUnavailable('a stored command is not to be seen yet')
    return asStamped(item)
  })
}

/** Closes the books on what has its outcome now, and says of the others whom they wait for. */
async function settleStream(
  { deciding, commands, events }: LookingAfter,
  streamId: string,
  stuck: { readonly id: string; readonly error: unknown } | undefined,
): Promise<void> {
  const open = await parkedIn(deciding, streamId, HANDLER)
  const answered = await answeredOf(
    events,
    streamId,
    open.map(({ itemId }) => itemId),
  )
  for (const item of open) {
    if (answered.has(item.itemId)) await settle(deciding, item, { handled: true })
    else if (stuck === undefined) await settle(deciding, item, await decideAlone(deciding, commands, item))
    else if (item.itemId === stuck.id) await settle(deciding, item, { handled: false, error: stuck.error })
    else await settle(deciding, item, { handled: false, behind: stuck.id })
  }
}

/** A command that was parked before its stream knew of it. */
async function decideAlone(deciding: Deciding, commands: Documents, { streamId, itemId }: Parked): Promise<Fate> {
  const [verdict] = await handleCommands(deciding.store, await loadCommands(commands, streamId, [itemId]))
  switch (verdict?.verdict) {
    case 'done':
      return { handled: true }
    case 'park':
      return { handled: false, error: verdict.error }
    case 'queued':
      return { handled: false, behind: verdict.behind }
    default:
      throw new ComeAgain('a parked command could not be decided for now')
  }
}

async function moveAgain({ moving, events }: LookingAfter, item: Wished): Promise<void> {
  try {
    if (item.handler === 'moveTransfers') {
      const append = await events.read({ partition: item.streamId, id: item.itemId })
      if (append === undefined) throw new StoreUnavailable('an append is not to be seen yet')
      await sendOwed(moving, owedBy(moving, append))
    }
    // What the watchdog could not read it meets again by itself: to forget it is to try it again.
    await settle(moving, item, { handled: true })
  } catch (error) {
    if (isForNow(error)) throw error
    await settle(moving, item, { handled: false, error })
  }
}
