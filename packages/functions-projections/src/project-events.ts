import type { Editions } from '@remit/api/editions'
import { isForNow, park } from '@remit/api/parking'
import type { World } from '@remit/api/ports'
import type { Documents } from '@remit/documents/documents'
import type { Recorded } from '@remit/domain/account/recorded'
import type { AccountId } from '@remit/domain/ids'
import type { Settings } from '@remit/domain/settings'
import { factsIn } from '@remit/domain/transfer/facts'
import { type Append, append, appendNumber } from '@remit/event-store/append'
import { type KeptViews, keptViews, type ViewStores, type Views } from './kept-views.ts'
import { bringAccount, missingAppends, projectAccount } from './projection/project-accounts.ts'
import { projectOperations, projectOwners } from './projection/project-operations.ts'
import { projectTransfers } from './projection/project-transfers.ts'

export type Projecting = {
  readonly views: () => Promise<KeptViews>
  readonly parked: Documents
  readonly world: World
  readonly settings: Settings
}

type Stores = ViewStores & { readonly parked: Documents }

export function projecting(stores: Stores, editions: Editions, world: World, settings: Settings): Projecting {
  return { views: keptViews(stores, editions, settings), parked: stores.parked, world, settings }
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
    const views = await projecting.views()
    const steps = await Promise.all(
      open.map(async one => ({ ...one, next: await missingAppends(views.read.accounts, one.accountId, one) })),
    )
    const waiting = steps.filter(({ next }) => next.length > 0)
    // An append the views have already may be missing in what is kept beside them.
    const seen = steps.flatMap(({ accountId, atHand, next }) => (next.length > 0 ? [] : [{ accountId, next: atHand }]))
    await keepBeside(projecting, views.beside, seen)
    await projectStep(projecting, views, waiting)
    open = waiting.filter(({ next, target }) => appendNumber(next.at(-1)?.id ?? '0') < target)
  }
}

/** Brings the views of one account up to append number `target`, from its stream. */
export async function projectFromStream(
  projecting: Pick<Projecting, 'views' | 'settings'>,
  accountId: AccountId,
  target: number,
): Promise<void> {
  for (;;) {
    const views = await projecting.views()
    const next = await missingAppends(views.read.accounts, accountId, { target, atHand: [] })
    if (next.length === 0) return
    await projectStep(projecting, views, [{ accountId, next }])
  }
}

type Step = { readonly accountId: AccountId; readonly next: readonly Append[] }

async function projectStep(
  projecting: Pick<Projecting, 'settings'>,
  { read, beside }: KeptViews,
  steps: readonly Step[],
): Promise<void> {
  await projectOthers(projecting, read, steps)
  await keepBeside(projecting, beside, steps)
  await Promise.all(steps.map(({ accountId, next }) => projectAccount(read.accounts, accountId, next)))
}

/** Folds appends into all views but that of the accounts. */
export async function projectOthers(
  { settings }: Pick<Projecting, 'settings'>,
  { transfers, operations, owners }: Partial<Views>,
  steps: readonly Step[],
): Promise<void> {
  const appends = steps.flatMap(({ next }) => next as (Append & Recorded)[])
  await Promise.all([
    transfers &&
      projectTransfers(
        transfers,
        appends.flatMap(recorded => factsIn(recorded, settings.currency)),
      ),
    operations && projectOperations(operations, appends),
    owners && projectOwners(owners, appends),
  ])
}

/**
 * Folds appends into the editions nobody reads. They stop nobody: what cannot be folded there they lack, and whoever
 * wants to switch to them finds out.
 *
 * @throws ComeAgain when the store does not take it all.
 */
async function keepBeside(
  projecting: Pick<Projecting, 'settings'>,
  beside: Partial<Views>,
  steps: readonly Step[],
): Promise<void> {
  const { accounts } = beside
  if (steps.length === 0 || Object.keys(beside).length === 0) return
  try {
    await projectOthers(projecting, beside, steps)
    if (accounts) await Promise.all(steps.map(({ accountId, next }) => bringAccount(accounts, accountId, next)))
  } catch (error) {
    if (isForNow(error)) throw error
    const single = steps.flatMap(({ accountId, next }) => next.map(one => ({ accountId, next: [one] })))
    if (single.length > 1) for (const one of single) await keepBeside(projecting, beside, [one])
  }
}
