import { type Call, endpoint } from '@remit/api/http/endpoint'
import { accountIdIn } from '@remit/api/http/parameters'
import { loadBody } from '@remit/api/resources/shapes'
import { commandIdFor } from '@remit/domain/ids'
import { fromWire } from '@remit/domain/money'
import type { z } from 'zod'
import { sendCommand } from '../door.ts'
import { acceptedOperation } from './accepted.ts'
import { type Desk, originOf } from './context.ts'

type Body = z.infer<typeof loadBody>

/** `POST /v1/accounts/{id}/loads`. To an account that was never opened a load is accepted, and ends refused. */
export function loadCredits(desk: Desk) {
  const rules = { roles: ['payments'], body: loadBody, key: 'required' } as const
  return endpoint(desk.surroundings, rules, async (call: Call<Body>) => {
    const streamId = accountIdIn(call.request)
    const { amount, paymentReference } = call.body
    const sent = await sendCommand(desk.door, {
      id: commandIdFor(streamId, 'LoadCredits', call.key ?? ''),
      streamId,
      type: 'LoadCredits',
      data: { amount: fromWire(amount), paymentReference },
      ...originOf(call),
    })
    return acceptedOperation(desk, call, sent)
  })
}
