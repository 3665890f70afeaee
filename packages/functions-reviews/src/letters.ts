// Stored names: items of the `letters` container, this service's own.

import type { Documents } from '@remit/documents/documents'
import { z } from 'zod'

/** How long a letter is kept, in seconds. */
const KEPT = 90 * 24 * 3600

/** A mail that is owed to somebody. It is stored before anybody tries to send it. */
export const letter = z.object({
  /** What it is for: there is one of a kind about each transfer. */
  id: z.enum(['reminder-half', 'reminder-late', 'second-reviewer', 'sender', 'receiver']),
  transferId: z.string(),
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  /** `due` until the mail server has taken it or refused it for good, or until nobody needs it any more. */
  state: z.enum(['due', 'sent', 'refused', 'given_up', 'overtaken']),
  ttl: z.int(),
})
export type Letter = z.infer<typeof letter>
export type LetterKind = Letter['id']

/** A letter that nobody has stored yet. */
export type Draft = Pick<Letter, 'id' | 'to' | 'subject' | 'text'>

/** Hands one mail to a mail server. */
export type Mailer = {
  /**
   * @returns `refused` when this mail will never be taken.
   * @throws when it may be taken another time.
   */
  readonly send: (mail: {
    readonly to: string
    readonly subject: string
    readonly text: string
    /** The same for each try, so that the other side can tell that it has the mail already. */
    readonly messageId: string
  }) => Promise<'sent' | 'refused'>
}

/**
 * Stores letters that are not there yet.
 *
 * @returns the kinds that are still due.
 * @throws when the store does not take them: the same call again is right.
 */
export async function recordLetters(
  letters: Documents,
  transferId: string,
  drafts: readonly Draft[],
): Promise<LetterKind[]> {
  const due: LetterKind[] = []
  for (const draft of drafts) {
    const item: Letter = { ...draft, transferId, state: 'due', ttl: KEPT }
    const { result } = await letters.write({ kind: 'create', item })
    if (result === 'conflict') {
      const there = await letters.read({ partition: transferId, id: draft.id })
      if (letter.parse(there).state !== 'due') continue
    } else if (result !== 'written') throw new Error(`the letter ${draft.id} of ${transferId} could not be stored`)
    due.push(draft.id)
  }
  return due
}

type Sending = { readonly letters: Documents; readonly mailer: Mailer }
type Which = { readonly transferId: string; readonly id: LetterKind }

/**
 * Sends a letter that is due. A process that dies between sending and storing sends it again: at least once.
 *
 * @throws when it may succeed another time.
 */
export async function sendLetter({ letters, mailer }: Sending, which: Which): Promise<void> {
  const { item, etag } = await readLetter(letters, which)
  if (item.state !== 'due') return
  const { to, subject, text, id, transferId } = item
  const state = await mailer.send({ to, subject, text, messageId: `<${id}.${transferId}@remit>` })
  await settle(letters, { ...item, state }, etag)
}

/** Stops trying. */
export async function giveUpLetter(letters: Documents, which: Which): Promise<void> {
  const { item, etag } = await readLetter(letters, which)
  if (item.state === 'due') await settle(letters, { ...item, state: 'given_up' }, etag)
}

/** Letters to reviewers that were not sent in time: nobody wants to be asked about what is over. */
export async function overtakeReminders(letters: Documents, transferId: string): Promise<void> {
  const ids = ['reminder-half', 'reminder-late', 'second-reviewer'] as const
  const found = await letters.readMany(ids.map(id => ({ partition: transferId, id })))
  for (const there of found) {
    const item = there && letter.parse(there)
    if (item?.state === 'due') await settle(letters, { ...item, state: 'overtaken' }, there?._etag ?? '')
  }
}

async function readLetter(letters: Documents, { transferId, id }: Which): Promise<{ item: Letter; etag: string }> {
  const there = await letters.read({ partition: transferId, id })
  if (there === undefined) throw new Error(`there is no letter ${id} of ${transferId}`)
  return { item: letter.parse(there), etag: there._etag }
}

/** Somebody else may have been faster: then it is settled as well. */
async function settle(letters: Documents, item: Letter, etag: string): Promise<void> {
  const { result } = await letters.write({ kind: 'replace', item, etag })
  if (result !== 'written' && result !== 'changed') throw new Error(`the letter ${item.id} could not be stored`)
}
