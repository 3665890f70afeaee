import { ComeAgain } from '@remit/api/parking'
import { summaryKey } from '@remit/api/resources/account'
import { accountSummary } from '@remit/api/views'
import type { Documents } from '@remit/documents/documents'
import type { AccountId } from '@remit/domain/ids'
import type { Bell } from './bell.ts'
import { COUNTER, counter, messageOf, noticeOf } from './notice.ts'

export type Keeping = {
  readonly notices: Documents
  readonly accounts: Documents
  /** An account keeps its owner: whoever asked once need not ask again. */
  readonly owners: Map<AccountId, string>
  readonly bell: Bell
}

const ROUNDS = 10
/** Owners remembered at most. */
const REMEMBERED = 100_000

/**
 * Keeps what one piece of news has to tell the owner of its account, with the owner's next number. News come in any
 * order and more than once; the same news twice are one notice.
 *
 * @throws ComeAgain when the store does not take it; Event Grid delivers again.
 */
export async function keepNotice(keeping: Keeping, event: unknown): Promise<void> {
  const message = messageOf(event)
  if (message === undefined) return
  const owner = await ownerOf(keeping, message.account)
  if (owner === undefined) return
  const { notices, bell } = keeping
  for (let round = 1; round <= ROUNDS; round++) {
    const [there, known] = await notices.readMany([
      { partition: owner, id: COUNTER },
      { partition: owner, id: message.id },
    ])
    if (known !== undefined) return bell.ring(owner)
    const newest = there === undefined ? 0 : counter.parse(there).newest
    const counted = { id: COUNTER, owner, newest: newest + 1 }
    const { result } = await notices.writeTogether(owner, [
      { kind: 'create', item: noticeOf(message, owner, newest + 1) },
      there ? { kind: 'replace', item: counted, etag: there._etag } : { kind: 'create', item: counted },
    ])
    if (result === 'written') return bell.ring(owner)
    if (result === 'busy') break
  }
  throw new ComeAgain(`the notice ${message.id} could not be stored`)
}

/** News are never ahead of the views: an account that is not there was never opened, and has nobody to tell. */
async function ownerOf({ accounts, owners }: Keeping, account: AccountId): Promise<string | undefined> {
  const known = owners.get(account)
  if (known !== undefined) return known
  const summary = accountSummary.safeParse(await accounts.read(summaryKey(account))).data
  if (summary === undefined || summary.status === 'unopened') return undefined
  const oldest = owners.size >= REMEMBERED ? owners.keys().next().value : undefined
  if (oldest !== undefined) owners.delete(oldest)
  owners.set(account, summary.owner)
  return summary.owner
}
