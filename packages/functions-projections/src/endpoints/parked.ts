import { json } from '@remit/api/http/answer'
import { pageOf } from '@remit/api/http/cursor'
import { endpoint } from '@remit/api/http/endpoint'
import { order, type Parked, parked } from '@remit/api/parking'
import { parkedResource } from '@remit/api/resources/parked'
import type { Documents } from '@remit/documents/documents'
import type { ReadingRoom } from './context.ts'

/** Items read from the store at once. */
const PAGE = 200

/** `GET /v1/parked`: what could not be handled and nobody has dealt with yet, longest parked first. */
export function listParked(room: ReadingRoom) {
  return endpoint(room.surroundings, { roles: ['operator'], key: 'ignored' }, async ({ request }) => {
    const asked = room.cursors.read(request, 'parked')
    const found = await firstAfter(room.reading.stores.parked, asked.after ?? '', asked.limit + 1)
    const { page, next } = pageOf(room.cursors, asked, found, order)
    return json(200, { items: page.map(parkedResource), ...next })
  })
}

/** The first items after a position. All streams are looked through, and no more than asked for is kept. */
async function firstAfter(store: Documents, after: string, most: number): Promise<Parked[]> {
  let first: Parked[] = []
  for await (const page of store.scan({ where: [{ path: 'open', is: '=', value: true }], limit: PAGE })) {
    const more = page.map(item => parked.parse(item)).filter(item => order(item) > after)
    first = [...first, ...more].sort((a, b) => (order(a) < order(b) ? -1 : 1)).slice(0, most)
  }
  return first
}
