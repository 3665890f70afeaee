import {
  containerOf,
  type Edition,
  type Editions,
  type EditionsNow,
  otherThan,
  type ViewName,
} from '@remit/api/editions'
import type { Documents } from '@remit/documents/documents'
import { Recent } from '@remit/documents/recent'
import type { AccountId, TransferId } from '@remit/domain/ids'
import type { Settings } from '@remit/domain/settings'
import type { AccountsView, Known } from './projection/project-accounts.ts'
import type { TransfersView } from './projection/project-transfers.ts'

/** One edition of every view. */
export type Views = {
  readonly accounts: AccountsView
  readonly transfers: TransfersView
  readonly operations: Documents
  readonly owners: Documents
}

/** Every view as it is read, and the other editions that are kept beside it, for a rebuild or a rollback. */
export type KeptViews = { readonly read: Views; readonly beside: Partial<Views> }

export type ViewStores = { readonly [Name in ViewName | `${ViewName}-b` | 'events']: Documents }

/** View items a warm instance keeps, of each kind. */
const WARM_ITEMS = 20_000

/** What is to be written at any moment. What an instance keeps in memory of the views begins anew with every change. */
export function keptViews(stores: ViewStores, editions: Editions, settings: Settings): () => Promise<KeptViews> {
  let known: { readonly now: EditionsNow; readonly views: KeptViews } | undefined
  return async () => {
    const now = await editions.now()
    if (known?.now !== now) known = { now, views: viewsOf(stores, now, settings) }
    return known.views
  }
}

function viewsOf(stores: ViewStores, now: EditionsNow, settings: Settings): KeptViews {
  const open = openViews(stores, settings)
  const beside = <View extends ViewName>(view: View): Partial<Views> => {
    const { read, kept } = now[view]
    const other = otherThan(read)
    return kept.includes(other) ? { [view]: open[view](other) } : {}
  }
  return {
    read: {
      accounts: open.accounts(now.accounts.read),
      transfers: open.transfers(now.transfers.read),
      operations: open.operations(now.operations.read),
      owners: open.owners(now.owners.read),
    },
    beside: { ...beside('accounts'), ...beside('transfers'), ...beside('operations'), ...beside('owners') },
  }
}

/** Opens any edition of any view, with nothing of it in memory yet. */
export function openViews(
  stores: ViewStores,
  settings: Settings,
): { readonly [View in ViewName]: (edition: Edition) => Views[View] } {
  const store = (view: ViewName) => (edition: Edition) => stores[containerOf(view, edition) as keyof ViewStores]
  return {
    accounts: edition => {
      const known = new Recent<AccountId, Known>(WARM_ITEMS)
      return { accounts: store('accounts')(edition), events: stores.events, settings, known }
    },
    transfers: edition => ({
      transfers: store('transfers')(edition),
      known: new Recent<TransferId, never>(WARM_ITEMS),
    }),
    operations: store('operations'),
    owners: store('owners'),
  }
}
