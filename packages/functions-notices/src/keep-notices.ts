import { ComeAgain } from '@remit/api/parking'
import { summaryKey } from '@remit/api/resources/account'
import { accountSummary } from '@remit/api/views'
import type { Documents } from '@remit/documents/documents'
import type { AccountId } from '@remit/domain/ids'
import type { Bell } from './bell.ts'
import { COUNTER, counter, type Message, messageOf, noticeOf } from './notice.ts'

export type Keeping = {
  readonly notices: Documents
  readonly accounts: Documents
  /** An account keeps its owner: whoever asked once need not ask again. */
  readonly owners: Map<AccountId, string>
  /** What waits to be numbered, by owner. */
  readonly queues: Map<string, Queue>
  readonly bell: Bell
}

/** An owner's messages that are not stored yet, and the counter as it was stored last. */
type Queue = {
  readonly waiting: Waiting[]
  counter?: { readonly newest: number; readonly etag: string } | undefined
  busy: boolean
}
type Waiting = { readonly message: Message; readonly stored: () => void; readonly failed: (error: unknown) => void }

const ROUNDS = 50
/** Owners remembered at most, with the accounts and the counters that are known of them. */
const REMEMBERED = 100_000
/** How many notices are stored together; the store takes 100 writes at once. */
const TOGETHER = 50

/**
 * Keeps what one piece of news has to tell the owner of its account, with the owner's next number. News come in any
 * order and more than once; the same news twice are one notice. What comes for one owner at the same time is stored at
 * once, by the next number this instance knows of; another instance that was faster is noticed by the counter.
 *
 * @throws ComeAgain when the store does not take it; Event Grid delivers again.
 */
export async function keepNotice(keeping: Keeping, event: unknown): Promise<void> {
  const message = messageOf(event)
  if (message === undefined) return
  const owner = await ownerOf(keeping, message.account)
  if (owner === undefined) return
  const queue = keeping.queues.get(owner) ?? { waiting: [], busy: false }
  remember(keeping.queues, owner, queue)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  queue.waiting.push({ message, stored: resolve, failed: reject })
  if (!queue.busy) void workOff(keeping, owner, queue)
  return promise
}

async function workOff(keeping: Keeping, owner: string, queue: Queue): Promise<void> {
  queue.busy = true
  while (queue.waiting.length > 0) {
    const taken = queue.waiting.splice(0, TOGETHER)
    try {
      await store(keeping, owner, { queue, messages: distinct(taken.map(({ message }) => message)) })
      keeping.bell.ring(owner)
      for (const { stored } of taken) stored()
    } catch (error) {
      queue.counter = undefined
      for (const { failed } of taken) failed(error)
    }
  }
  queue.busy = false
}

function distinct(messages: readonly Message[]): Message[] {
  return [...new Map(messages.map(message => [message.id, message])).values()]
}

/** Writes counter and notices together. Nothing is read first: what was known before shows as a refusal. */
async function store(
  { notices }: Keeping,
  owner: string,
  { queue, messages }: { queue: Queue; messages: Message[] },
): Promise<void> {
  let left = messages
  for (let round = 1; left.length > 0 && round <= ROUNDS; round++) {
    const { newest = 0, etag } = queue.counter ?? {}
    const item = { id: COUNTER, owner, newest: newest + left.length }
    const { result, ...written } = await notices.writeTogether(owner, [
      etag === undefined ? { kind: 'create', item } : { kind: 'replace', item, etag },
      ...left.map((message, index) => ({
        kind: 'create' as const,
        item: noticeOf(message, owner, newest + index + 1),
      })),
    ])
    if (result === 'written' && 'etag' in written) {
      queue.counter = { newest: item.newest, etag: written.etag }
      return
    }
    if (result === 'busy') break
    const keys = [COUNTER, ...left.map(({ id }) => id)].map(id => ({ partition: owner, id }))
    const [there, ...known] = await notices.readMany(keys)
    queue.counter = there && { newest: counter.parse(there).newest, etag: there._etag }
    left = left.filter((_, index) => known[index] === undefined)
  }
  if (left.length > 0) throw new ComeAgain(`${left.length} notices could not be stored`)
}

/** Forgets the oldest when there are too many. */
function remember<Key, Value>(all: Map<Key, Value>, key: Key, value: Value): void {
  const oldest = all.size >= REMEMBERED && !all.has(key) ? all.keys().next().value : undefined
  if (oldest !== undefined) all.delete(oldest)
  all.set(key, value)
}

/** News are never ahead of the views: an account that is not there was never opened, and has nobody to tell. */
async function ownerOf({ accounts, owners }: Keeping, account: AccountId): Promise<string | undefined> {
  const known = owners.get(account)
  if (known !== undefined) return known
  const summary = accountSummary.safeParse(await accounts.read(summaryKey(account))).data
  if (summary === undefined || summary.status === 'unopened') return undefined
  remember(owners, account, summary.owner)
  return summary.owner
}
