import type { Call, Surroundings } from '@remit/api/http/endpoint'
import { Problem } from '@remit/api/http/problems'
import type { Reading } from '@remit/api/ports'
import { findAccountOrPending } from '@remit/api/resources/account'
import type { Actor } from '@remit/domain/account/commands'
import { type AccountId, type CommandId, commandIdFor } from '@remit/domain/ids'
import type { Door } from '../door.ts'
import type { Looks } from './looks.ts'

/** What the endpoints of this app get as arguments. */
export type Desk = {
  readonly surroundings: Surroundings
  readonly door: Door
  readonly reading: Reading
  readonly looks: Looks
  /** Owners by account: an owner never changes, so what was read once holds. */
  readonly owners: Map<AccountId, string>
}

/** Owners kept in memory at most. */
const REMEMBERED_OWNERS = 50_000

export function actorOf(call: Call<unknown>): Actor {
  return { kind: 'person', id: call.caller.sub }
}

/** What every command of this call says about where it came from. */
export function originOf(call: Call<unknown>) {
  return { actor: actorOf(call), correlationId: call.requestId, traceparent: call.traceparent }
}

/** The owner of an account, open or still pending; undefined where there is none. */
export async function ownerOf(desk: Desk, account: AccountId): Promise<string | undefined> {
  const known = desk.owners.get(account)
  if (known !== undefined) return known
  const owner = (await findAccountOrPending(desk.reading, account))?.owner
  if (owner !== undefined && desk.owners.size < REMEMBERED_OWNERS) desk.owners.set(account, owner)
  return owner
}

/** Lets pass whoever owns the account. All others hear the same as if it did not exist. */
export async function mustOwn(desk: Desk, call: Call<unknown>, account: AccountId): Promise<void> {
  if ((await ownerOf(desk, account)) !== call.caller.sub) throw new Problem('not-found')
}

export async function mustExist(desk: Desk, account: AccountId): Promise<void> {
  if ((await ownerOf(desk, account)) === undefined) throw new Problem('not-found')
}

/**
 * The id of a command whose key belongs to the person who sends it; without a key a fresh one, because the rule makes
 * its repeats harmless.
 */
export function personalCommandId(desk: Desk, call: Call<unknown>, account: AccountId, type: string): CommandId {
  const names = call.key === undefined ? ['once', desk.door.world.randomId()] : [call.key, call.caller.sub]
  return commandIdFor(account, type, ...names)
}
