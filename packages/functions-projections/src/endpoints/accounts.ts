import { json, versioned } from '@remit/api/http/answer'
import { type Asked, pageOf } from '@remit/api/http/cursor'
import { type Call, endpoint } from '@remit/api/http/endpoint'
import { type Identity, roles } from '@remit/api/http/identity'
import { accountIdIn, minVersionIn } from '@remit/api/http/parameters'
import { Problem } from '@remit/api/http/problems'
import type { Request } from '@remit/api/http/request'
import {
  accountNow,
  accountResource,
  findAccountOrPending,
  openingOf,
  payeeNow,
  summaryKey,
} from '@remit/api/resources/account'
import { textsOf } from '@remit/api/resources/details'
import { type AccountEntry, type AccountSummary, accountEntry, accountSummary, ownedAccount } from '@remit/api/views'
import type { Documents } from '@remit/documents/documents'
import type { AccountId } from '@remit/domain/ids'
import { isStaff, type ReadingRoom, staff } from './context.ts'

/** `GET /v1/accounts`: the caller's own, newest first; pending ones are not listed. */
export function listAccounts(room: ReadingRoom) {
  return endpoint(room.surroundings, { roles: ['user'], key: 'ignored' }, async ({ caller, request }) => {
    const asked = room.cursors.read(request, `accounts of ${caller.sub}`)
    const where = asked.after === undefined ? [] : [{ path: 'order', is: '<', value: asked.after } as const]
    const orderBy = { path: 'order', descending: true }
    const items = await room.owners.query(caller.sub, { where, orderBy, limit: asked.limit + 1 })
    const found = items.map(item => ownedAccount.parse(item))
    const { page, next } = pageOf(room.cursors, asked, found, ({ order }) => order)
    const ids = page.map(({ id }) => id as AccountId)
    const { accounts, details } = room.reading.stores
    const [summaries, texts] = await Promise.all([
      accounts.readMany(ids.map(summaryKey)),
      textsOf(details, ids.map(openingOf)),
    ])
    const own = summaries.flatMap((item, index) =>
      item === undefined ? [] : [accountResource(accountSummary.parse(item), texts[index]?.name ?? '')],
    )
    return json(200, { items: own, ...next })
  })
}

/** Entries of an account's view that have this member, newest first, one more than the page shows. */
export async function entriesWith(
  accounts: Documents,
  account: AccountId,
  member: 'line' | 'mentions',
  { after, limit }: Asked,
): Promise<AccountEntry[]> {
  const before = after === undefined ? [] : [{ path: 'id', is: '<', value: after } as const]
  const where = [{ path: member, is: 'defined' } as const, ...before]
  const orderBy = { path: 'id', descending: true }
  const found = await accounts.query(account, { where, orderBy, limit: limit + 1 })
  return found.map(item => accountEntry.parse(item))
}

/** `GET /v1/accounts/{id}`: for its owner and for staff. */
export function readAccount(room: ReadingRoom) {
  const rules = { roles: ['user', ...staff], key: 'ignored' } as const
  return endpoint(room.surroundings, rules, async call => {
    const { caller, request } = call
    const account = await accountNow(room.reading, accountIdIn(request), minVersionIn(request), one =>
      sees(caller, one),
    )
    if (account === undefined) throw new Problem('not-found')
    // Before its first event an account has no version that would tell one state from another.
    return account.version === 0 ? json(200, account) : versioned(account, account.version, request)
  })
}

/** Lets pass who may see this account: its owner and these members of staff. */
export async function mustSee(
  room: ReadingRoom,
  { caller }: Call<unknown>,
  accountId: AccountId,
  allowed = staff,
): Promise<void> {
  const found = await findAccountOrPending(room.reading, accountId)
  if (found === undefined || !sees(caller, found, allowed)) throw new Problem('not-found')
}

function sees(caller: Identity, { owner }: Pick<AccountSummary, 'owner'>, allowed = staff): boolean {
  return isStaff(caller, allowed) || owner === caller.sub
}

/** `GET /v1/payees/{id}`: whom one is about to pay, and nothing else. */
export function readPayee(room: ReadingRoom) {
  return endpoint(room.surroundings, { roles, key: 'ignored' }, async ({ request }: { request: Request }) => {
    const payee = await payeeNow(room.reading, accountIdIn(request))
    if (payee === undefined) throw new Problem('not-found')
    return json(200, payee)
  })
}
