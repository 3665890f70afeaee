import { type AccountCommand, accountCommand, type CommandType } from '@remit/domain/account/commands'
import { accountOf, type CommandId } from '@remit/domain/ids'
import { keyOf } from '../parking.ts'
import type { Reading } from '../ports.ts'
import { operationView } from '../views.ts'
import type { OperationResource } from './shapes.ts'

export type FoundOperation = { readonly resource: OperationResource; readonly sentBy: string }

export function operationKey(commandId: CommandId) {
  return { partition: accountOf(commandId), id: commandId }
}

/** The operation of a command: by the view or, before it has heard of it, by the stored command. */
export async function findOperation(reading: Reading, commandId: CommandId): Promise<FoundOperation | undefined> {
  const item = await reading.stores.operations.read(operationKey(commandId))
  if (item !== undefined) {
    const { command, status, reason, sentBy, transferId } = operationView.parse(item)
    const outcome = { status, ...(reason === undefined ? {} : { reason }) }
    return { sentBy, resource: operationResource(commandId, command as CommandType, outcome, transferId) }
  }
  const command = accountCommand.safeParse(await reading.stores.commands.read(operationKey(commandId))).data
  if (command === undefined) return undefined
  const waits = await reading.stores.parked.read(keyOf('decideCommands', command.streamId, commandId))
  return undecidedOperation(command, waits?.open === true ? 'parked' : 'pending')
}

/** The operation of a command without an outcome. */
export function undecidedOperation(command: AccountCommand, status: 'pending' | 'parked'): FoundOperation {
  const resource = operationResource(command.id, command.type, { status }, transferOf(command))
  return { sentBy: command.actor.id, resource }
}

/** The transfer a command is about. */
export function transferOf(command: { readonly id: string; readonly type: string; readonly data?: unknown }) {
  if (command.type === 'SendCredits') return command.id
  return (command.data as { transferId?: string } | undefined)?.transferId
}

function operationResource(
  operationId: CommandId,
  command: CommandType,
  outcome: Pick<OperationResource, 'status' | 'reason'>,
  transferId: string | undefined,
): OperationResource {
  const links = {
    account: `/v1/accounts/${accountOf(operationId)}`,
    ...(transferId === undefined ? {} : { transfer: `/v1/transfers/${transferId}` }),
  }
  return { operationId, command, ...outcome, links }
}
