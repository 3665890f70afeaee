import { createHash } from 'node:crypto'
import { z } from 'zod'

/** A lower-case UUID names an account. */
export const accountId = z
  .uuid()
  .regex(/^[0-9a-f-]+$/, 'must be in lower case')
  .brand<'AccountId'>()
export type AccountId = z.infer<typeof accountId>

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'

/** `<accountId>_<uuid>`, with `.receive`, `.return` or `.expire` where the process derived it from a transfer. */
export const commandId = z
  .string()
  .regex(new RegExp(`^${uuid}_${uuid}(\\.(receive|return|expire))?$`), 'must be a command id')
  .brand<'CommandId'>()
export type CommandId = z.infer<typeof commandId>

/** A transfer has the id of the `SendCredits` that asked for it. */
export const transferId = z
  .string()
  .regex(new RegExp(`^${uuid}_${uuid}$`), 'must be a transfer id')
  .brand<'TransferId'>()
export type TransferId = z.infer<typeof transferId>

/** The account whose stream a command id, or a transfer id, was made for. */
export function accountOf(id: CommandId | TransferId): AccountId {
  return id.slice(0, 36) as AccountId
}

export function asTransferId(command: CommandId): TransferId {
  return command as string as TransferId
}

export type DerivedStep = 'receive' | 'return' | 'expire'

/** The id of a command the process owes a transfer: the same however often it is derived. */
export function derivedCommandId(transfer: TransferId, step: DerivedStep): CommandId {
  return `${transfer}.${step}` as CommandId
}

/** The command id for a wish: what is named the same way is the same command, for ever. */
export function commandIdFor(account: AccountId, ...names: string[]): CommandId {
  return `${account}_${uuidFrom('command', account, ...names)}` as CommandId
}

/** The account an owner means by a key, or by kind and name where no key was sent. */
export function accountIdFor(owner: string, ...names: string[]): AccountId {
  return uuidFrom('account', owner, ...names) as AccountId
}

/** Namespace of every id this system derives; fixed for ever. */
const NAMESPACE = Buffer.from('6f1d2b1e8a0c5d7f9b3e4c5a6d7e8f90', 'hex')

/** UUID version 5 (RFC 9562, section 5.5) over the names, joined so that no two lists read alike. */
function uuidFrom(...names: string[]): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(JSON.stringify(names)).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
