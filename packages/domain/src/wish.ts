import { type AccountCommand, notWished } from './account/commands.ts'
import { digestOf } from './digest.ts'

/** The members of a command that the client wished: what its hash covers, and what a repeat must say again. */
export type Wish = Pick<AccountCommand, 'type' | 'streamId'> & { readonly data: { readonly [member: string]: unknown } }

/** The wish inside a command: type, stream and data, without what the door added. Not the time, not the trace. */
export function wishOf(command: Wish): Wish {
  const added = notWished[command.type] ?? []
  const data = Object.fromEntries(
    Object.entries(command.data).filter(([member, value]) => value !== undefined && !added.includes(member)),
  )
  return { type: command.type, streamId: command.streamId, data }
}

/** Two commands with one id are the same wish when, and only when, these are equal. */
export function wishHash(command: Wish): string {
  return digestOf(wishOf(command))
}

/** The members of `data` in which two wishes differ, in order of name. */
export function differingMembers(a: Wish, b: Wish): string[] {
  const [left, right] = [wishOf(a).data, wishOf(b).data]
  const members = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort()
  return members.filter(member => digestOf(left[member] ?? null) !== digestOf(right[member] ?? null))
}
