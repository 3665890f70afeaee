import { StoreUnavailable } from '@remit/documents/documents'
import type { Decider } from '@remit/domain/decider'
import { type Append, appendNumber } from './append.ts'
import { appendOf, decideInOrder, type Origin, type StoredCommand } from './decide-append.ts'
import type { EventStore } from './handle-commands.ts'
import { type Head, headAfter } from './head.ts'
import { ENTRIES_PER_APPEND } from './stream-work.ts'
import { answeredOf, appendsAfter, loadHead, newestAppend } from './streams.ts'

/** What came of looking after a parked stream. */
export type Afterwards = {
  /** Ids of the commands that wait no longer: they have their outcome. */
  readonly answered: readonly string[]
  /** The first that still cannot be decided, and why. */
  readonly stuck: { readonly id: string; readonly error: unknown } | undefined
}

/** Reads stored commands, in the order asked. Throws StoreUnavailable when one is not to be seen. */
export type LoadCommands<Command> = (streamId: string, ids: readonly string[]) => Promise<Command[]>

/** Commands decided together. */
const TOGETHER = 100
const ROUNDS = 8

/**
 * Decides the commands that wait in a parked stream, in their order, until one has a defect again or none is left: the
 * very append that answers the last one says that nothing waits any more.
 *
 * @param by who asked for it; the appends made here carry it.
 * @throws StoreUnavailable when the store does not take it all; what was answered stays answered.
 */
export async function decideWaiting<
  State,
  Command extends StoredCommand,
  Event extends { type: string; data: unknown },
>(
  store: EventStore<State, Command, Event>,
  streamId: string,
  load: LoadCommands<Command>,
  by: Origin,
): Promise<Afterwards> {
  const answered: string[] = []
  let entries = ENTRIES_PER_APPEND
  for (let round = 1; round <= ROUNDS; round++) {
    const head = await headOf(store, streamId)
    if (head.parked === undefined) return { answered, stuck: undefined }
    const waiting = await waitingIn(store, streamId, head)
    const commands = await load(streamId, waiting.slice(0, TOGETHER))
    const decided = decideInOrder(store.rule, head, commands, entries)
    const [next] = decided.left
    if (decided.answered.length === 0 && next && decided.defect) {
      return { answered, stuck: { id: next.id, error: decided.defect.error } }
    }
    const result = await write(store, streamId, head, { ...decided, waiting, by })
    if (result === 'too_large') {
      if (decided.answered.length === 1) return { answered, stuck: { id: waiting[0] ?? '', error: new Error(result) } }
      entries = Math.max(1, Math.floor(entries / 2))
    }
    if (result !== 'written') continue
    answered.push(...decided.answered.map(({ id }) => id))
    round = 0
  }
  throw new StoreUnavailable('other writers were first, again and again')
}

/**
 * Gives a command that waits the outcome `refused`, undecided, for the reason given. It need not be the first.
 *
 * @returns false when the command does not wait: it has an outcome, or its stream is not parked.
 * @throws StoreUnavailable when the store does not take it.
 */
export async function refuseWaiting<
  State,
  Command extends StoredCommand,
  Event extends { type: string; data: unknown },
>(store: EventStore<State, Command, Event>, command: Command, reason: string, by: Origin): Promise<boolean> {
  const { streamId } = command
  const { defect: _, ...readable } = command
  for (let round = 1; round <= ROUNDS; round++) {
    const head = await headOf(store, streamId, 'unread')
    const waiting = head.parked ? await waitingIn(store, streamId, head) : []
    if (!waiting.includes(command.id)) return false
    const rule = { ...store.rule, decide: () => ({ result: 'refused', reason }) as const }
    const decided = decideInOrder(rule as Decider<State, Command, Event>, head, [readable as Command], 1)
    if ((await write(store, streamId, head, { ...decided, waiting, by })) === 'written') return true
  }
  throw new StoreUnavailable('other writers were first, again and again')
}

type ReadHead<State> = Head<State> & { readonly unread?: true }

/** @param unread what a stream that nobody can fold may be good for: going on without its state. */
async function headOf<State, Command extends StoredCommand, Event>(
  { events, rule }: EventStore<State, Command, Event>,
  streamId: string,
  unread?: 'unread',
): Promise<ReadHead<State>> {
  try {
    return await loadHead(events, streamId, rule)
  } catch (error) {
    const newest = error instanceof StoreUnavailable || !unread ? undefined : await newestAppend(events, streamId)
    if (newest === undefined) throw error
    return { ...headAfter(newest, rule.initial), unread: true }
  }
}

/** Ids of the commands that wait at this head, in their order. */
async function waitingIn<State, Command extends StoredCommand, Event>(
  { events }: EventStore<State, Command, Event>,
  streamId: string,
  { parked, number }: Head<State>,
): Promise<string[]> {
  const waiting = new Set<string>()
  const answered = new Set<string>()
  for await (const page of appendsAfter(events, streamId, (parked?.since ?? 1) - 1)) {
    for (const { id, queued, outcomes } of page) {
      if (appendNumber(id) > number) continue
      for (const one of queued ?? []) waiting.add(one)
      for (const { commandId } of outcomes) answered.add(commandId)
    }
  }
  const open = [...waiting].filter(id => !answered.has(id))
  const before = new Set<string>()
  for (let start = 0; start < open.length; start += TOGETHER) {
    for (const id of (await answeredOf(events, streamId, open.slice(start, start + TOGETHER))).keys()) before.add(id)
  }
  return open.filter(id => !before.has(id))
}

type Step<State, Command> = Omit<Parameters<typeof appendOf<State, StoredCommand & Command>>[2], never> & {
  readonly waiting: readonly string[]
  readonly by: Origin
}

/** One append that answers some of those that wait, or says that none waits any more. */
async function write<State, Command extends StoredCommand, Event>(
  store: EventStore<State, Command, Event>,
  streamId: string,
  head: ReadHead<State>,
  { waiting, by, ...decided }: Step<State, Command>,
) {
  const answered = new Set(decided.answered.map(({ id }) => id))
  const [first] = waiting.filter(id => !answered.has(id))
  const parked: Append['after']['parked'] = first === undefined ? undefined : { since: head.parked?.since ?? 1, first }
  const reducer = head.unread ? '' : store.rule.reducer
  const item = appendOf(reducer, head, decided, { now: store.now(), queued: [], parked, by: { ...by, streamId } })
  const { result } = await store.events.write({ kind: 'create', item })
  if (result === 'busy') throw new StoreUnavailable('the store is busy')
  if (result === 'written' && !head.unread) store.heads.set(streamId, headAfter(item, decided.state))
  else store.heads.drop(streamId)
  return result
}
