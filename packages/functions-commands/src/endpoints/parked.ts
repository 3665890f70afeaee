import { json } from '@remit/api/http/answer'
import { type Call, endpoint } from '@remit/api/http/endpoint'
import { invalidParameter, Problem } from '@remit/api/http/problems'
import { ComeAgain, type Parked, parked, type Wish, wishFor } from '@remit/api/parking'
import { timeOf } from '@remit/api/ports'
import { parkedKeyIn, parkedResource } from '@remit/api/resources/parked'
import { discardBody, noBody } from '@remit/api/resources/shapes'
import { accountCommand } from '@remit/domain/account/commands'
import type { z } from 'zod'
import { HANDLER } from '../decide-commands.ts'
import type { Desk } from './context.ts'

/** `POST /v1/parked/{id}/retry`: tries an item again, and with it, in order, all that wait in its stream. */
export function retryParked(desk: Desk) {
  const rules = { roles: ['operator'], body: noBody, bodyOptional: true, key: 'ignored' } as const
  return endpoint(desk.surroundings, rules, async (call: Call<unknown>) => {
    return noted(desk, await itemOf(desk, call), { what: 'retry', ...askedBy(desk, call) })
  })
}

/** `POST /v1/parked/{id}/discard`: refuses a parked command for good. What gives credits back is never discarded. */
export function discardParked(desk: Desk) {
  const rules = { roles: ['operator'], body: discardBody, key: 'ignored' } as const
  return endpoint(desk.surroundings, rules, async (call: Call<z.infer<typeof discardBody>>) => {
    const item = await itemOf(desk, call)
    await mustBeDiscardable(desk, item)
    return noted(desk, item, { what: 'discard', ...askedBy(desk, call), reason: call.body.reason })
  })
}

function askedBy(desk: Desk, { caller, requestId }: Call<unknown>) {
  return { by: caller.sub, at: timeOf(desk.reading.world), correlationId: requestId }
}

async function itemOf(desk: Desk, { request }: Call<unknown>): Promise<Parked> {
  const item = await desk.reading.stores.parked.read(parkedKeyIn(request))
  if (item === undefined) throw new Problem('not-found')
  return parked.parse(item)
}

async function mustBeDiscardable({ reading }: Desk, { handler, streamId, itemId }: Parked): Promise<void> {
  if (handler !== HANDLER) throw invalidParameter('id', 'only a command can be discarded')
  const stored = await reading.stores.commands.read({ partition: streamId, id: itemId })
  const type = String(stored?.type)
  // Nothing follows these two: discarded, the credits would never come back, or be held for ever.
  if (type === 'ReturnCredits' || type === 'ExpireTransfer') {
    throw invalidParameter('id', `what gives credits back cannot be discarded: ${type}`)
  }
  // Whoever discards credits on their way sends them back, which takes a command that can be read.
  if (type === 'ReceiveCredits' && !accountCommand.safeParse(stored).success) {
    throw invalidParameter('id', 'credits on their way cannot be discarded while nobody can read the command')
  }
}

async function noted({ reading }: Desk, item: Parked, wanted: Wish) {
  try {
    const after = await wishFor({ parked: reading.stores.parked, world: reading.world }, item, wanted)
    return json(202, parkedResource(after), { location: '/v1/parked', 'retry-after': '1' })
  } catch (error) {
    throw error instanceof ComeAgain ? new Problem('unavailable') : error
  }
}
