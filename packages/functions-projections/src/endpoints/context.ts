import type { Cursors } from '@remit/api/http/cursor'
import type { Surroundings } from '@remit/api/http/endpoint'
import type { Identity, Role } from '@remit/api/http/identity'
import type { Reading } from '@remit/api/ports'
import type { Documents } from '@remit/documents/documents'

/** What the reading endpoints get as arguments. */
export type ReadingRoom = {
  readonly surroundings: Surroundings
  readonly reading: Reading
  readonly owners: Documents
  readonly cursors: Cursors
}

/** Staff that may look at everybody's accounts. */
export const staff: readonly Role[] = ['operator', 'auditor']

export function isStaff(caller: Identity, allowed: readonly Role[] = staff): boolean {
  return allowed.some(role => caller.roles.has(role))
}
