import { ComeAgain } from '@remit/api/parking'
import { transferKey } from '@remit/api/resources/transfer'
import { type TransferView, transferView } from '@remit/api/views'
import type { Documents, Write } from '@remit/documents/documents'
import type { Recent } from '@remit/documents/recent'
import type { TransferId } from '@remit/domain/ids'
import { mergeFacts, type TransferFacts } from '@remit/domain/transfer/facts'
import { attentionAt } from '@remit/domain/transfer/process'
import { statusOf, versionOf } from '@remit/domain/transfer/status'

type Known = { readonly view: TransferView; readonly etag: string }

export type TransfersView = {
  readonly transfers: Documents
  readonly known: Recent<TransferId, Known>
}

/** A transfer in transit longer than this is asked about again; milliseconds. */
export const PATIENCE = 30_000
const ROUNDS = 6

/**
 * Adds facts to what the view knows. Facts of one transfer come from two streams, in any order and more than once: the
 * etag keeps two writers from losing each other's, and a fact known before changes nothing. The beginning of a transfer
 * is written without a look first: it is nearly always new, and where it is not the write says so.
 *
 * @throws ComeAgain when the store does not take them all.
 */
export async function projectTransfers(view: TransfersView, facts: readonly TransferFacts[]): Promise<void> {
  let open = unite(facts)
  for (let round = 1; open.size > 0; round++) {
    if (round > ROUNDS) throw new ComeAgain(`${open.size} transfers could not be written`)
    const asked = [...open.values()].filter(({ requestedAt }) => round > 1 || requestedAt === undefined)
    await readUnknown(
      view,
      asked.map(({ transferId }) => transferId),
    )
    const writes = [...open].flatMap(([id, more]) => {
      const write = writeOf(view.known.get(id), more)
      return write ? [{ id, more, ...write }] : []
    })
    const results = await view.transfers.writeEach(writes.map(({ write }) => write))
    open = new Map()
    for (const [index, { id, more, item }] of writes.entries()) {
      const written = results[index]
      if (written?.result === 'written') view.known.set(id, { view: item, etag: written.etag })
      else {
        view.known.drop(id)
        open.set(id, more)
      }
    }
  }
}

function unite(facts: readonly TransferFacts[]): Map<TransferId, TransferFacts> {
  const united = new Map<TransferId, TransferFacts>()
  for (const one of facts) {
    const known = united.get(one.transferId)
    united.set(one.transferId, known ? mergeFacts(known, one) : one)
  }
  return united
}

async function readUnknown(view: TransfersView, ids: TransferId[]): Promise<void> {
  const unknown = ids.filter(id => view.known.get(id) === undefined)
  const items = await view.transfers.readMany(unknown.map(transferKey))
  for (const item of items) {
    if (item === undefined) continue
    const parsed = transferView.parse(item)
    view.known.set(parsed.facts.transferId, { view: parsed, etag: item._etag })
  }
}

function writeOf(known: Known | undefined, more: TransferFacts): { write: Write; item: TransferView } | undefined {
  const item = viewOf(known ? mergeFacts(known.view.facts, more) : more)
  if (known === undefined) return { item, write: { kind: 'create', item } }
  if (known.view.version === item.version) return undefined
  return { item, write: { kind: 'replace', item, etag: known.etag } }
}

/** The item of the transfers view for these facts. */
export function viewOf(facts: TransferFacts): TransferView {
  const due = attentionAt(facts, PATIENCE)
  const { transferId } = facts
  const base = { id: transferId, transferId, facts, status: statusOf(facts), version: versionOf(facts) }
  return due === undefined ? base : { ...base, attentionAt: due }
}
