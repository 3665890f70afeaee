import { createHash } from 'node:crypto'
import type { Documents, StoredItem } from '@remit/documents/documents'
import type { Decider, Decision } from '@remit/domain/decider'
import type { Append } from '@remit/event-store/append'
import type { StoredCommand } from '@remit/event-store/decide-append'
import { type EventStore, handleCommands } from '@remit/event-store/handle-commands'
import { HeadsCache } from '@remit/event-store/heads-cache'
import type { Verdict } from '@remit/event-store/stream-work'
import { expect } from 'vitest'

/** A rule that knows nothing of credits: it counts, up to a bound. */
export type Counter = { readonly count: number }
export type CounterEvent =
  | { readonly type: 'Added'; readonly data: { readonly by: number } }
  | { readonly type: 'WasReset'; readonly data: object }
export type CounterCommand = StoredCommand & {
  readonly type: 'Add' | 'Reset' | 'Burst' | 'Break'
  readonly data: { readonly by: number }
}
export type CounterRule = Decider<Counter, CounterCommand, CounterEvent>

const BOUND = 1000

export const counterRule: CounterRule = {
  reducer: 'counter-1',
  initial: { count: 0 },
  decide,
  evolve: (state, event) => ({ count: event.type === 'Added' ? state.count + event.data.by : 0 }),
  parse: stored => {
    const event = stored as CounterEvent
    if (event.type !== 'Added' && event.type !== 'WasReset') throw new TypeError('this is no event of a counter')
    return event
  },
}

function decide({ type, data: { by } }: CounterCommand, { count }: Counter): Decision<CounterEvent, string> {
  switch (type) {
    case 'Add':
      if (count + by > BOUND) return { result: 'refused', reason: 'above_the_bound' }
      return by === 0 ? { result: 'no_effect' } : { result: 'applied', events: [{ type: 'Added', data: { by } }] }
    case 'Burst': {
      const one: CounterEvent = { type: 'Added', data: { by: 1 } }
      return { result: 'applied', events: [one, ...Array.from({ length: by - 1 }, () => one)] }
    }
    case 'Reset':
      return count === 0 ? { result: 'no_effect' } : { result: 'applied', events: [{ type: 'WasReset', data: {} }] }
    case 'Break':
      throw new Error('the rule has a defect')
  }
}

export const NOON = Date.parse('2026-01-01T12:00:00.000Z')

type Told = {
  readonly type?: CounterCommand['type']
  readonly by?: number
  readonly stream?: string
  /** When the store took it, in seconds after noon. */
  readonly second?: number
  /** How far `at` is from when the store took it, in seconds. */
  readonly drift?: number
  readonly causationId?: string
  readonly traceparent?: string
}

/** A stored command. Its hash is made up: this package only carries it. */
export function command(id: string, told: Told = {}): CounterCommand {
  const { type = 'Add', by = 1, stream = 's', second = 0, drift = 0, ...cause } = told
  return {
    id,
    streamId: stream,
    type,
    data: { by },
    hash: createHash('sha256').update(id).digest('hex'),
    actor: { kind: 'person', id: `sender of ${id}` },
    at: new Date(NOON + (second - drift) * 1000).toISOString(),
    correlationId: `request ${id}`,
    ...cause,
    _ts: NOON / 1000 + second,
  }
}

/** An instance of the app: its own memory, somebody's store. */
export function instance(events: Documents, rule: CounterRule = counterRule) {
  const store = counterStore(events, rule)
  return (...commands: CounterCommand[]) => handleCommands(store, commands)
}

export function counterStore(
  events: Documents,
  rule: CounterRule = counterRule,
): EventStore<Counter, CounterCommand, CounterEvent> {
  return { events, rule, heads: new HeadsCache<Counter>(100), now: () => NOON + 5 }
}

export const done: Verdict = { verdict: 'done' }
export const parked = expect.objectContaining({ verdict: 'park' })
/** Waits behind a command that is parked. */
export const waits = (behind: string): Verdict => ({ verdict: 'queued', behind })
export const again = expect.objectContaining({ verdict: 'retry', why: expect.any(String) })

/** All appends of a stream as they are stored, oldest first, without what the store adds. */
export async function stored(events: Documents, streamId = 's'): Promise<Append[]> {
  const items = await events.query(streamId, { orderBy: { path: 'id' }, limit: 10_000 })
  return items.map(withoutStamps)
}

function withoutStamps(item: StoredItem): Append {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !name.startsWith('_'))) as Append
}

export const outcomesOf = (appends: readonly Append[]) =>
  appends.flatMap(({ outcomes }) => outcomes.map(({ commandId, result }) => `${commandId} ${result}`))

export const answeredIn = (appends: readonly Append[]) =>
  appends.map(({ outcomes }) => outcomes.map(({ commandId }) => commandId))
