import { ComeAgain } from '@remit/api/parking'
import { transferOf } from '@remit/api/resources/operation'
import type { OperationView, OwnedAccount } from '@remit/api/views'
import type { Documents, Item } from '@remit/documents/documents'
import type { Recorded } from '@remit/domain/account/recorded'
import type { AccountId } from '@remit/domain/ids'

/**
 * Writes down the outcome of each command. An outcome never changes, so one that is there already is the same.
 *
 * @throws ComeAgain when the store does not take them all.
 */
export async function projectOperations(operations: Documents, appends: readonly Recorded[]): Promise<void> {
  await createAll(operations, appends.flatMap(operationsOf))
}

/** Adds each newly opened account to those of its owner. */
export async function projectOwners(owners: Documents, appends: readonly Recorded[]): Promise<void> {
  const opened = appends.flatMap(({ streamId, at, events }) =>
    events.flatMap(event => (event.type === 'AccountOpened' ? [ownedAccount(streamId, event.data.owner, at)] : [])),
  )
  await createAll(owners, opened)
}

/** The item of the owners view for an account opened at this time. */
export function ownedAccount(id: string, owner: string, openedAt: string): OwnedAccount {
  return { id, owner, order: `${openedAt} ${id}` }
}

async function createAll(into: Documents, items: readonly Item[]): Promise<void> {
  if (items.length === 0) return
  const results = await into.writeEach(items.map(item => ({ kind: 'create', item })))
  const missing = results.filter(({ result }) => result !== 'written' && result !== 'conflict')
  if (missing.length > 0) throw new ComeAgain(`${missing.length} view items could not be stored`)
}

/** The items of the operations view for the outcomes of one append. */
export function operationsOf({ streamId, events, outcomes }: Recorded): OperationView[] {
  return outcomes.map(outcome => {
    const { commandId: id, type: command, result: status, reason, actor } = outcome
    const caused = events.find(event => event.commandId === id)
    const transferId = transferOf({ id, type: command, data: caused?.data ?? outcome.data })
    return {
      id,
      accountId: streamId as AccountId,
      command,
      status,
      sentBy: actor.id,
      ...(reason === undefined ? {} : { reason }),
      ...(transferId === undefined ? {} : { transferId }),
    }
  })
}
