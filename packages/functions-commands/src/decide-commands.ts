import { ComeAgain, park } from '@remit/api/parking'
import type { World } from '@remit/api/ports'
import type { Documents } from '@remit/documents/documents'
import { accountRule } from '@remit/domain/account/account'
import { type AccountCommand, accountCommand } from '@remit/domain/account/commands'
import type { AccountEvent } from '@remit/domain/account/events'
import type { Account } from '@remit/domain/account/state'
import type { Settings } from '@remit/domain/settings'
import { type EventStore, handleCommands } from '@remit/event-store/handle-commands'
import { HeadsCache } from '@remit/event-store/heads-cache'

type Stamped = AccountCommand & { readonly _ts: number }

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
 * @throws ComeAgain when some must be handled again; all others are done or parked by then.
 */
export async function decideCommands(deciding: Deciding, items: readonly unknown[]): Promise<void> {
  const commands: Stamped[] = []
  for (const item of items) {
    const parsed = accountCommand.safeParse(item)
    if (parsed.success) commands.push({ ...parsed.data, _ts: (item as Stamped)._ts })
    else await park(deciding, 'decideCommands', item, parsed.error)
  }
  const verdicts = await handleCommands(deciding.store, commands)
  const again = new Set<string>()
  for (const [index, verdict] of verdicts.entries()) {
    if (verdict.verdict === 'park') await park(deciding, 'decideCommands', commands[index], verdict.error)
    if (verdict.verdict === 'retry') again.add(verdict.why)
  }
  if (again.size > 0) throw new ComeAgain([...again].join('; '))
}
