import type { Documents, Item, Write } from '@remit/documents/documents'
import { KEPT, type Message, notice, noticeOf, RESERVED, reserved } from './notice.ts'

/** What is known of an owner's numbers. */
export type Numbers = {
  /** The newest that a notice has; where all have expired, one that none above was ever given. */
  readonly newest: number
  /** When that notice was stored; milliseconds since 1970. */
  readonly newestAt: number
  readonly reservedUpTo: number
  /** Of the reservation; undefined where there is none. */
  readonly etag: string | undefined
}

/** How many numbers are reserved at once: so seldom is there something to write besides the notices. */
const AT_ONCE = 100
/** Milliseconds after which a notice may have expired, with a day for clocks that go wrong. */
const SURE = (KEPT - 24 * 3600) * 1_000

/**
 * Reads what is known of an owner's numbers. The reservation is read first: whoever made it stored notices with it, so
 * where it is and they are not, they have expired.
 */
export async function readNumbers(notices: Documents, owner: string): Promise<Numbers> {
  const item = await notices.read({ partition: owner, id: RESERVED })
  const where = [{ path: 'number', is: '>', value: 0 }] as const
  const orderBy = { path: 'number', descending: true }
  const [last] = await notices.query(owner, { where, orderBy, limit: 1 })
  const reservedUpTo = item === undefined ? 0 : reserved.parse(item).upTo
  const newest = last === undefined ? reservedUpTo : notice.parse(last).number
  return { newest, newestAt: (last?._ts ?? 0) * 1_000, reservedUpTo, etag: item?._etag }
}

/**
 * The writes, to be made all or none, that keep messages under the next numbers. The reservation comes first where more
 * must be reserved, or where the newest notice may be gone: another instance then goes on above what is reserved, and
 * its etag tells.
 *
 * @returns also what is known after them, by the etag of the first
 */
export function numbered(
  numbers: Numbers,
  owner: string,
  { messages, now }: { readonly messages: readonly Message[]; readonly now: number },
): { readonly writes: readonly Write[]; readonly after: (etag: string) => Numbers } {
  const { newest, newestAt, reservedUpTo, etag } = numbers
  const last = newest + messages.length
  const notices = messages.map((message, index) => create(noticeOf(message, owner, newest + index + 1)))
  if (last <= reservedUpTo && now < newestAt + SURE) {
    return { writes: notices, after: () => ({ ...numbers, newest: last, newestAt: now }) }
  }
  const upTo = Math.max(newest + AT_ONCE, last, reservedUpTo)
  const item = { id: RESERVED, owner, upTo }
  const reservation = etag === undefined ? create(item) : ({ kind: 'replace', item, etag } as const)
  return {
    writes: [reservation, ...notices],
    after: written => ({ newest: last, newestAt: now, reservedUpTo: upTo, etag: written }),
  }
}

function create(item: Item): Write {
  return { kind: 'create', item }
}
