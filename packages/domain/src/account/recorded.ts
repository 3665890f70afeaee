import type { Refusal } from '../refusals.ts'
import type { CommandType } from './commands.ts'
import type { AccountEvent } from './events.ts'

/** What a rule's stream says of one append: enough to fold views and processes, whatever stores it. */
export type Recorded = {
  readonly streamId: string
  /** When it was recorded. */
  readonly at: string
  readonly events: readonly (AccountEvent & { readonly version: number; readonly commandId: string })[]
  readonly outcomes: readonly RecordedOutcome[]
}

export type RecordedOutcome = {
  readonly commandId: string
  readonly type: CommandType
  readonly result: 'applied' | 'refused' | 'no_effect'
  readonly reason?: Refusal | undefined
  /** When the command was sent. */
  readonly at: string
  readonly actor: { readonly kind: string; readonly id: string }
  readonly correlationId: string
  /** The command's data, for everything not applied. */
  readonly data?: unknown
}
