// Stored names: types and members below are written to the commands container and read for ever.
// A member may be added as optional; none is ever renamed, removed or given another meaning.

import { z } from 'zod'
import { accountId, commandId, transferId } from '../ids.ts'
import { refusalOrder } from '../refusals.ts'

const amount = z.int()
const currency = z.string().length(3)
/** Salted digest of free text that is kept in `details`, where it can be erased. */
const text = z.string().length(64).optional()
const time = z.iso.datetime({ precision: 3 })

export const commandData = {
  OpenAccount: z.object({ kind: z.enum(['personal', 'merchant']), owner: z.string().min(1), text }),
  LoadCredits: z.object({ amount, paymentReference: z.string() }),
  SendCredits: z.object({ to: accountId, amount, text }),
  ApproveTransfer: z.object({ transferId, receiverOwner: z.string().min(1), text }),
  DeclineTransfer: z.object({ transferId, text }),
  ExpireTransfer: z.object({ transferId, asOf: time }),
  ReceiveCredits: z.object({ transferId, from: accountId, amount, currency, text }),
  ReturnCredits: z.object({ transferId, to: accountId, amount, currency, reason: z.enum(refusalOrder) }),
  FreezeAccount: z.object({ text }),
  UnfreezeAccount: z.object({ text }),
  CloseAccount: z.object({ text }),
}

export type CommandType = keyof typeof commandData
export const commandTypes = Object.keys(commandData) as CommandType[]

/** Members a command's data gets from the door or the process and not from the client: no part of the wish. */
export const notWished: Partial<Record<CommandType, readonly string[]>> = { ApproveTransfer: ['receiverOwner'] }

/** Who sent a command: a person by the subject of the token, or the process by its own name. */
export const actor = z.object({ kind: z.enum(['person', 'process']), id: z.string().min(1) })
export type Actor = z.infer<typeof actor>

const envelope = {
  id: commandId,
  streamId: accountId,
  hash: z.string().length(64),
  actor,
  at: time,
  correlationId: z.string().min(1),
  causationId: z.string().optional(),
  traceparent: z.string().optional(),
}

const variant = <Type extends CommandType>(type: Type) =>
  z.object({ ...envelope, type: z.literal(type), data: commandData[type] })

/** A command as the commands container holds it. */
export const accountCommand = z.discriminatedUnion('type', [
  variant('OpenAccount'),
  variant('LoadCredits'),
  variant('SendCredits'),
  variant('ApproveTransfer'),
  variant('DeclineTransfer'),
  variant('ExpireTransfer'),
  variant('ReceiveCredits'),
  variant('ReturnCredits'),
  variant('FreezeAccount'),
  variant('UnfreezeAccount'),
  variant('CloseAccount'),
])
export type AccountCommand = z.infer<typeof accountCommand>
export type CommandOf<Type extends CommandType> = Extract<AccountCommand, { type: Type }>
