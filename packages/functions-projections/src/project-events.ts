import { park } from '@remit/api/parking'
import type { World } from '@remit/api/ports'
import type { Documents } from '@remit/documents/documents'
import { Recent } from '@remit/documents/recent'
import type { Recorded } from '@remit/domain/account/recorded'
import type { AccountId, TransferId } from '@remit/domain/ids'
import type { Settings } from '@remit/domain/settings'
import { factsIn } from '@remit/domain/transfer/facts'
import { type Append, append } from '@remit/event-store/append'
import { type AccountsView, type Known, projectAccount } from './projection/project-accounts.ts'
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

/**
 * Folds appends into the views. Fed by the change feed of `events`, at least once, in order per account.
 *
 * The accounts view is written last: its append number says that all views have this append, and everything before.
 *
 * @throws ComeAgain when the store does not take it all.
 */
export async function projectEvents(projecting: Projecting, items: readonly unknown[]): Promise<void> {
  const { settings } = projecting
  const appends: (Append & Recorded)[] = []
  for (const item of items) {
    const parsed = append.safeParse(item)
    if (parsed.success) appends.push(parsed.data as Append & Recorded)
    else await park(projecting, 'projectEvents', item, parsed.error)
  }
  const facts = appends.flatMap(recorded => factsIn(recorded, settings.currency))
  await Promise.all([
    projectTransfers(projecting.transfers, facts),
    projectOperations(projecting.operations, appends),
    projectOwners(projecting.owners, appends),
  ])
  const byAccount = Map.groupBy(appends, ({ streamId }) => streamId as AccountId)
  await Promise.all([...byAccount].map(([accountId, some]) => projectAccount(projecting.accounts, accountId, some)))
}
