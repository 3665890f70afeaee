import { ComeAgain, park } from '@remit/api/parking'
import type { World } from '@remit/api/ports'
import { summaryKey } from '@remit/api/resources/account'
import { accountSummary } from '@remit/api/views'
import type { Documents } from '@remit/documents/documents'
import type { Recent } from '@remit/documents/recent'
import type { Recorded } from '@remit/domain/account/recorded'
import type { AccountId } from '@remit/domain/ids'
import { type Append, append, appendNumber } from '@remit/event-store/append'
import { type News, newsIn } from './cloud-events.ts'
import type { Known } from './projection/project-accounts.ts'

/** Sends news on; throws when they were not all taken. Sending twice is harmless. */
export type Publisher = (news: readonly News[]) => Promise<void>

export type Publishing = {
  readonly accounts: Documents
  readonly parked: Documents
  /** What the projection of this very instance wrote last: often saves asking. */
  readonly known: Recent<AccountId, Known>
  readonly publish: Publisher
  /** The deployment: the `source` of all news. */
  readonly source: string
  readonly world: World
}

/** How long to wait for the views before the batch is left to come again, and between two looks; milliseconds. */
const WAIT = 5_000
const LOOK = 25

/**
 * Publishes what was recorded, never ahead of the views: whoever hears the news finds it there. Fed by the change feed
 * of `events` under a lease of its own, so an outage of Event Grid delays news and never balances.
 *
 * @throws ComeAgain when the views are late, or the news were not taken.
 */
export async function publishEvents(publishing: Publishing, items: readonly unknown[]): Promise<void> {
  const appends: (Append & Recorded)[] = []
  for (const item of items) {
    const parsed = append.safeParse(item)
    if (parsed.success) appends.push(parsed.data as Append & Recorded)
    else await park(publishing, 'publishEvents', item, parsed.error)
  }
  await viewsHave(publishing, appends)
  await publishing.publish(appends.flatMap(recorded => newsIn(recorded, publishing.source)))
}

async function viewsHave({ accounts, known, world }: Publishing, appends: readonly Append[]): Promise<void> {
  const wanted = new Map(appends.map(({ streamId, id }) => [streamId as AccountId, appendNumber(id)]))
  const deadline = world.now() + WAIT
  for (;;) {
    for (const [account, number] of wanted) {
      if ((known.get(account)?.summary.append ?? 0) >= number) wanted.delete(account)
    }
    const asked = [...wanted.keys()]
    const items = await accounts.readMany(asked.map(summaryKey))
    for (const [index, account] of asked.entries()) {
      const item = items[index]
      if (item && accountSummary.parse(item).append >= (wanted.get(account) ?? 0)) wanted.delete(account)
    }
    if (wanted.size === 0) return
    if (world.now() >= deadline) throw new ComeAgain(`the views of ${wanted.size} accounts are late`)
    await world.sleep(LOOK)
  }
}
