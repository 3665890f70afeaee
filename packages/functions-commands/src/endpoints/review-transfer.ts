import { type Call, endpoint } from '@remit/api/http/endpoint'
import { transferIdIn } from '@remit/api/http/parameters'
import { Problem } from '@remit/api/http/problems'
import { findAccount } from '@remit/api/resources/account'
import { approveBody, declineBody } from '@remit/api/resources/shapes'
import { findTransfer } from '@remit/api/resources/transfer'
import type { Texts } from '@remit/api/views'
import type { TransferFacts } from '@remit/domain/transfer/facts'
import type { z } from 'zod'
import { sendCommand } from '../door.ts'
import { acceptedOperation } from './accepted.ts'
import { type Desk, originOf, personalCommandId } from './context.ts'

/**
 * `POST /v1/transfers/{id}/approve`. The command carries the receiver's owner, because the rule must know both parties
 * and sees only the sender's stream; a receiver nobody knows is a 409 and nothing is stored.
 */
export function approveTransfer(desk: Desk) {
  const rules = { roles: ['reviewer'], body: approveBody, bodyOptional: true, key: 'optional' } as const
  return endpoint(desk.surroundings, rules, async (call: Call<z.infer<typeof approveBody>>) => {
    const transfer = await reviewed(desk, call)
    const receiver = await findAccount(desk.reading, transfer.to)
    if (receiver === undefined) throw new Problem('receiver-unknown')
    const { note } = call.body
    return decide(desk, call, transfer, {
      type: 'ApproveTransfer',
      data: { receiverOwner: receiver.owner },
      texts: note === undefined ? {} : { note },
    })
  })
}

/** `POST /v1/transfers/{id}/decline`, with a reason. */
export function declineTransfer(desk: Desk) {
  const rules = { roles: ['reviewer'], body: declineBody, key: 'optional' } as const
  return endpoint(desk.surroundings, rules, async (call: Call<z.infer<typeof declineBody>>) => {
    const transfer = await reviewed(desk, call)
    const { reason } = call.body
    return decide(desk, call, transfer, { type: 'DeclineTransfer', data: {}, texts: { reason } })
  })
}

async function reviewed(desk: Desk, call: Call<unknown>): Promise<TransferFacts> {
  const transfer = await findTransfer(desk.reading, transferIdIn(call.request))
  if (transfer === undefined) throw new Problem('not-found')
  return transfer
}

type Decision = {
  readonly type: 'ApproveTransfer' | 'DeclineTransfer'
  readonly data: { readonly [member: string]: unknown }
  readonly texts: Texts
}

async function decide(desk: Desk, call: Call<unknown>, transfer: TransferFacts, decision: Decision) {
  const sent = await sendCommand(desk.door, {
    id: personalCommandId(desk, call, transfer.from, decision.type),
    streamId: transfer.from,
    type: decision.type,
    data: { transferId: transfer.transferId, ...decision.data },
    texts: decision.texts,
    ...originOf(call),
  })
  return acceptedOperation(desk, call, sent)
}
