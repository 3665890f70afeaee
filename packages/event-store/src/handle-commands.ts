import { type Documents, StoreUnavailable, type WriteResult } from '@remit/documents/documents'
import type { Decider } from '@remit/domain/decider'
import type { Append } from './append.ts'
import { appendOf, type Decided, decideInOrder, type StoredCommand } from './decide-append.ts'
import { type Head, headAfter } from './head.ts'
import type { HeadsCache } from './heads-cache.ts'
import { answeredBefore } from './sameness.ts'
import { giveUp, groupByStream, shrink, takeOut, type Verdict, verdictOn, type Work } from './stream-work.ts'
import { advance, answeredOf, appendsAfter, loadHead, newestAppend } from './streams.ts'

export type EventStore<State, Command extends StoredCommand, Event> = {
  readonly events: Documents
  readonly rule: Decider<State, Command, Event>
  readonly heads: HeadsCache<State>
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** How often one stream is decided again after another writer was first, or after a write whose fate is unknown. */
const ROUNDS = 8

/** One append on its way, what it answers and what it makes wait. */
type Round<State, Command> = {
  readonly work: Work<State, Command>
  readonly item: Append
  readonly state: State
  readonly answered: readonly Command[]
  readonly queued: readonly Command[]
  readonly error: unknown
}

/**
 * Gives every command its one recorded outcome: groups them by stream, decides each stream's commands in order and
 * appends once per stream, all streams together. Handles anything twice, late or at the same time as somebody else.
 *
 * A command that cannot be decided parks its stream: it and all that come later are queued in the stream itself, by the
 * same conditional append as everything else, so that no two writers can disagree on the order.
 *
 * @returns a verdict for each command, in the order given. Never throws for what the store does.
 */
export async function handleCommands<
  State,
  Command extends StoredCommand,
  Event extends { type: string; data: unknown },
>(store: EventStore<State, Command, Event>, commands: readonly Command[]): Promise<Verdict[]> {
  const verdicts = new Map<string, Verdict>()
  let open = groupByStream<State, Command>(commands)
  while (open.length > 0) {
    const rounds = await Promise.all(open.map(work => decideRound(store, work, verdicts)))
    const writing = rounds.filter(round => round !== undefined)
    const results = await store.events.writeEach(writing.map(({ item }) => ({ kind: 'create', item })))
    await Promise.all(writing.map((round, index) => settle(store, round, results[index], verdicts)))
    open = open.filter(work => work.pending.length > 0)
  }
  return commands.map(({ id }) => verdicts.get(id) ?? { verdict: 'retry', why: 'left undecided' })
}

/** Loads the head, takes out what was answered before, decides the rest or queues it. */
async function decideRound<State, Command extends StoredCommand, Event extends { type: string; data: unknown }>(
  store: EventStore<State, Command, Event>,
  work: Work<State, Command>,
  verdicts: Map<string, Verdict>,
): Promise<Round<State, Command> | undefined> {
  const { rule } = store
  try {
    const head = await headOf(store, work)
    const { unreadable } = work
    await takeOutAnswered(store, work, head, verdicts)
    if (work.pending.length === 0) return undefined
    const waits = head.parked !== undefined || unreadable !== undefined
    const decided = waits
      ? nothingDecided(rule, head, work.pending)
      : decideInOrder(rule, head, work.pending, work.entries)
    const queued = waits || decided.defect ? decided.left : []
    const parked = queued[0] && (head.parked ?? { since: head.number + 1, first: queued[0].id })
    const reducer = unreadable === undefined ? rule.reducer : UNKNOWN
    const { state, answered, defect } = decided
    const by = answered[0] ?? queued[0]
    const item = by && appendOf(reducer, head, decided, { now: store.now(), queued, parked, by })
    return item && { work, item, state, answered, queued, error: unreadable ?? defect?.error }
  } catch (error) {
    giveUp(work, verdictOn(error), verdicts)
    return undefined
  }
}

/** The reducer of an append whose writer could not fold the stream: whoever can will fold from the start. */
const UNKNOWN = ''

/** The head to decide on. Where no fold is possible, what must be known to go on appending. */
async function headOf<State, Command extends StoredCommand, Event>(
  store: EventStore<State, Command, Event>,
  work: Work<State, Command>,
): Promise<Head<State>> {
  work.head ??= store.heads.get(work.streamId)
  try {
    work.head ??= await loadHead(store.events, work.streamId, store.rule)
  } catch (error) {
    await goOnUnread(store, work, error)
  }
  if (work.head === undefined) throw new Error('a stream without a head')
  return work.head
}

/** Takes the head without a fold: enough to queue what comes. */
async function goOnUnread<State, Command extends StoredCommand, Event>(
  store: EventStore<State, Command, Event>,
  work: Work<State, Command>,
  error: unknown,
): Promise<void> {
  if (error instanceof StoreUnavailable) throw error
  const newest = await newestAppend(store.events, work.streamId)
  if (newest === undefined) throw error
  store.heads.drop(work.streamId)
  work.head = headAfter(newest, store.rule.initial)
  work.unreadable = error
}

/** Behind a parked command nothing is decided; that very command says again why it cannot be. */
function nothingDecided<State, Command extends StoredCommand, Event extends { type: string; data: unknown }>(
  rule: Decider<State, Command, Event>,
  head: Head<State>,
  pending: readonly Command[],
): Decided<State, Command> {
  const [first] = pending
  const culprit = first !== undefined && first.id === head.parked?.first
  const defect = culprit ? decideInOrder(rule, head, [first], 1).defect : undefined
  return { state: head.state, events: [], outcomes: [], answered: [], left: pending, defect }
}

async function takeOutAnswered<State, Command extends StoredCommand, Event>(
  store: EventStore<State, Command, Event>,
  work: Work<State, Command>,
  head: Head<State>,
  verdicts: Map<string, Verdict>,
): Promise<void> {
  const known = new Map(work.pending.map(command => [command.id, answeredBefore(head, command)]))
  const unsure = [...known].filter(([, answer]) => answer === 'unsure').map(([id]) => id)
  const found = unsure.length > 0 ? await answeredOf(store.events, work.streamId, unsure) : new Map()
  takeOut(work, ({ id }) => known.get(id) === 'yes' || found.has(id), verdicts)
}

/** Goes on from what became of the write. */
async function settle<State, Command extends StoredCommand, Event>(
  store: EventStore<State, Command, Event>,
  round: Round<State, Command>,
  result: WriteResult | undefined,
  verdicts: Map<string, Verdict>,
): Promise<void> {
  const { work, item, answered } = round
  switch (result?.result) {
    case 'written': {
      const head = headAfter(item, round.state)
      if (item.after.reducer === store.rule.reducer) store.heads.set(work.streamId, head)
      work.head = head
      for (const { id } of answered) verdicts.set(id, { verdict: 'done' })
      sayWhoWaits(round, verdicts)
      const settled = new Set([...answered, ...round.queued].map(({ id }) => id))
      work.pending = work.pending.filter(({ id }) => !settled.has(id))
      return
    }
    case 'busy':
      return giveUp(work, { verdict: 'retry', why: 'the store is busy' }, verdicts)
    case 'too_large':
      return shrink(work, answered)
    default:
      return catchUp(store, work, verdicts)
  }
}

function sayWhoWaits<Command extends StoredCommand>(
  { item, queued, error }: Round<unknown, Command>,
  verdicts: Map<string, Verdict>,
): void {
  const behind = item.after.parked?.first ?? ''
  for (const { id } of queued) {
    const why = error ?? new Error('it could not be decided before; perhaps it can by now')
    verdicts.set(id, id === behind ? { verdict: 'park', error: why } : { verdict: 'queued', behind })
  }
}

/**
 * Somebody else wrote this append, or it was we and the answer was lost: read what is there, take out what is answered
 * there, and let the rest be decided again on the fresh state. The read may be stale; then the next round sees it.
 */
async function catchUp<State, Command extends StoredCommand, Event>(
  store: EventStore<State, Command, Event>,
  work: Work<State, Command>,
  verdicts: Map<string, Verdict>,
): Promise<void> {
  work.rounds += 1
  if (work.rounds >= ROUNDS || work.head === undefined) {
    return giveUp(work, { verdict: 'retry', why: 'other writers were first, again and again' }, verdicts)
  }
  try {
    for await (const page of appendsAfter(store.events, work.streamId, work.head.number)) {
      const answered = new Set(page.flatMap(item => item.outcomes.map(({ commandId }) => commandId)))
      takeOut(work, ({ id }) => answered.has(id), verdicts)
      work.head = advance(work.head, page, store.rule)
      store.heads.set(work.streamId, work.head)
    }
  } catch (error) {
    await goOnUnread(store, work, error).catch(failure => giveUp(work, verdictOn(failure), verdicts))
  }
}
