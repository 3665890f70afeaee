import { type Call, endpoint } from '@remit/api/http/endpoint'
import type { Role } from '@remit/api/http/identity'
import { accountIdIn } from '@remit/api/http/parameters'
import { reasonBody } from '@remit/api/resources/shapes'
import type { AccountId } from '@remit/domain/ids'
import type { z } from 'zod'
import { sendCommand } from '../door.ts'
import { acceptedOperation } from './accepted.ts'
import { type Desk, mustExist, mustOwn, originOf, personalCommandId } from './context.ts'

type Body = z.infer<typeof reasonBody>
type Change = {
  readonly type: 'FreezeAccount' | 'UnfreezeAccount' | 'CloseAccount'
  readonly role: Role
  readonly admit: (call: Call<Body>, account: AccountId) => Promise<void>
}

/** `POST /v1/accounts/{id}/freeze`: nothing leaves any more, credits still arrive. */
export function freezeAccount(desk: Desk) {
  const admit: Change['admit'] = (_call, account) => mustExist(desk, account)
  return changeStatus(desk, { type: 'FreezeAccount', role: 'operator', admit })
}

/** `POST /v1/accounts/{id}/unfreeze`. */
export function unfreezeAccount(desk: Desk) {
  const admit: Change['admit'] = (_call, account) => mustExist(desk, account)
  return changeStatus(desk, { type: 'UnfreezeAccount', role: 'operator', admit })
}

/** `POST /v1/accounts/{id}/close`: by its owner, when it is empty and nothing is held. */
export function closeAccount(desk: Desk) {
  const admit: Change['admit'] = (call, account) => mustOwn(desk, call, account)
  return changeStatus(desk, { type: 'CloseAccount', role: 'user', admit })
}

function changeStatus(desk: Desk, { type, role, admit }: Change) {
  const rules = { roles: [role], body: reasonBody, bodyOptional: true, key: 'optional' } as const
  return endpoint(desk.surroundings, rules, async (call: Call<Body>) => {
    const account = accountIdIn(call.request)
    await admit(call, account)
    const { reason } = call.body
    const sent = await sendCommand(desk.door, {
      id: personalCommandId(desk, call, account, type),
      streamId: account,
      type,
      data: {},
      texts: reason === undefined ? {} : { reason },
      ...originOf(call),
    })
    return acceptedOperation(desk, call, sent)
  })
}
