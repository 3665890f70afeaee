import { isForNow, park } from '@remit/api/parking'
import type { World } from '@remit/api/ports'
import type { Documents } from '@remit/documents/documents'
import { Recent } from '@remit/documents/recent'
import type { Recorded } from '@remit/domain/account/recorded'
import type { AccountId, TransferId } from '@remit/domain/ids'
import type { Settings } from '@remit/domain/settings'
import { factsIn } from '@remit/domain/transfer/facts'
import { type Append, append, appendNumber } from '@remit/event-store/append'
import { type AccountsView, type Known, missingAppends, projectAccount } from './projection/project-accounts.ts'
import { projectOperations, projectOwners } from './projection/project-operations.ts'
import { projectTransfers, type TransfersView } from './projection/project-transfers.ts'

export type Projecting = {
  readonly accounts: AccountsView
  readonly transfers: TransfersView
  readonly operations: Documents
  readonly owners: Documents
  readonly parked: Documents
  readonly world: World
  readonly settings: Settings
}

/** View items a warm instance keeps, of each kind. */
const WARM_ITEMS = 20_000

type Stores = Record<'accounts' | 'transfers' | 'operations' | 'owners' | 'parked' | 'events', Documents>

export function projecting(stores: Stores, world: World, settings: Settings): Projecting {
  const { accounts, events, transfers, operations, owners, parked } = stores
  return {
    accounts: { accounts, events, settings, known: new Recent<AccountId, Known>(WARM_ITEMS) },
    transfers: { transfers, known: new Recent<TransferId, never>(WARM_ITEMS) },
    operations,
    owners,
    parked,
    world,
    settings,
  }
}

/** The name under which appends are parked that cannot be folded into the views. */
export const PROJECTOR = 'projectEvents'

/**
 * Folds appends into the views. Fed by the change feed of `events`, at least once, in order per account. An append that
 * cannot be folded is parked; later ones of its account cannot be folded without it, and are parked behind it.
 *
 * @throws ComeAgain when the store does not take it all.
 */
export async function projectEvents(projecting: Projecting, items: readonly unknown[]): Promise<void> {
  const read = items.map(item => ({ item, ...append.safeParse(item) }))
  const appends = read.flatMap(({ data }) => data ?? [])
  try {
    await projectAppends(projecting, appends)
  } catch (error) {
    if (isForNow(error)) throw error
    await projectOneByOne(projecting, appends)
  }
  for (const { item, error } of read) if (error) await park(projecting, item, { handler: PROJECTOR, error })
}

/** Where one append has a defect, that one is found, and the others are done. */
async function projectOneByOne(projecting: Projecting, appends: readonly Append[]): Promise<void> {
  const stuck = new Map<string, string>()
  for (const one of appends) {
    const behind = stuck.get(one.streamId)
    try {
      if (behind === undefined) await projectAppends(projecting, [one])
      else await park(projecting, one, { handler: PROJECTOR, behind })
    } catch (error) {
      if (isForNow(error)) throw error
      await park(projecting, one, { handler: PROJECTOR, error })
      stuck.set(one.streamId, one.id)
    }
  }
}

/**
 * Brings the views of some accounts up to these appends. What an account's view lacks before them is taken from its
 * stream, for all views alike.
 *
 * The accounts view is written last: its append number says that all views have this append, and everything before.
 */
async function projectAppends(projecting: Projecting, appends: readonly Append[]): Promise<void> {
  let open = [...Map.groupBy(appends, ({ streamId }) => streamId as AccountId)].map(([accountId, atHand]) => ({
    accountId,
    atHand,
    target: Math.max(...atHand.map(({ id }) => appendNumber(id))),
  }))
  while (open.length > 0) {
    const steps = await Promise.all(
      open.map(async one => ({ ...one, next: await missingAppends(projecting.accounts, one.accountId, one) })),
    )
    const waiting = steps.filter(({ next }) => next.length > 0)
    await projectStep(projecting, waiting)
    open = waiting.filter(({ next, target }) => appendNumber(next.at(-1)?.id ?? '0') < target)
  }
}

/** Brings the views of one account up to append number `target`, from its stream. */
export async function projectFromStream(projecting: Projecting, accountId: AccountId, target: number): Promise<void> {
  for (;;) {
    const next = await missingAppends(projecting.accounts, accountId, { target, atHand: [] })
    if (next.length === 0) return
    await projectStep(projecting, [{ accountId, next }])
  }
}

type Step = { readonly accountId: AccountId; readonly next: readonly Append[] }

async function projectStep(projecting: Projecting, steps: readonly Step[]): Promise<void> {
  const { settings, transfers, operations, owners, accounts } = projecting
  const appends = steps.flatMap(({ next }) => next as (Append & Recorded)[])
  const facts = appends.flatMap(recorded => factsIn(recorded, settings.currency))
  await Promise.all([
    projectTransfers(transfers, facts),
    projectOperations(operations, appends),
    projectOwners(owners, appends),
  ])
  await Promise.all(steps.map(({ accountId, next }) => projectAccount(accounts, accountId, next)))
}
