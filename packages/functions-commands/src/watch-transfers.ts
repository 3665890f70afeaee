import { park } from '@remit/api/parking'
import { timeOf } from '@remit/api/ports'
import { transferView } from '@remit/api/views'
import type { Documents, StoredItem } from '@remit/documents/documents'
import type { AccountCommand } from '@remit/domain/account/commands'
import { accountOf, type TransferId } from '@remit/domain/ids'
import { type Moving, owedCommands, sendOwed } from './move-transfers.ts'

/** Transfers looked at together. */
const PAGE = 100
/** Transfers looked at in one go; the next goes on where it ended, so that those that stand still hold up no others. */
const MOST = 2_000

type Watching = Moving & { readonly transfers: Documents }

/**
 * Asks again what is owed to transfers that should have gone on by now, and expires reviews that are due. Run by a
 * timer: it finds what a lost reaction left behind, in the view, by the time from which somebody should ask.
 */
export function transferWatch(moving: Watching): () => Promise<void> {
  let pages: AsyncIterator<StoredItem[]> | undefined
  return async () => {
    for (let seen = 0; seen < MOST; ) {
      pages ??= dueTransfers(moving)
      const page: IteratorResult<StoredItem[]> = await pages.next().catch(error => {
        pages = undefined
        throw error
      })
      if (page.done) {
        pages = undefined
        return
      }
      seen += page.value.length
      await askAgain(moving, page.value)
    }
  }
}

function dueTransfers({ transfers, world }: Watching): AsyncIterator<StoredItem[]> {
  const due = { path: 'attentionAt', is: '<=', value: timeOf(world) } as const
  return transfers.scan({ where: [due], limit: PAGE })[Symbol.asyncIterator]()
}

/** What cannot be asked for one transfer is parked, and holds up no other. */
async function askAgain(moving: Watching, page: readonly StoredItem[]): Promise<void> {
  const wanted: AccountCommand[] = []
  for (const item of page) {
    try {
      const { facts } = transferView.parse(item)
      wanted.push(...owedCommands(moving, facts, { correlationId: facts.correlationId ?? facts.transferId }))
    } catch (error) {
      const streamId = accountOf(item.id as TransferId)
      await park(moving, { id: item.id, streamId }, { handler: 'watchTransfers', error })
    }
  }
  await sendOwed(moving, wanted)
}
