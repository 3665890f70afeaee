/** What a rule says to one command: events to record, a refusal to record, or nothing to do. */
export type Decision<Event, Reason extends string> =
  | { readonly result: 'applied'; readonly events: readonly [Event, ...Event[]] }
  | { readonly result: 'refused'; readonly reason: Reason }
  | { readonly result: 'no_effect' }

/**
 * A rule as three values. Pure and synchronous: no clock, no I/O, no memory of ids.
 *
 * `reducer` names this way of folding: a stored state made by another name is not trusted but folded again.
 */
export type Decider<State, Command, Event, Reason extends string = string> = {
  readonly reducer: string
  readonly initial: State
  readonly decide: (command: Command, state: State) => Decision<Event, Reason>
  readonly evolve: (state: State, event: Event) => State
  /** Reads an event as it was stored, of whatever age. Throws on what was never an event of this rule. */
  readonly parse: (stored: unknown) => Event
}
