import { park } from '@remit/api/parking'
import { timeOf } from '@remit/api/ports'
import { transferView } from '@remit/api/views'
import type { Documents } from '@remit/documents/documents'
import { accountOf, type TransferId } from '@remit/domain/ids'
import { type Moving, owedCommands, sendOwed } from './move-transfers.ts'

/** Transfers looked at together. */
const PAGE = 100
/** Transfers looked at in one go; what is left waits for the next. */
const MOST = 2_000

/**
 * Asks again what is owed to transfers that should have gone on by now, and expires reviews that are due. Run by a
 * timer: it finds what a lost reaction left behind, in the view, by the time from which somebody should ask.
 */
export async function watchTransfers(moving: Moving & { readonly transfers: Documents }): Promise<void> {
  const due = { path: 'attentionAt', is: '<=', value: timeOf(moving.world) } as const
  let seen = 0
  for await (const page of moving.transfers.scan({ where: [due], limit: PAGE })) {
    const read = page.map(item => transferView.safeParse(item))
    const wanted = read.flatMap(({ data }) => {
      if (data === undefined) return []
      const { facts } = data
      return owedCommands(moving, facts, { correlationId: facts.correlationId ?? facts.transferId })
    })
    await sendOwed(moving, wanted)
    for (const [index, { error }] of read.entries()) {
      const { id } = page[index] ?? { id: '' }
      if (error) await park(moving, { id, streamId: accountOf(id as TransferId) }, { handler: 'watchTransfers', error })
    }
    seen += page.length
    if (seen >= MOST) return
  }
}
