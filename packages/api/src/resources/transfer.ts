import type { Documents } from '@remit/documents/documents'
import { accountCommand } from '@remit/domain/account/commands'
import type { Recorded } from '@remit/domain/account/recorded'
import { accountOf, derivedCommandId, type TransferId } from '@remit/domain/ids'
import { toWire } from '@remit/domain/money'
import { factsIn, mergeFacts, type TransferFacts } from '@remit/domain/transfer/facts'
import { statusOf, updatedAt, versionOf } from '@remit/domain/transfer/status'
import type { Role } from '../http/identity.ts'
import type { Reading } from '../ports.ts'
import { type Texts, transferView } from '../views.ts'
import { textsOf } from './details.ts'
import type { TransferResource } from './shapes.ts'
import { waitedFor } from './wait.ts'

export function transferKey(transferId: TransferId) {
  return { partition: transferId, id: transferId }
}

/** What is known of a transfer: by the view or, before it has heard of it, by the stored command. */
export async function findTransfer(reading: Reading, transferId: TransferId): Promise<TransferFacts | undefined> {
  const item = await reading.stores.transfers.read(transferKey(transferId))
  if (item !== undefined) return transferView.parse(item).facts
  return wishedTransfer(reading, transferId)
}

async function wishedTransfer(reading: Reading, transferId: TransferId): Promise<TransferFacts | undefined> {
  const from = accountOf(transferId)
  const item = await reading.stores.commands.read({ partition: from, id: transferId })
  const command = accountCommand.safeParse(item).data
  return command?.type === 'SendCredits' ? factsOfWish(command, reading.settings.currency) : undefined
}

type Wish = {
  id: string
  streamId: TransferFacts['from']
  at: string
  data: Pick<TransferFacts, 'to' | 'amount' | 'text'>
}

/** A transfer nobody has decided yet. */
export function factsOfWish({ id, streamId, at, data }: Wish, currency: string): TransferFacts {
  const { to, amount, text } = data
  const base = { transferId: id as TransferId, from: streamId, to, amount, currency, requestedAt: at }
  return text === undefined ? base : { ...base, text }
}

/** What both streams say of a transfer: slower than the view, and never behind. */
async function factsOnStreams(reading: Reading, transferId: TransferId): Promise<TransferFacts | undefined> {
  const wish = await findTransfer(reading, transferId)
  if (wish === undefined) return undefined
  const { events } = reading.stores
  const answers = (step: 'receive' | 'return' | 'expire') => derivedCommandId(transferId, step)
  const found = await Promise.all([
    mentioning(events, wish.from, { path: 'outcomes', member: 'commandId', values: [transferId, answers('return')] }),
    mentioning(events, wish.from, { path: 'events', member: 'data.transferId', values: [transferId] }),
    mentioning(events, wish.to, { path: 'outcomes', member: 'commandId', values: [answers('receive')] }),
  ])
  const facts = found.flat().flatMap(recorded => factsIn(recorded, reading.settings.currency))
  return facts.filter(one => one.transferId === transferId).reduce(mergeFacts, wish)
}

/** A transfer has few events; more appends than this never mention one. */
const MENTIONS = 20

async function mentioning(
  events: Documents,
  streamId: string,
  some: { path: string; member: string; values: string[] },
): Promise<Recorded[]> {
  const items = await events.query(streamId, { where: [{ ...some, is: 'some in' }], limit: MENTIONS })
  return items as unknown as Recorded[]
}

/**
 * How a transfer stands now.
 *
 * @param sees whether the transfer may be seen; for one that may not nobody waits, and it is as if it did not exist.
 */
export async function transferNow(
  reading: Reading,
  transferId: TransferId,
  minVersion = 0,
  sees: (facts: TransferFacts) => Promise<boolean> = async () => true,
): Promise<TransferFacts | undefined> {
  // Who may see a transfer may see it for ever, so that waiting does not ask again.
  let seen = false
  const found = await waitedFor(reading, minVersion, {
    fromView: async () => {
      const facts = await findTransfer(reading, transferId)
      seen ||= facts !== undefined && (await sees(facts))
      return seen ? withVersion(facts) : undefined
    },
    fromStream: async () => withVersion(await factsOnStreams(reading, transferId)),
  })
  return found?.facts
}

function withVersion(facts: TransferFacts | undefined) {
  return facts && { facts, version: versionOf(facts) }
}

/** Roles that see who decided. */
const SEE_DECIDERS: readonly Role[] = ['reviewer', 'operator', 'auditor']

/** The resources for these transfers, their free texts read together. */
export async function transferResources(
  reading: Reading,
  transfers: readonly TransferFacts[],
  roles: ReadonlySet<Role>,
): Promise<TransferResource[]> {
  const keys = transfers.flatMap(facts => [
    { partition: facts.from, id: facts.text === undefined ? undefined : facts.transferId },
    { partition: facts.from, id: facts.declined?.commandId },
  ])
  const wanted = keys.flatMap(({ partition, id }) => (id === undefined ? [] : [{ partition, id }]))
  const texts = await textsOf(reading.stores.details, wanted)
  const byId = new Map(wanted.map(({ id }, index) => [id, texts[index] ?? {}]))
  return transfers.map(facts => {
    const own = byId.get(facts.transferId) ?? {}
    const decline = byId.get(facts.declined?.commandId ?? '') ?? {}
    return transferResource(
      facts,
      { ...own, ...decline },
      SEE_DECIDERS.some(role => roles.has(role)),
    )
  })
}

function transferResource(facts: TransferFacts, texts: Texts, seesDeciders: boolean): TransferResource {
  const { transferId, from, to, currency, held } = facts
  const status = statusOf(facts)
  const reason = facts.refused?.reason ?? facts.bounced?.reason ?? (status === 'declined' ? texts.reason : undefined)
  const approvals = Object.entries(facts.approvals ?? {}).sort(([, a], [, b]) => (a.at < b.at ? -1 : 1))
  const approvedBy = approvals.map(([by]) => by)
  const decidedBy = facts.declined ? [...approvedBy, facts.declined.by] : approvedBy
  const updated = updatedAt(facts)
  return {
    transferId,
    from,
    to,
    amount: toWire(facts.amount),
    fee: toWire(facts.received?.fee ?? 0),
    currency,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(texts.memo === undefined ? {} : { memo: texts.memo }),
    ...(texts.metadata === undefined ? {} : { metadata: texts.metadata }),
    requestedAt: facts.requestedAt ?? updated,
    updatedAt: updated,
    ...(held ? { reviewDueAt: held.dueAt, approvals: approvedBy.length, approvalsNeeded: held.approvalsNeeded } : {}),
    ...(seesDeciders && decidedBy.length > 0 ? { decidedBy } : {}),
    version: versionOf(facts),
  }
}
