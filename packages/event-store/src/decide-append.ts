import type { Decider, Decision } from '@remit/domain/decider'
import { type Append, appendId, type Outcome, type RecordedEvent, sealed } from './append.ts'
import type { Head } from './head.ts'
import { remember } from './sameness.ts'

/** A command as this package sees it. `id` names one command in the whole store; `_ts` is when it was stored, in seconds. */
export type StoredCommand = {
  readonly id: string
  readonly streamId: string
  readonly type: string
  readonly data: unknown
  readonly hash: string
  readonly actor: { readonly kind: string; readonly id: string }
  readonly at: string
  readonly correlationId: string
  readonly causationId?: string | undefined
  readonly traceparent?: string | undefined
  readonly _ts: number
  /** Why it can never be decided as it stands, where that is known beforehand: nobody can read it, or it is too large. */
  readonly defect?: unknown
}

/** What a rule says to some commands of one stream, decided one after the other. */
export type Decided<State, Command> = {
  readonly state: State
  readonly events: readonly RecordedEvent[]
  readonly outcomes: readonly Outcome[]
  /** Those with an outcome. */
  readonly answered: readonly Command[]
  /** Those after them: there was no room for more, or the first of them has a defect. */
  readonly left: readonly Command[]
  /** Why the first of `left` cannot be decided: a defect, no refusal. */
  readonly defect: { readonly error: unknown } | undefined
}

/**
 * Decides commands of one stream one after the other, each on the state the one before left, up to the first that
 * cannot be decided: those after it might depend on it.
 *
 * @param entries the most entries the append may have, where a command counts for each event it causes, and at least
 *   for one: a view of the append then fits one transactional batch. One decision is never split.
 */
export function decideInOrder<State, Command extends StoredCommand, Event extends { type: string; data: unknown }>(
  rule: Decider<State, Command, Event>,
  head: Head<State>,
  commands: readonly Command[],
  entries: number,
): Decided<State, Command> {
  let state = head.state
  const events: RecordedEvent[] = []
  const outcomes: Outcome[] = []
  const answered: Command[] = []
  let defect: { error: unknown } | undefined
  let taken = 0
  for (const command of commands) {
    const decided = attempt(rule, command, state)
    if ('error' in decided) {
      defect = decided
      break
    }
    const { decision } = decided
    const caused = decision.result === 'applied' ? decision.events : []
    const weight = Math.max(1, caused.length)
    if (taken > 0 && taken + weight > entries) break
    for (const { type, data } of caused) {
      events.push({ version: head.version + events.length + 1, type, data, commandId: command.id })
    }
    state = decided.state
    outcomes.push(outcomeOf(command, decision))
    answered.push(command)
    taken += weight
  }
  return { state, events, outcomes, answered, left: commands.slice(answered.length), defect }
}

type Circumstances<Command> = {
  /** Milliseconds since 1970. */
  readonly now: number
  /** Those that wait from now on. */
  readonly queued: readonly Command[]
  /** Whether commands of the stream wait after this append. */
  readonly parked: Append['after']['parked']
  /** Whose doing this append is. */
  readonly by: Origin & Pick<StoredCommand, 'streamId'>
}

/** Who made something happen, and the trace it belongs to. */
export type Origin = Pick<StoredCommand, 'actor' | 'correlationId' | 'causationId' | 'traceparent'>

/** The append that records what was decided, and what waits. */
export function appendOf<State, Command extends StoredCommand>(
  reducer: string,
  head: Head<State>,
  { state, events, outcomes, answered }: Omit<Decided<State, Command>, 'left' | 'defect'>,
  { now, queued, parked, by }: Circumstances<Command>,
): Append {
  return sealed({
    id: appendId(head.number + 1),
    streamId: by.streamId,
    from: head.version + 1,
    to: head.version + events.length,
    events: [...events],
    outcomes: [...outcomes],
    ...(queued.length > 0 ? { queued: queued.map(({ id }) => id) } : {}),
    at: new Date(now).toISOString(),
    ...origin(by),
    after: { reducer, state, ...remember(head, answered), ...(parked ? { parked } : {}) },
    previousHash: head.hash,
  })
}

function attempt<State, Command extends StoredCommand, Event>(
  rule: Decider<State, Command, Event>,
  command: Command,
  state: State,
): { decision: Decision<Event, string>; state: State } | { error: unknown } {
  if (command.defect !== undefined) return { error: command.defect }
  try {
    const decision = rule.decide(command, state)
    const events = decision.result === 'applied' ? decision.events : []
    return { decision, state: events.reduce(rule.evolve, state) }
  } catch (error) {
    return { error }
  }
}

function origin({ actor, correlationId, causationId, traceparent }: Origin): Origin {
  return {
    actor,
    correlationId,
    ...(causationId === undefined ? {} : { causationId }),
    ...(traceparent === undefined ? {} : { traceparent }),
  }
}

function outcomeOf(command: StoredCommand, decision: Decision<unknown, string>): Outcome {
  return {
    commandId: command.id,
    type: command.type,
    hash: command.hash,
    result: decision.result,
    ...(decision.result === 'refused' ? { reason: decision.reason } : {}),
    at: command.at,
    ...origin(command),
    ...(decision.result === 'applied' ? {} : { data: command.data }),
  }
}
