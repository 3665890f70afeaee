import { json, versioned } from '@remit/api/http/answer'
import { pageOf } from '@remit/api/http/cursor'
import { type Call, endpoint } from '@remit/api/http/endpoint'
import type { Identity, Role } from '@remit/api/http/identity'
import { minVersionIn, transferIdIn } from '@remit/api/http/parameters'
import { invalidParameter, Problem } from '@remit/api/http/problems'
import { findAccountOrPending } from '@remit/api/resources/account'
import { transferKey, transferNow, transferResources } from '@remit/api/resources/transfer'
import { transferView } from '@remit/api/views'
import { accountId, type TransferId } from '@remit/domain/ids'
import type { TransferFacts } from '@remit/domain/transfer/facts'
import { statusOf, type TransferStatus, versionOf } from '@remit/domain/transfer/status'
import { entriesWith, mustSee } from './accounts.ts'
import { isStaff, type ReadingRoom } from './context.ts'

const readers: readonly Role[] = ['reviewer', 'operator', 'auditor']

/** The receiver learns of a transfer once the credits have left the sender. */
const receiverSees: readonly TransferStatus[] = ['in_transit', 'completed', 'returned']

/** `GET /v1/transfers/{id}`: for its parties and for staff; all others hear the same as if it did not exist. */
export function readTransfer(room: ReadingRoom) {
  return endpoint(room.surroundings, { roles: ['user', ...readers], key: 'ignored' }, async (call: Call<undefined>) => {
    const { caller, request } = call
    const sees = (facts: TransferFacts) => maySee(room, caller, facts)
    const facts = await transferNow(room.reading, transferIdIn(request), minVersionIn(request), sees)
    if (facts === undefined) throw new Problem('not-found')
    const [resource] = await transferResources(room.reading, [facts], caller.roles)
    return versioned(resource, versionOf(facts), request)
  })
}

async function maySee(room: ReadingRoom, caller: Identity, facts: TransferFacts): Promise<boolean> {
  if (isStaff(caller, readers)) return true
  const owns = async (account: TransferFacts['from']) =>
    (await findAccountOrPending(room.reading, account))?.owner === caller.sub
  if (await owns(facts.from)) return true
  return receiverSees.includes(statusOf(facts)) && owns(facts.to)
}

/** `GET /v1/transfers?account={id}`: the transfers of one account, newest first. */
export function listTransfers(room: ReadingRoom) {
  return endpoint(room.surroundings, { roles: ['user', ...readers], key: 'ignored' }, async (call: Call<undefined>) => {
    const account = accountId.safeParse(call.request.query.get('account')).data
    if (account === undefined) throw invalidParameter('account', 'the id of an account')
    await mustSee(room, call, account, readers)
    const asked = room.cursors.read(call.request, `transfers of ${account}`)
    const { accounts, transfers } = room.reading.stores
    const found = await entriesWith(accounts, account, 'mentions', asked)
    const { page, next } = pageOf(room.cursors, asked, found, ({ id }) => id)
    const keys = page.map(({ mentions }) => transferKey(mentions as TransferId))
    const known = (await transfers.readMany(keys)).flatMap(item => (item ? [transferView.parse(item).facts] : []))
    const items = await transferResources(room.reading, known, call.caller.roles)
    return json(200, { items, ...next })
  })
}
