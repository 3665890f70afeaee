import { type Documents, StoreUnavailable, type WriteResult } from '@remit/documents/documents'
import type { Decider } from '@remit/domain/decider'
import { type Decided, decideAppend, type StoredCommand } from './decide-append.ts'
import type { Head } from './head.ts'
import type { HeadsCache } from './heads-cache.ts'
import { answeredBefore } from './sameness.ts'
import { advance, answeredOf, appendsAfter, loadHead } from './streams.ts'

/**
 * What became of a command: it has its recorded outcome (`done`), the store could not be asked and the command must
 * come again (`retry`), or the code has a defect on it (`park`).
 */
export type Verdict =
  | { readonly verdict: 'done' }
  | { readonly verdict: 'retry'; readonly why: string }
  | { readonly verdict: 'park'; readonly error: unknown }

export type EventStore<State, Command extends StoredCommand, Event> = {
  readonly events: Documents
  readonly rule: Decider<State, Command, Event>
  readonly heads: HeadsCache<State>
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** How often one stream is decided again after another writer was first, or after a write whose fate is unknown. */
const ROUNDS = 8

/** A view of one append must fit one transactional batch of 100 items, its summary included. */
const ENTRIES_PER_APPEND = 90

type Work<State, Command> = {
  readonly streamId: string
  pending: Command[]
  head: Head<State> | undefined
  entries: number
  rounds: number
}

type Round<State, Command> = { work: Work<State, Command>; decided: Decided<State, Command> }

/**
 * Gives every command its one recorded outcome: groups them by stream, decides each stream's commands in order and
 * appends once per stream, all streams together. Handles anything twice, late or at the same time as somebody else.
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
    const writing = rounds.flatMap(round => (round?.decided.item ? [{ ...round, item: round.decided.item }] : []))
    const results = await store.events.writeEach(writing.map(({ item }) => ({ kind: 'create', item })))
    await Promise.all(writing.map((round, index) => settle(store, round, results[index], verdicts)))
    open = open.filter(work => work.pending.length > 0)
  }
  return commands.map(({ id }) => verdicts.get(id) ?? { verdict: 'retry', why: 'left undecided' })
}

function groupByStream<State, Command extends StoredCommand>(commands: readonly Command[]): Work<State, Command>[] {
  const works = new Map<string, Work<State, Command>>()
  const seen = new Set<string>()
  for (const command of commands) {
    if (seen.has(command.id)) continue
    seen.add(command.id)
    const { streamId } = command
    const work = works.get(streamId) ?? {
      streamId,
      pending: [],
      head: undefined,
      entries: ENTRIES_PER_APPEND,
      rounds: 0,
    }
    work.pending.push(command)
    works.set(streamId, work)
  }
  return [...works.values()]
}

/** Loads the head, takes out what was answered before, decides the rest. */
async function decideRound<State, Command extends StoredCommand, Event extends { type: string; data: unknown }>(
  store: EventStore<State, Command, Event>,
  work: Work<State, Command>,
  verdicts: Map<string, Verdict>,
): Promise<Round<State, Command> | undefined> {
  try {
    work.head ??= store.heads.get(work.streamId) ?? (await loadHead(store.events, work.streamId, store.rule))
    await takeOutAnswered(store, work, work.head, verdicts)
    const limits = { entries: work.entries, now: store.now() }
    const decided = decideAppend(store.rule, work.head, work.pending, limits)
    for (const { command, error } of decided.defects) verdicts.set(command.id, { verdict: 'park', error })
    if (decided.item === undefined) work.pending = [...decided.left]
    return { work, decided }
  } catch (error) {
    giveUp(work, verdictOn(error), verdicts)
    return undefined
  }
}

async function takeOutAnswered<State, Command extends StoredCommand, Event>(
  store: EventStore<State, Command, Event>,
  work: Work<State, Command>,
  head: Head<State>,
  verdicts: Map<string, Verdict>,
): Promise<void> {
  const known = new Map(work.pending.map(command => [command.id, answeredBefore(head, command)]))
  const unsure = [...known].filter(([, answer]) => answer === 'unsure').map(([id]) => id)
  const found = unsure.length > 0 ? await answeredOf(store.events, work.streamId, unsure) : new Set<string>()
  takeOut(work, ({ id }) => known.get(id) === 'yes' || found.has(id), verdicts)
}

function takeOut<Command extends StoredCommand>(
  work: Work<unknown, Command>,
  answered: (command: Command) => boolean,
  verdicts: Map<string, Verdict>,
): void {
  for (const { id } of work.pending.filter(answered)) verdicts.set(id, { verdict: 'done' })
  work.pending = work.pending.filter(command => !answered(command))
}

/** Goes on from what became of the write. */
async function settle<State, Command extends StoredCommand, Event>(
  store: EventStore<State, Command, Event>,
  { work, decided }: Round<State, Command>,
  result: WriteResult | undefined,
  verdicts: Map<string, Verdict>,
): Promise<void> {
  switch (result?.result) {
    case 'written':
      store.heads.set(work.streamId, decided.head)
      for (const { id } of decided.answered) verdicts.set(id, { verdict: 'done' })
      work.head = decided.head
      work.pending = [...decided.left]
      return
    case 'busy':
      return giveUp(work, { verdict: 'retry', why: 'the store is busy' }, verdicts)
    case 'too_large':
      if (decided.answered.length === 1) {
        const [command] = decided.answered
        if (command) verdicts.set(command.id, { verdict: 'park', error: new Error('the append is too large to store') })
        work.pending = [...decided.left]
      } else {
        work.entries = Math.max(1, Math.floor(work.entries / 2))
      }
      return
    default:
      return catchUp(store, work, verdicts)
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
    giveUp(work, verdictOn(error), verdicts)
  }
}

/** The store being away is no defect; a stored event that nobody can read is one. */
function verdictOn(error: unknown): Verdict {
  if (error instanceof StoreUnavailable) return { verdict: 'retry', why: error.message }
  return { verdict: 'park', error }
}

function giveUp<Command extends StoredCommand>(
  work: Work<unknown, Command>,
  verdict: Verdict,
  verdicts: Map<string, Verdict>,
): void {
  for (const { id } of work.pending) verdicts.set(id, verdict)
  work.pending = []
}
