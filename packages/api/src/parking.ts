// Stored names: items of the `parked` container.

import { type Documents, type StoredItem, StoreUnavailable } from '@remit/documents/documents'
import { z } from 'zod'
import { timeOf, type World } from './ports.ts'

/** What could not be handled, and by whom. The item itself stays where it is stored; this only refers to it. */
export const parked = z.object({
  id: z.string(),
  streamId: z.string(),
  /** The function that could not handle it. */
  handler: z.string(),
  itemId: z.string(),
  why: z.string(),
  /** How often it was tried. */
  times: z.int(),
  since: z.string(),
  last: z.string(),
})
export type Parked = z.infer<typeof parked>

/** Thrown by a feed handler when items must come again; the host's unlimited retry brings the batch back. */
export class ComeAgain extends Error {
  override readonly name = 'ComeAgain'
}

const WHY_LENGTH = 500

/**
 * Writes down that an item cannot be handled, so that the others go on and nothing is forgotten.
 *
 * @throws ComeAgain when that could not be stored: an item is handled, parked or comes again, never skipped.
 */
export async function park(
  { parked: store, world }: { parked: Documents; world: World },
  handler: string,
  item: unknown,
  error: unknown,
): Promise<void> {
  const { id: itemId = '?', streamId = '?' } = item as Partial<StoredItem & { streamId: string }>
  const last = timeOf(world)
  const why = String(error).slice(0, WHY_LENGTH)
  const id = `${handler}:${itemId}`
  try {
    const there = await store.read({ partition: streamId, id })
    const known = there && parked.parse(there)
    const next = {
      id,
      streamId,
      handler,
      itemId,
      why,
      times: (known?.times ?? 0) + 1,
      since: known?.since ?? last,
      last,
    }
    const write = there
      ? ({ kind: 'replace', item: next, etag: there._etag } as const)
      : ({ kind: 'create', item: next } as const)
    const { result } = await store.write(write)
    if (result !== 'written') throw new ComeAgain(`could not park ${id}: ${result}`)
  } catch (failure) {
    if (failure instanceof StoreUnavailable) throw new ComeAgain(`could not park ${id}`)
    throw failure
  }
}
