import { memoryDocuments } from '@remit/documents/memory'
import { accountRule } from '@remit/domain/account/account'
import type { AccountCommand, CommandOf, CommandType } from '@remit/domain/account/commands'
import type { AccountEvent } from '@remit/domain/account/events'
import type { Account } from '@remit/domain/account/state'
import { type AccountId, type CommandId, commandIdFor, type TransferId } from '@remit/domain/ids'
import type { Refusal } from '@remit/domain/refusals'
import { defaultSettings, type Settings } from '@remit/domain/settings'
import { wishHash } from '@remit/domain/wish'
import { type Append, appendId, sealed } from '@remit/event-store/append'
import { handleCommands } from '@remit/event-store/handle-commands'
import { HeadsCache } from '@remit/event-store/heads-cache'
import { expect } from 'vitest'

export const NOON = '2026-01-01T12:00:00.000Z'
export const ALICE = '00000000-0000-4000-8000-00000000000a' as AccountId
export const BOB = '00000000-0000-4000-8000-00000000000b' as AccountId

/** A transfer id on Alice's account, by a name of its own. */
export const transfer = (name: string) => commandIdFor(ALICE, 'SendCredits', name) as string as TransferId

type Who = { readonly by?: string; readonly at?: string; readonly id?: CommandId }

/** A command as the door would build it. */
export function command<Type extends CommandType>(
  type: Type,
  data: CommandOf<Type>['data'],
  { by = 'alice', at = NOON, id = commandIdFor(ALICE, type, 'the command') }: Who = {},
): AccountCommand {
  const wish = { type, streamId: ALICE, data: data as Record<string, unknown> }
  const actor = { kind: 'person', id: by } as const
  return { ...wish, id, hash: wishHash(wish), actor, at, correlationId: 'a request' } as AccountCommand
}

/** What a rule answers: the events it records, `refused` with the reason, or `no effect`. */
export type Outcome = readonly AccountEvent[] | { readonly refused: Refusal } | 'no effect'

/**
 * Given what was recorded, when this command comes, then this happens. Every example runs through the event store, and
 * then once more with an empty cache: the second time nothing may happen.
 */
export async function example(
  given: readonly AccountEvent[],
  when: AccountCommand,
  then: Outcome,
  settings: Settings = defaultSettings,
): Promise<void> {
  const events = memoryDocuments({ partitionKey: 'streamId', now: () => Date.parse(NOON) })
  const rule = accountRule(settings)
  if (given.length > 0) await events.write({ kind: 'create', item: recorded(given, rule.initial, rule) })
  const before = events.all().length
  const handle = () => {
    const heads = new HeadsCache<Account>(10)
    const stamped = { ...when, _ts: Date.parse(when.at) / 1000 }
    return handleCommands({ events, rule, heads, now: () => Date.parse(NOON) }, [stamped])
  }
  expect(await handle()).toEqual([{ verdict: 'done' }])
  const appends = events.all() as unknown as Append[]
  expect(appends).toHaveLength(before + 1)
  expect(outcomeOf(appends.at(-1))).toEqual(then)
  expect(await handle()).toEqual([{ verdict: 'done' }])
  expect(events.all()).toHaveLength(before + 1)
}

function outcomeOf(append: Append | undefined): Outcome | undefined {
  const outcome = append?.outcomes[0]
  if (outcome?.result === 'refused') return { refused: outcome.reason as Refusal }
  if (outcome?.result === 'no_effect') return 'no effect'
  return append?.events.map(({ type, data }) => ({ type, data }) as AccountEvent)
}

function recorded(given: readonly AccountEvent[], initial: Account, rule: ReturnType<typeof accountRule>): Append {
  const events = given.map((event, index) => ({ ...event, version: index + 1, commandId: `earlier ${index}` }))
  return sealed({
    id: appendId(1),
    streamId: ALICE,
    from: 1,
    to: given.length,
    events,
    outcomes: [],
    at: NOON,
    actor: { kind: 'person', id: 'earlier' },
    correlationId: 'earlier',
    after: { reducer: rule.reducer, state: given.reduce(rule.evolve, initial), lastTs: 0, recent: [] },
    previousHash: '',
  })
}
