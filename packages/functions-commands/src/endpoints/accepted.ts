import { type Answer, json } from '@remit/api/http/answer'
import type { Call } from '@remit/api/http/endpoint'
import { preferredWait } from '@remit/api/http/parameters'
import { findOperation, operationKey, undecidedOperation } from '@remit/api/resources/operation'
import type { Sent } from '../door.ts'
import type { Desk } from './context.ts'
import { lookFor } from './looks.ts'

type Resource = {
  readonly location: string
  /** How the resource stands now; the body of a 202. */
  readonly present: () => Promise<unknown>
  /** The resource once it need not be waited for any more: decided, or held by a person. */
  readonly settled: () => Promise<{ readonly status: 200 | 202; readonly body: unknown } | undefined>
}

/** The answer to a command that is stored: 202, or 200 once it is decided where the client prefers to wait. */
export async function accepted(desk: Desk, call: Call<unknown>, sent: Sent, resource: Resource): Promise<Answer> {
  const headers: Record<string, string> = { location: resource.location }
  if (!sent.created) headers['idempotent-replayed'] = 'true'
  const wait = preferredWait(call.request)
  if (wait !== undefined) {
    headers['preference-applied'] = 'wait'
    const found = await lookFor({ looks: desk.looks, world: desk.door.world, wait }, resource.settled)
    if (found?.status === 200) return json(200, found.body, headers)
  }
  return json(202, await resource.present(), { ...headers, 'retry-after': '1' })
}

/** The answer for a command whose outcome is an operation. */
export function acceptedOperation(desk: Desk, call: Call<unknown>, sent: Sent): Promise<Answer> {
  const { command, created } = sent
  return accepted(desk, call, sent, {
    location: `/v1/operations/${command.id}`,
    present: async () => {
      const found =
        created && preferredWait(call.request) === undefined ? undefined : await findOperation(desk.reading, command.id)
      return (found ?? undecidedOperation(command, 'pending')).resource
    },
    settled: async () => {
      const item = await desk.reading.stores.operations.read(operationKey(command.id))
      const found = item && (await findOperation(desk.reading, command.id))
      return found && { status: 200, body: found.resource }
    },
  })
}
