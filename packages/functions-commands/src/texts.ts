import { Problem } from '@remit/api/http/problems'
import type { World } from '@remit/api/ports'
import { type Details, details, type Texts } from '@remit/api/views'
import type { Documents } from '@remit/documents/documents'
import { canonicalJson } from '@remit/domain/canonical-json'
import type { AccountId, CommandId } from '@remit/domain/ids'

type Wanted = { readonly id: CommandId; readonly streamId: AccountId; readonly texts?: Texts }
type Ports = { readonly details: Documents; readonly world: World }

/** The salt of a command's text, and whether this request stored it. */
export type Kept = { readonly salt: string; readonly created: boolean; readonly other?: Other }

/** Another text that was stored first under this id. It is abandoned when its request cannot be on its way any more. */
export type Other = { readonly texts: Texts; readonly etag: string; readonly abandoned: boolean }

const TRIES = 3

/**
 * For so long the request that stored a text may still be on its way to its command, in seconds. Later, a text without a
 * command is what a crash left behind, and the next request takes its place.
 */
const ON_ITS_WAY = 300

/**
 * Stores free text before its command, under a salt of its own; a repeat finds the salt of the first.
 *
 * @returns undefined where there is no text.
 * @throws Problem `too-many-requests` or `unavailable` when the store does not take it.
 */
export async function keepTexts(ports: Ports, wanted: Wanted): Promise<Kept | undefined> {
  const { id, streamId, texts = {} } = wanted
  if (Object.keys(texts).length === 0) return undefined
  const item: Details = { id, accountId: streamId, salt: ports.world.randomId(), texts }
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const { result } = await ports.details.write({ kind: 'create', item })
    if (result === 'written') return { salt: item.salt, created: true }
    if (result === 'busy') throw new Problem('too-many-requests')
    const there = await ports.details.read({ partition: streamId, id })
    if (there === undefined) continue
    const { salt, texts: known } = details.parse(there)
    if (canonicalJson(known) === canonicalJson(texts)) return { salt, created: salt === item.salt }
    const abandoned = ports.world.now() / 1000 - there._ts > ON_ITS_WAY
    return { salt, created: false, other: { texts: known, etag: there._etag, abandoned } }
  }
  throw new Problem('unavailable')
}

/** Puts one's own text in the place of an abandoned one. */
export async function replaceTexts(ports: Ports, wanted: Wanted, { etag }: Other): Promise<Kept> {
  const { id, streamId, texts = {} } = wanted
  const item: Details = { id, accountId: streamId, salt: ports.world.randomId(), texts }
  const { result } = await ports.details.write({ kind: 'replace', item, etag })
  if (result !== 'written') throw new Problem('unavailable')
  return { salt: item.salt, created: true }
}

/** Removes the text of a command that was not stored. */
export async function forgetTexts({ details }: Ports, { id, streamId }: Wanted): Promise<void> {
  await details.remove({ partition: streamId, id })
}
