import { ComeAgain, park, parkedIn } from '@remit/api/parking'
import type { World } from '@remit/api/ports'
import { summaryKey } from '@remit/api/resources/account'
import { accountSummary } from '@remit/api/views'
import type { Documents } from '@remit/documents/documents'
import type { Recorded } from '@remit/domain/account/recorded'
import type { AccountId } from '@remit/domain/ids'
import { type Append, append, appendNumber } from '@remit/event-store/append'
import { type News, newsIn } from './cloud-events.ts'
import type { KeptViews } from './kept-views.ts'
import { PROJECTOR } from './project-events.ts'
import type { AccountsView } from './projection/project-accounts.ts'

/** Sends news on; throws when they were not all taken. Sending twice is harmless. */
export type Publisher = (news: readonly News[]) => Promise<void>

export type Publishing = {
  /** The views as the projection of this very instance keeps them: what it wrote last often saves asking. */
  readonly views: () => Promise<KeptViews>
  readonly parked: Documents
  readonly publish: Publisher
  /** The deployment: the `source` of all news. */
  readonly source: string
  readonly world: World
}

/** The name under which appends are parked whose news cannot be sent. */
export const PUBLISHER = 'publishEvents'

/** What news wait for whose account has a parked view. */
export const BEHIND_VIEWS = 'the views of its account'

/** Milliseconds the projection of this very instance is given first: what comes meanwhile is sent together. */
const MOMENT = 75
/** Milliseconds: between two looks at the views, until a late view is suspected to be parked, until the batch gives up. */
const LOOK = 25
const SUSPECT = 500
const WAIT = 5_000

/**
 * Publishes what was recorded, never ahead of the views: whoever hears the news finds it there. Fed by the change feed
 * of `events` under a lease of its own, so an outage of Event Grid delays news and never balances. News of an account
 * whose view is parked are parked behind it.
 *
 * @throws ComeAgain when the views are late, or the news were not taken.
 */
export async function publishEvents(publishing: Publishing, items: readonly unknown[]): Promise<void> {
  const told: Told[] = []
  for (const item of items) {
    try {
      told.push({ append: append.parse(item), news: newsOf(publishing, item) })
    } catch (error) {
      await park(publishing, item, { handler: PUBLISHER, error })
    }
  }
  const wait = await viewsHave(publishing, told)
  for (const { append: one } of told.filter(({ append: { streamId } }) => wait.has(streamId))) {
    await park(publishing, one, { handler: PUBLISHER, behind: BEHIND_VIEWS })
  }
  await publishing.publish(told.filter(({ append: { streamId } }) => !wait.has(streamId)).flatMap(({ news }) => news))
}

type Told = { readonly append: Append; readonly news: readonly News[] }

/** What one append has to tell. Throws where nobody can read it. */
export function newsOf({ source }: Pick<Publishing, 'source'>, item: unknown): News[] {
  return newsIn(append.parse(item) as Append & Recorded, source)
}

/**
 * Waits until the views have these appends.
 *
 * @returns the accounts whose view is parked, and will not have them until somebody has looked after it.
 * @throws ComeAgain when a view is merely late.
 */
async function viewsHave(publishing: Publishing, told: readonly Told[]): Promise<ReadonlySet<string>> {
  const { world } = publishing
  const wanted = new Map(told.map(({ append: { streamId, id } }) => [streamId as AccountId, appendNumber(id)]))
  const parkedViews = new Set<string>()
  const began = world.now()
  let suspected = false
  if (await areComing(publishing, wanted)) await world.sleep(MOMENT)
  for (;;) {
    const waited = world.now() - began
    await takeOutReady(publishing, wanted, waited < SUSPECT)
    if (wanted.size === 0) return parkedViews
    if (waited >= SUSPECT && !suspected) {
      suspected = true
      for (const account of [...wanted.keys()]) {
        if ((await parkedIn(publishing, account, PROJECTOR)).length === 0) continue
        parkedViews.add(account)
        wanted.delete(account)
      }
    } else if (waited >= WAIT) throw new ComeAgain(`the views of ${wanted.size} accounts are late`)
    else await world.sleep(LOOK)
  }
}

/** Whether some are missing from views this very instance keeps: in a moment it has them, and the store need not be asked. */
async function areComing({ views }: Publishing, wanted: ReadonlyMap<AccountId, number>): Promise<boolean> {
  const { known } = (await views()).read.accounts
  return [...wanted].some(([account, number]) => (known.get(account)?.summary.append ?? number) < number)
}

/**
 * Takes out of the wanted append numbers, by account, those that the view has.
 *
 * @param everywhere also what is kept beside it must have them: the moment it is switched to, readers find them there.
 */
export async function takeOutReady(
  { views }: Pick<Publishing, 'views'>,
  wanted: Map<AccountId, number>,
  everywhere = false,
): Promise<void> {
  const { read, beside } = await views()
  const late = await withoutAppend(read.accounts, wanted)
  if (everywhere && beside.accounts) {
    for (const account of await withoutAppend(beside.accounts, wanted)) late.add(account)
  }
  for (const account of [...wanted.keys()]) if (!late.has(account)) wanted.delete(account)
}

/** The accounts that lack these append numbers in this edition of the view. */
async function withoutAppend(
  { accounts, known }: AccountsView,
  wanted: ReadonlyMap<AccountId, number>,
): Promise<Set<AccountId>> {
  const asked = [...wanted.keys()].filter(one => (known.get(one)?.summary.append ?? 0) < (wanted.get(one) ?? 0))
  const items = await accounts.readMany(asked.map(summaryKey))
  const late = asked.filter((account, index) => {
    const view = accountSummary.safeParse(items[index]).data
    return view === undefined || view.append < (wanted.get(account) ?? 0)
  })
  return new Set(late)
}
