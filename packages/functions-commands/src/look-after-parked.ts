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

/** Why a discarded command was refused. */
const DISCARDED = 'discarded'

/** What functions of this app have parked. */
const HANDLERS = [HANDLER, 'moveTransfers', 'watchTransfers']

/**
 * Does with parked items what operators want: tries them again, in the order of their stream, or discards a command.
 * Fed by the change feed of `parked`, so a wish that was noted is carried out, whoever crashes meanwhile.
 *
 * @throws ComeAgain or StoreUnavailable when it must be tried again.
 */
export async function lookAfterParked(after: LookingAfter, items: readonly unknown[]): Promise<void> {
  const wished = wishesIn(items, HANDLERS)
  for (const item of wished) {
    if (item.handler === HANDLER) await lookAfterStream(after, item, wished)
    else await moveAgain(after, item)
  }
}

/** Discards first: what an operator does not want must not be decided because another command is tried again. */
async function lookAfterStream(after: LookingAfter, item: Wished, wished: readonly Wished[]): Promise<void> {
  const { deciding, commands } = after
  const { streamId, wish } = item
  const load = (stream: string, ids: readonly string[]) => loadCommands(commands, stream, ids)
  try {
    const told = wished.filter(one => one.handler === HANDLER && one.streamId === streamId)
    for (const one of newestWishes([...(await parkedIn(deciding, streamId, HANDLER)), ...told])) {
      if (one.wish.what !== 'discard') continue
      const [command] = await load(streamId, [one.itemId])
      if (command) await refuseWaiting(deciding.store, command, DISCARDED, originOf(one.wish))
    }
    const { stuck } = await decideWaiting(deciding.store, streamId, load, originOf(wish))
    await settleStream(after, item, stuck)
  } catch (error) {
    if (isForNow(error)) throw error
    await settle(deciding, item, { handled: false, error })
  }
}

/** Of each item the newest wish: a read may know less than the feed, and the feed less than a read. */
function newestWishes(items: readonly Parked[]): readonly Wished[] {
  const newest = new Map<string, Wished>()
  for (const item of items) {
    const { id, wish } = item
    if (wish && (newest.get(id)?.wish.at ?? '') < wish.at) newest.set(id, { ...item, wish })
  }
  return [...newest.values()]
}

function originOf({ by, correlationId }: Wish) {
  return { actor: { kind: 'person', id: by }, correlationId }
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
  { streamId, id, wish }: Wished,
  stuck: { readonly id: string; readonly error: unknown } | undefined,
): Promise<void> {
  const open = await parkedIn(deciding, streamId, HANDLER)
  const answered = await answeredOf(
    events,
    streamId,
    open.map(({ itemId }) => itemId),
  )
  for (const item of open) {
    const fate = await fateOf(item, answered.get(item.itemId))
    await settle(deciding, { ...item, wish: item.id === id ? wish : undefined }, fate)
  }

  async function fateOf(item: Parked, outcome: { readonly reason?: string | undefined } | undefined): Promise<Fate> {
    if (outcome) return { handled: true, discarded: outcome.reason === DISCARDED }
    if (stuck === undefined) return decideAlone(deciding, commands, item)
    return item.itemId === stuck.id ? { handled: false, error: stuck.error } : { handled: false, behind: stuck.id }
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
