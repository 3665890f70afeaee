import { json } from '@remit/api/http/answer'
import { endpoint } from '@remit/api/http/endpoint'
import { roles } from '@remit/api/http/identity'
import { operationIdIn } from '@remit/api/http/parameters'
import { Problem } from '@remit/api/http/problems'
import { findOperation } from '@remit/api/resources/operation'
import { transferId } from '@remit/domain/ids'
import { isStaff, type ReadingRoom } from './context.ts'

/** `GET /v1/operations/{id}`: what became of one command, for who sent it and for staff. */
export function readOperation(room: ReadingRoom) {
  return endpoint(room.surroundings, { roles, key: 'ignored' }, async ({ caller, request }) => {
    const id = operationIdIn(request)
    const found = await findOperation(room.reading, id)
    // What the process derived from a transfer was sent by no person, even one who has its name.
    const isOwn = transferId.safeParse(id).success && found?.sentBy === caller.sub
    if (found === undefined || !(isStaff(caller) || isOwn)) throw new Problem('not-found')
    return json(200, found.resource, { 'cache-control': 'private, no-cache' })
  })
}
