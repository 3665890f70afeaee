import { Problem } from '@remit/api/http/problems'
import { timeOf, type World } from '@remit/api/ports'
import { details, type Texts } from '@remit/api/views'
import type { Documents } from '@remit/documents/documents'
import { type AccountCommand, type Actor, accountCommand, type CommandType } from '@remit/domain/account/commands'
import { canonicalJson } from '@remit/domain/canonical-json'
import { saltedDigest } from '@remit/domain/digest'
import type { AccountId, CommandId } from '@remit/domain/ids'
import { differingMembers, wishHash } from '@remit/domain/wish'
import { forgetTexts, type Kept, keepTexts, replaceTexts } from './texts.ts'

/** What somebody wants, before it is a command: who, what, on which account. Free text travels apart. */
export type Wanted = {
  readonly id: CommandId
  readonly streamId: AccountId
  readonly type: CommandType
  readonly data: { readonly [member: string]: unknown }
  readonly texts?: Texts
  readonly actor: Actor
  readonly correlationId: string
  readonly causationId?: string
  readonly traceparent?: string
}

export type Door = {
  readonly commands: Documents
  readonly details: Documents
  readonly world: World
}

/** `created` is false when the command was there before: the same wish, sent again. */
export type Sent = { readonly command: AccountCommand; readonly created: boolean }

/** How often a write whose fate is unknown is looked up and tried again. */
const TRIES = 3

/**
 * The one door in, for persons, process and timer alike: stores the command under its id, once.
 *
 * @throws Problem `idempotency-key-reused` when the id stands for another wish; nothing is stored then.
 * @throws Problem `too-many-requests` or `unavailable` when the store does not take it; sending again is harmless.
 */
export async function sendCommand(door: Door, wanted: Wanted): Promise<Sent> {
  let kept = await keepTexts(door, wanted)
  if (kept?.other) {
    const first = await storedCommand(door, wanted)
    const second = asCommand(door, wanted, kept.salt)
    if (first || !kept.other.abandoned) throw reused(first, second, kept.other.texts, wanted)
    kept = await replaceTexts(door, wanted, kept.other)
  }
  const command = asCommand(door, wanted, kept?.salt)
  const sent = await store(door, command)
  if (sent.created || sent.command.hash === command.hash) return sent
  const known = await textsOfCommand(door, sent.command, kept)
  // Whoever has the same text took the salt of this text, so it may be removed only when the command has another.
  if (kept?.created && textDigest(sent.command) !== textDigest(command)) await forgetTexts(door, wanted)
  throw reused(sent.command, command, known, wanted)
}

/** Builds the command: the digest stands for the text, the hash for the wish. */
export function asCommand(door: Pick<Door, 'world'>, wanted: Wanted, salt?: string): AccountCommand {
  const { texts, data, ...rest } = wanted
  const text = salt === undefined ? {} : { text: saltedDigest(salt, texts) }
  const command = { ...rest, data: { ...data, ...text }, at: timeOf(door.world) }
  return accountCommand.parse({ ...command, hash: wishHash(command) })
}

async function store(door: Door, command: AccountCommand): Promise<Sent> {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const { result } = await door.commands.write({ kind: 'create', item: command })
    if (result === 'written') return { command, created: true }
    if (result === 'busy') throw new Problem('too-many-requests')
    const there = await storedCommand(door, command)
    // An answer that got lost on its way is ours all the same: the correlation id is this very request's.
    if (there) return { command: there, created: there.correlationId === command.correlationId }
  }
  throw new Problem('unavailable')
}

async function storedCommand(door: Door, { id, streamId }: Pick<Wanted, 'id' | 'streamId'>) {
  const item = await door.commands.read({ partition: streamId, id })
  return item === undefined ? undefined : accountCommand.parse(item)
}

function textDigest({ data }: AccountCommand): string | undefined {
  return 'text' in data ? data.text : undefined
}

/** The texts the first command was sent with; none where it had none, or they were erased. */
async function textsOfCommand(door: Door, first: AccountCommand, kept: Kept | undefined): Promise<Texts> {
  if (textDigest(first) === undefined || kept?.created) return {}
  const there = await door.details.read({ partition: first.streamId, id: first.id })
  return there ? details.parse(there).texts : {}
}

/** Says where a repeat differs, as the client knows the members: a pointer for each text instead of the digest's. */
function reused(
  first: AccountCommand | undefined,
  second: AccountCommand,
  known: Texts,
  { texts = {} }: Wanted,
): Problem {
  const members = first ? differingMembers(first, second) : ['text']
  const names = [...new Set([...Object.keys(known), ...Object.keys(texts)])] as (keyof Texts)[]
  const changed = names.filter(name => canonicalJson(known[name] ?? null) !== canonicalJson(texts[name] ?? null))
  const differing = [...members.filter(member => member !== 'text'), ...(members.includes('text') ? changed : [])]
  return new Problem('idempotency-key-reused', { differs: differing.map(member => `/${member}`) })
}
