import { Problem } from '@remit/api/http/problems'
import { timeOf, type World } from '@remit/api/ports'
import { type Details, details, type Texts } from '@remit/api/views'
import type { Documents } from '@remit/documents/documents'
import { type AccountCommand, type Actor, accountCommand, type CommandType } from '@remit/domain/account/commands'
import { canonicalJson } from '@remit/domain/canonical-json'
import { saltedDigest } from '@remit/domain/digest'
import type { AccountId, CommandId } from '@remit/domain/ids'
import { differingMembers, wishHash } from '@remit/domain/wish'

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
  const kept = await keepTexts(door, wanted)
  const command = asCommand(door, wanted, kept?.salt)
  const sent = await store(door, command)
  if (sent.created || sent.command.hash === command.hash) return sent
  const differs = await differences(door, sent.command, { command, texts: wanted.texts ?? {} })
  if (kept?.created) await door.details.remove({ partition: wanted.streamId, id: wanted.id })
  throw new Problem('idempotency-key-reused', { differs })
}

/** Builds the command: the digest stands for the text, the hash for the wish. */
export function asCommand(door: Pick<Door, 'world'>, wanted: Wanted, salt?: string): AccountCommand {
  const { texts, data, ...rest } = wanted
  const text = salt === undefined ? {} : { text: saltedDigest(salt, texts) }
  const command = { ...rest, data: { ...data, ...text }, at: timeOf(door.world) }
  return accountCommand.parse({ ...command, hash: wishHash(command) })
}

/** Text is stored before the command, under a salt of its own; a repeat finds the salt of the first. */
async function keepTexts(door: Door, wanted: Wanted): Promise<{ salt: string; created: boolean } | undefined> {
  const { id, streamId, texts = {} } = wanted
  if (Object.keys(texts).length === 0) return undefined
  const item: Details = { id, accountId: streamId, salt: door.world.randomId(), texts }
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const { result } = await door.details.write({ kind: 'create', item })
    if (result === 'written') return { salt: item.salt, created: true }
    if (result === 'busy') throw new Problem('too-many-requests')
    const there = await door.details.read({ partition: streamId, id })
    if (there === undefined) continue
    const known = details.parse(there)
    if (canonicalJson(known.texts) === canonicalJson(texts)) {
      return { salt: known.salt, created: known.salt === item.salt }
    }
    throw new Problem('idempotency-key-reused', { differs: await differencesBeforeSalt(door, wanted, known) })
  }
  throw new Problem('unavailable')
}

async function store(door: Door, command: AccountCommand): Promise<Sent> {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const { result } = await door.commands.write({ kind: 'create', item: command })
    if (result === 'written') return { command, created: true }
    if (result === 'busy') throw new Problem('too-many-requests')
    const there = await existing(door, command)
    // An answer that got lost on its way is ours all the same: the correlation id is this very request's.
    if (there) return { command: there, created: there.correlationId === command.correlationId }
  }
  throw new Problem('unavailable')
}

async function existing(door: Door, { id, streamId }: Pick<Wanted, 'id' | 'streamId'>) {
  const item = await door.commands.read({ partition: streamId, id })
  return item === undefined ? undefined : accountCommand.parse(item)
}

async function differences(
  door: Door,
  first: AccountCommand,
  second: { command: AccountCommand; texts: Texts },
): Promise<string[]> {
  const members = differingMembers(first, second.command)
  if (!members.includes('text')) return members.map(member => `/${member}`)
  const there = await door.details.read({ partition: first.streamId, id: first.id })
  const known = first.data && 'text' in first.data && there ? details.parse(there).texts : {}
  return pointers(members, known, second.texts)
}

async function differencesBeforeSalt(door: Door, wanted: Wanted, known: Details): Promise<string[]> {
  const first = await existing(door, wanted)
  const members = first ? differingMembers(first, asCommand(door, wanted, known.salt)) : ['text']
  return pointers(members, known.texts, wanted.texts ?? {})
}

/** Where a repeat differs, as the client knows the members: one pointer for each text instead of the digest's. */
function pointers(members: readonly string[], first: Texts, second: Texts): string[] {
  const names = [...new Set([...Object.keys(first), ...Object.keys(second)])] as (keyof Texts)[]
  const texts = names.filter(name => canonicalJson(first[name] ?? null) !== canonicalJson(second[name] ?? null))
  return [...members.filter(member => member !== 'text'), ...texts].map(member => `/${member}`)
}
