// Stored names: items of the `notices` container, this service's own.

import { accountId } from '@remit/domain/ids'
import { toWire } from '@remit/domain/money'
import { z } from 'zod'

/** How long a notice can be asked for again, in seconds. */
export const KEPT = 7 * 24 * 3600

/** One thing an owner is told. Numbers count up from 1 for each owner. */
export const notice = z.object({
  id: z.string(),
  owner: z.string(),
  number: z.int(),
  name: z.string(),
  data: z.record(z.string(), z.unknown()),
  ttl: z.int(),
})
export type Notice = z.infer<typeof notice>

/** How far numbers of an owner may have been given: those above were given to no notice, also to none that has expired. */
export const RESERVED = 'reserved'
export const reserved = z.object({ id: z.literal(RESERVED), owner: z.string(), upTo: z.int() })

/**
 * What owners hear of, and which members of it: nothing here may tell more than the reads of the API do. An approval is
 * left out, because the sending follows it, and who decided is nobody's business but the staff's.
 */
const heard: Readonly<Record<string, readonly string[]>> = {
  'account-opened': ['kind', 'currency'],
  'credits-loaded': ['amount', 'fee', 'currency'],
  'transfer-held': ['transferId', 'to', 'amount', 'currency', 'approvalsNeeded', 'dueAt'],
  'transfer-declined': ['transferId', 'to', 'amount', 'currency'],
  'transfer-expired': ['transferId', 'to', 'amount', 'currency'],
  'credits-sent': ['transferId', 'to', 'amount', 'currency'],
  'credits-received': ['transferId', 'from', 'amount', 'fee', 'currency'],
  'credits-returned': ['transferId', 'to', 'amount', 'currency', 'reason'],
  'account-frozen': [],
  'account-unfrozen': [],
  'account-closed': [],
  'command-refused': ['command', 'reason', 'transferId'],
}

/** Commands whose refusal concerns the owner of the account: his own, and loads of his. */
const concerning = new Set(['SendCredits', 'LoadCredits', 'CloseAccount'])

const event = z.object({
  id: z.string().min(1).max(200),
  type: z.string(),
  data: z.looseObject({ streamId: accountId, at: z.string() }),
})

/** What one CloudEvent has to tell the owner of an account. */
export type Message = Pick<Notice, 'id' | 'name' | 'data'> & { readonly account: z.infer<typeof accountId> }

/** Reads a CloudEvent; undefined for what owners are not told, or what nobody can read. */
export function messageOf(given: unknown): Message | undefined {
  const read = event.safeParse(given).data
  const name = /^remit\.([a-z-]+)\.v1$/.exec(read?.type ?? '')?.[1] ?? ''
  const members = Object.hasOwn(heard, name) ? heard[name] : undefined
  if (read === undefined || members === undefined) return undefined
  const { id, data } = read
  if (name === 'command-refused' && !concerning.has(String(data.command))) return undefined
  const told = members.flatMap(member => (data[member] === undefined ? [] : [[member, wireOf(member, data[member])]]))
  return {
    // Ids of events have slashes, which ids of items may not have.
    id: id.replaceAll('/', '~'),
    name,
    account: data.streamId,
    data: { account: data.streamId, at: data.at, ...Object.fromEntries(told) },
  }
}

function wireOf(member: string, value: unknown): unknown {
  return (member === 'amount' || member === 'fee') && typeof value === 'number' ? toWire(value) : value
}

/** A message with its place among those of an owner. */
export function noticeOf({ id, name, data }: Message, owner: string, number: number): Notice {
  return { id, owner, number, name, data, ttl: KEPT }
}
