import { ComeAgain, park } from '@remit/api/parking'
import type { World } from '@remit/api/ports'
import type { Documents } from '@remit/documents/documents'
import { accountRule } from '@remit/domain/account/account'
import { type AccountCommand, accountCommand, actor as knownActor } from '@remit/domain/account/commands'
import type { AccountEvent } from '@remit/domain/account/events'
import type { Account } from '@remit/domain/account/state'
import type { Settings } from '@remit/domain/settings'
import { type EventStore, handleCommands } from '@remit/event-store/handle-commands'
import { HeadsCache } from '@remit/event-store/heads-cache'

export type Stamped = AccountCommand & { readonly _ts: number; readonly defect?: unknown }

/** The name under which commands are parked. */
export const HANDLER = 'decideCommands'

export type Deciding = {
  readonly store: EventStore<Account, Stamped, AccountEvent>
  readonly parked: Documents
  readonly world: World
}

/** Heads of streams a warm instance keeps. */
const WARM_HEADS = 20_000

export function deciding(ports: { events: Documents; parked: Documents; world: World; settings: Settings }): Deciding {
  const { events, parked, world, settings } = ports
  const heads = new HeadsCache<Account>(WARM_HEADS)
  return { store: { events, rule: accountRule(settings), heads, now: world.now }, parked, world }
}

/**
 * Gives each stored command its recorded outcome. Fed by the change feed of `commands`, at least once, in order per
 * account.
 *
 * A command that cannot be decided is parked, and what comes later for its account waits behind it.
 *
 * @throws ComeAgain when some must be handled again; all others are done or parked by then.
 */
export async function decideCommands(deciding: Deciding, items: readonly unknown[]): Promise<void> {
  const commands = items.map(asStamped)
  const verdicts = await handleCommands(deciding.store, commands)
  const again = new Set<string>()
  const parking: Promise<void>[] = []
  for (const [position, verdict] of verdicts.entries()) {
    const why = { handler: HANDLER, position }
    if (verdict.verdict === 'park') parking.push(park(deciding, commands[position], { ...why, error: verdict.error }))
    if (verdict.verdict === 'queued')
      parking.push(park(deciding, commands[position], { ...why, behind: verdict.behind }))
    if (verdict.verdict === 'retry') again.add(verdict.why)
  }
  await Promise.all(parking)
  if (again.size > 0) throw new ComeAgain([...again].join('; '))
}

/** A stored command as the event store takes it; one that nobody can read is never decided, and waits in its place. */
export function asStamped(item: unknown): Stamped {
  const stamped = item as Stamped
  const parsed = accountCommand.safeParse(item)
  if (parsed.success) return { ...parsed.data, _ts: stamped._ts }
  const { id, streamId, type, data, hash, actor, at, correlationId, _ts } = item as Record<keyof Stamped, unknown>
  const told = {
    id: String(id),
    streamId: String(streamId),
    type: String(type),
    data: data ?? null,
    hash: String(hash),
    actor: knownActor.safeParse(actor).data ?? { kind: 'process', id: HANDLER },
    at: String(at),
    correlationId: String(correlationId ?? id),
    _ts: Number(_ts),
    defect: parsed.error,
  }
  return told as Stamped
}
