import { invalidParameter } from '../http/problems.ts'
import type { Request } from '../http/request.ts'
import type { Parked } from '../parking.ts'
import type { ParkedResource } from './shapes.ts'

/** A parked item as operators see it. */
export function parkedResource(item: Parked): ParkedResource {
  const { streamId, handler, itemId, why, behind, times, since, last, open, wish, history } = item
  const status = !open ? 'handled' : wish === undefined ? 'parked' : wish.what === 'retry' ? 'retrying' : 'discarding'
  return {
    parkedId: Buffer.from(`${streamId} ${item.id}`).toString('base64url'),
    account: streamId,
    handler,
    item: itemId,
    status,
    why,
    ...(behind === undefined ? {} : { behind }),
    times,
    since,
    last,
    history: history.map(({ what, by, at, reason, handled }) => ({
      what,
      by,
      at,
      ...(reason === undefined ? {} : { reason }),
      handled,
    })),
  }
}

/** Where the parked item is that the path names. */
export function parkedKeyIn(request: Request): { partition: string; id: string } {
  const text = Buffer.from(request.params.id ?? '', 'base64url').toString('utf8')
  const found = /^(\S+) (\S+)$/.exec(text)
  if (!found?.[1] || !found[2] || found[2].length > 255 || /[/\\?#]/.test(found[2])) {
    throw invalidParameter('id', 'is not an id of this kind')
  }
  return { partition: found[1], id: found[2] }
}
