import { ComeAgain } from '@remit/api/parking'
import type { World } from '@remit/api/ports'
import { summaryKey } from '@remit/api/resources/account'
import { accountSummary } from '@remit/api/views'
import type { Documents, Write, WriteResult } from '@remit/documents/documents'
import type { AccountId } from '@remit/domain/ids'
import type { Bell } from './bell.ts'
import { type Message, messageOf } from './notice.ts'
import { type Numbers, numbered, readNumbers } from './numbers.ts'

export type Keeping = {
  readonly notices: Documents
  readonly accounts: Documents
  /** An account keeps its owner: whoever asked once need not ask again. */
  readonly owners: Map<AccountId, string>
  /** What waits to be numbered, by owner. */
  readonly queues: Map<string, Queue>
  readonly bell: Bell
  readonly world: Pick<World, 'now'>
}

/** An owner's messages that are not stored yet, and what this instance knows of the owner's numbers. */
type Queue = {
  readonly waiting: Waiting[]
  numbers?: Numbers | undefined
  busy: boolean
}
type Waiting = { readonly message: Message; readonly stored: () => void; readonly failed: (error: unknown) => void }

const ROUNDS = 50
/** Owners remembered at most, with the accounts and the numbers that are known of them. */
const REMEMBERED = 100_000
/** How many notices are stored together; the store takes 100 writes at once. */
const TOGETHER = 50

/**
 * Keeps what one piece of news has to tell the owner of its account, with the owner's next number. News come in any
 * order and more than once; the same news twice are one notice. What comes for one owner at the same time is stored at
 * once, by the next numbers this instance knows of. Ids and numbers are unique for each owner, so another instance that
 * was faster shows as a conflict.
 *
 * @throws ComeAgain when the store does not take it, or the owner is not to be seen yet; Event Grid delivers again.
 */
export async function keepNotice(keeping: Keeping, event: unknown): Promise<void> {
  const message = messageOf(event)
  if (message === undefined) return
  const owner = await ownerOf(keeping, message)
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
      queue.numbers = undefined
      for (const { failed } of taken) failed(error)
    }
  }
  queue.busy = false
}

function distinct(messages: readonly Message[]): Message[] {
  return [...new Map(messages.map(message => [message.id, message])).values()]
}

/** Nothing is read first as long as the numbers are known: what was stored before shows as a conflict. */
async function store(
  { notices, world }: Keeping,
  owner: string,
  { queue, messages }: { queue: Queue; messages: Message[] },
): Promise<void> {
  let left = messages
  for (let round = 1; left.length > 0 && round <= ROUNDS; round++) {
    queue.numbers ??= await readNumbers(notices, owner)
    const { writes, after } = numbered(queue.numbers, owner, { messages: left, now: world.now() })
    const { result, ...written } = await writeAll(notices, owner, writes)
    if (result === 'written' && 'etag' in written) {
      queue.numbers = after(written.etag)
      return
    }
    if (result === 'busy') break
    queue.numbers = undefined
    const known = await notices.readMany(left.map(({ id }) => ({ partition: owner, id })))
    left = left.filter((_, index) => known[index] === undefined)
  }
  if (left.length > 0) throw new ComeAgain(`${left.length} notices could not be stored`)
}

/** All or none, so that whoever reads a number has read all below. One alone may travel with those of other owners. */
function writeAll(notices: Documents, owner: string, writes: readonly Write[]): Promise<WriteResult> {
  const [first] = writes
  return first && writes.length === 1 ? notices.write(first) : notices.writeTogether(owner, writes)
}

/** Forgets the oldest when there are too many. */
function remember<Key, Value>(all: Map<Key, Value>, key: Key, value: Value): void {
  const oldest = all.size >= REMEMBERED && !all.has(key) ? all.keys().next().value : undefined
  if (oldest !== undefined) all.delete(oldest)
  all.set(key, value)
}

/**
 * Only a refusal can be about an account that was never opened, and has nobody to tell. Whatever else happened to an
 * account, it was open: where the view does not say so, this reader is behind.
 */
async function ownerOf({ accounts, owners }: Keeping, { account, name }: Message): Promise<string | undefined> {
  const known = owners.get(account)
  if (known !== undefined) return known
  const summary = accountSummary.safeParse(await accounts.read(summaryKey(account))).data
  if (summary === undefined || summary.status === 'unopened') {
    if (name === 'command-refused') return undefined
    throw new ComeAgain(`the owner of ${account} is not to be seen yet`)
  }
  remember(owners, account, summary.owner)
  return summary.owner
}
