/** What a turn asks for that history does not know yet. */
export type RequestedWork =
  | { kind: 'activity'; id: number; name: string; input: unknown }
  | { kind: 'timer'; id: number; fireAt: number }
  | { kind: 'subOrchestration'; id: number; name: string; instanceId: string; input: unknown; version: string | null }
  | { kind: 'send'; id: number; name: string; instanceId: string; input: string }

/** How each kind stands in an error. */
export const workNames = {
  activity: 'an activity task',
  timer: 'a timer task',
  subOrchestration: 'a sub-orchestration task',
  send: 'a send event task',
} as const

/** History and code disagree. */
export class NonDeterministicOrchestrationException extends Error {
  override readonly name = 'NonDeterministicOrchestrationException'

  constructor(message: string) {
    super(`Non-Deterministic workflow detected: ${message}`)
  }
}

/** What history says was asked for under a number. */
export interface RecordedWork {
  kind: RequestedWork['kind']
  id: number
  name?: string | undefined
}

/** Throws unless what is asked for now is what was asked for then. */
export function mustAgree(recorded: RecordedWork, requested: RequestedWork | undefined): void {
  const named = recorded.name === undefined ? '' : ` and name '${recorded.name}'`
  const then = `A previous execution of this orchestration scheduled ${workNames[recorded.kind]} with sequence ID ${recorded.id}${named}`
  const advice = 'Was a change made to the orchestrator code after this instance had already started running?'
  if (requested === undefined) {
    throw new NonDeterministicOrchestrationException(
      `${then}, but the current replay execution hasn't (yet?) scheduled this task. ${advice}`,
    )
  }
  const name = requested.kind === 'timer' ? undefined : requested.name
  const sameName = name?.toLowerCase() === recorded.name?.toLowerCase()
  if (requested.kind === recorded.kind && sameName) return
  const now = `${workNames[requested.kind]}${name === undefined ? '' : ` named '${name}'`}`
  throw new NonDeterministicOrchestrationException(
    `${then}, but the current orchestration replay instead scheduled ${now} at this sequence number. ${advice}`,
  )
}
