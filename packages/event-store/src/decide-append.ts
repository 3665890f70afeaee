import type { Decider, Decision } from '@remit/domain/decider'
import { type Append, appendId, type Outcome, type RecordedEvent, sealed } from './append.ts'
import { type Head, headAfter } from './head.ts'
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
}

/** What is decided but not yet stored. */
export type Decided<State, Command> = {
  readonly item: Append | undefined
  readonly head: Head<State>
  /** Answered in the item. */
  readonly answered: readonly Command[]
  /** Did not fit into this append any more: for the next one. */
  readonly left: readonly Command[]
  /** The rule threw: a defect, no refusal. */
  readonly defects: readonly { readonly command: Command; readonly error: unknown }[]
}

/**
 * Decides commands of one stream one after the other, each on the state the one before left, into one append.
 *
 * @param entries the most entries the append may have, where a command counts for each event it causes, and at least
 *   for one: a view of the append then fits one transactional batch. One decision is never split.
 */
export function decideAppend<State, Command extends StoredCommand, Event extends { type: string; data: unknown }>(
  rule: Decider<State, Command, Event>,
  head: Head<State>,
  commands: readonly Command[],
  limits: { readonly entries: number; readonly now: number },
): Decided<State, Command> {
  let state = head.state
  const events: RecordedEvent[] = []
  const outcomes: Outcome[] = []
  const answered: Command[] = []
  const defects: { command: Command; error: unknown }[] = []
  let entries = 0
  let taken = 0
  for (const command of commands) {
    const decided = attempt(rule, command, state)
    if ('error' in decided) {
      defects.push({ command, error: decided.error })
      taken += 1
      continue
    }
    const { decision } = decided
    const caused = decision.result === 'applied' ? decision.events : []
    const weight = Math.max(1, caused.length)
    if (entries > 0 && entries + weight > limits.entries) break
    for (const { type, data } of caused) {
      events.push({ version: head.version + events.length + 1, type, data, commandId: command.id })
    }
    state = decided.state
    outcomes.push(outcomeOf(command, decision))
    answered.push(command)
    entries += weight
    taken += 1
  }
  const left = commands.slice(taken)
  if (answered[0] === undefined) return { item: undefined, head, answered, left, defects }
  const item = sealed({
    id: appendId(head.number + 1),
    streamId: answered[0].streamId,
    from: head.version + 1,
    to: head.version + events.length,
    events,
    outcomes,
    at: new Date(limits.now).toISOString(),
    ...origin(answered[0]),
    after: { reducer: rule.reducer, state, ...remember(head, answered) },
    previousHash: head.hash,
  })
  return { item, head: headAfter(item, state), answered, left, defects }
}

function attempt<State, Command, Event>(
  rule: Decider<State, Command, Event>,
  command: Command,
  state: State,
): { decision: Decision<Event, string>; state: State } | { error: unknown } {
  try {
    const decision = rule.decide(command, state)
    const events = decision.result === 'applied' ? decision.events : []
    return { decision, state: events.reduce(rule.evolve, state) }
  } catch (error) {
    return { error }
  }
}

function origin({ actor, correlationId, causationId, traceparent }: StoredCommand) {
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
