import { type Call, endpoint } from '@remit/api/http/endpoint'
import { accountNow, findAccount, openingOf } from '@remit/api/resources/account'
import { openBody } from '@remit/api/resources/shapes'
import { accountIdFor, type CommandId } from '@remit/domain/ids'
import type { z } from 'zod'
import { sendCommand } from '../door.ts'
import { accepted } from './accepted.ts'
import { type Desk, originOf } from './context.ts'

type Body = z.infer<typeof openBody>

/** `POST /v1/accounts`: by key, or else one account per owner, kind and name. */
export function openAccount(desk: Desk) {
  return endpoint(desk.surroundings, { roles: ['user'], body: openBody, key: 'optional' }, async (call: Call<Body>) => {
    const { kind, name } = call.body
    const owner = call.caller.sub
    const accountId = accountIdFor(owner, ...(call.key === undefined ? ['named', kind, name] : ['keyed', call.key]))
    const sent = await sendCommand(desk.door, {
      id: openingOf(accountId).id as CommandId,
      streamId: accountId,
      type: 'OpenAccount',
      data: { kind, owner },
      texts: { name },
      ...originOf(call),
    })
    const present = () => accountNow(desk.reading, accountId)
    return accepted(desk, call, sent, {
      location: `/v1/accounts/${accountId}`,
      present,
      settled: async () => {
        const open = await findAccount(desk.reading, accountId)
        return open && { status: 200, body: await present() }
      },
    })
  })
}
