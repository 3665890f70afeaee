// Stored names: items of the `parked` container.

import { type Documents, type StoredItem, StoreUnavailable } from '@remit/documents/documents'
import { z } from 'zod'
import { timeOf, type World } from './ports.ts'

/** What an operator wants done with an item, and who asked. */
const wish = z.object({
  what: z.enum(['retry', 'discard']),
  by: z.string(),
  at: z.string(),
  reason: z.string().optional(),
  correlationId: z.string(),
})

/** What could not be handled, and by whom. The item itself stays where it is stored; this only refers to it. */
export const parked = z.object({
  id: z.string(),
  streamId: z.string(),
  /** The function that could not handle it. */
  handler: z.string(),
  itemId: z.string(),
  why: z.string(),
  /** The item it waits for; absent where the item itself could not be handled. */
  behind: z.string().optional(),
  /** How often it was tried. */
  times: z.int(),
  since: z.string(),
  last: z.string(),
  /** Its place among those parked at the same time. */
  position: z.int(),
  /** Nobody has dealt with it yet. */
  open: z.boolean(),
  /** What is being done with it just now. */
  wish: wish.optional(),
  /** What was done with it, oldest first. */
  history: z.array(wish.extend({ handled: z.boolean() })),
})
export type Parked = z.infer<typeof parked>
export type ParkedItem = Parked & { readonly _etag: string }
export type Wish = z.infer<typeof wish>

/** Where things are parked. */
export type Parking = { readonly parked: Documents; readonly world: World }

/** Thrown by a feed handler when items must come again; the host's unlimited retry brings the batch back. */
export class ComeAgain extends Error {
  override readonly name = 'ComeAgain'
}

/** Whether an error is about the moment: the same thing can work later. Anything else is a defect. */
export function isForNow(error: unknown): boolean {
  return error instanceof ComeAgain || error instanceof StoreUnavailable
}

const WHY_LENGTH = 500
/** Of what was done with an item, only so much is kept. */
const HISTORY = 20
const ROUNDS = 4

/** The function and the item. `behind` names the item it waits for, where nothing is wrong with it. */
export type Why = {
  readonly handler: string
  readonly error?: unknown
  readonly behind?: string
  readonly position?: number
}

/**
 * Writes down that an item cannot be handled, so that the others go on and nothing is forgotten.
 *
 * @throws ComeAgain when that could not be stored: an item is handled, parked or comes again, never skipped.
 */
export async function park(
  parking: Parking,
  item: unknown,
  { handler, error, behind, position = 0 }: Why,
): Promise<void> {
  const { id: itemId = '', streamId = '' } = item as Partial<StoredItem & { streamId: string }>
  const why = behind === undefined ? textOf(error) : `waits behind ${behind}`
  await change(parking, keyOf(handler, streamId, itemId), known => ({
    ...(known?.open ? known : undefined),
    id: parkedName(handler, itemId),
    streamId,
    handler,
    itemId,
    why,
    behind,
    times: (known?.times ?? 0) + 1,
    since: known?.open ? known.since : timeOf(parking.world),
    last: timeOf(parking.world),
    position: known?.position ?? position,
    open: true,
    history: known?.history ?? [],
  }))
}

/** Items of one stream that some function could not handle and nobody has dealt with yet, in the order they came. */
export async function parkedIn({ parked: store }: Parking, streamId: string, handler: string): Promise<Parked[]> {
  const where = [
    { path: 'open', is: '=', value: true },
    { path: 'handler', is: '=', value: handler },
  ] as const
  const items = await store.query(streamId, { where, orderBy: { path: 'since' }, limit: MOST_OF_STREAM })
  return items.map(item => parked.parse(item)).sort(inOrder)
}

const MOST_OF_STREAM = 1_000

export function inOrder(a: Parked, b: Parked): number {
  return order(a) < order(b) ? -1 : 1
}

/** The place of an item in a list of what is parked, as text. */
export function order({ since, position, streamId, id }: Parked): string {
  return `${since} ${String(position).padStart(4, '0')} ${streamId} ${id}`
}

/** What became of a parked item: it is handled, by being discarded or else; it still cannot be; it waits for another. */
export type Fate =
  | { readonly handled: true; readonly discarded?: boolean }
  | { readonly handled: false; readonly error: unknown }
  | { readonly handled: false; readonly behind: string }

/**
 * Writes down what came of looking after an item.
 *
 * @param item with the wish that was carried out, if any. Another one, noted meanwhile, stays while the item is open.
 */
export async function settle(parking: Parking, item: Parked, fate: Fate): Promise<void> {
  const { handler, streamId, itemId } = item
  const now = timeOf(parking.world)
  await change(parking, keyOf(handler, streamId, itemId), known => {
    if (known === undefined || !known.open) return undefined
    const { wish, behind: _, ...rest } = known
    if (fate.handled) {
      const handled = wish?.what === 'retry' || fate.discarded === true
      return { ...rest, open: false, last: now, history: withWish(rest.history, wish, handled) }
    }
    const isDone = wish?.correlationId === item.wish?.correlationId
    const left = wish === undefined || isDone ? {} : { wish }
    const after = { ...rest, ...left, history: withWish(rest.history, isDone ? wish : undefined, false) }
    if ('behind' in fate) return { ...after, why: `waits behind ${fate.behind}`, behind: fate.behind }
    return { ...after, why: textOf(fate.error), times: rest.times + 1, last: now }
  })
}

function withWish(history: Parked['history'], done: Wish | undefined, handled: boolean): Parked['history'] {
  return done === undefined ? history : [...history, { ...done, handled }].slice(-HISTORY)
}

/**
 * Notes what an operator wants, instead of what was wanted before; the function that parks such items hears of it by
 * its change feed.
 */
export async function wishFor(parking: Parking, item: Parked, wanted: Wish): Promise<Parked> {
  let after = item
  await change(parking, keyOf(item.handler, item.streamId, item.itemId), known => {
    if (known === undefined || !known.open) return undefined
    const replaced = known.wish?.what === wanted.what ? undefined : known.wish
    after = { ...known, wish: wanted, history: withWish(known.history, replaced, false) }
    return after
  })
  return after
}

/** The items of a feed batch with which somebody wants something done that these functions have to do. */
export function wishesIn(items: readonly unknown[], handlers: readonly string[]): (Parked & { wish: Wish })[] {
  return items.flatMap(item => {
    const known = parked.safeParse(item).data
    return known?.open && known.wish && handlers.includes(known.handler) ? [{ ...known, wish: known.wish }] : []
  })
}

export function parkedName(handler: string, itemId: string): string {
  return `${handler}:${itemId}`
}

export function keyOf(handler: string, streamId: string, itemId: string) {
  return { partition: streamId, id: parkedName(handler, itemId) }
}

function textOf(error: unknown): string {
  return String(error).slice(0, WHY_LENGTH)
}

/** Changes an item whoever else does so too. */
async function change(
  { parked: store }: Parking,
  key: { readonly partition: string; readonly id: string },
  next: (known: Parked | undefined) => Parked | undefined,
): Promise<void> {
  for (let round = 1; round <= ROUNDS; round++) {
    const there = await store.read(key)
    const item = next(there && parked.parse(there))
    if (item === undefined) return
    const write = there ? ({ kind: 'replace', item, etag: there._etag } as const) : ({ kind: 'create', item } as const)
    const { result } = await store.write(write)
    if (result === 'written') return
    if (result === 'busy' || result === 'too_large') break
  }
  throw new ComeAgain(`${key.id} could not be parked`)
}
