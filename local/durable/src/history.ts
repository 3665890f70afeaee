/** The numbers of history events, as they are stored and as the SDK reads them: a public contract. */
export const eventType = {
  ExecutionStarted: 0,
  ExecutionCompleted: 1,
  ExecutionTerminated: 3,
  TaskScheduled: 4,
  TaskCompleted: 5,
  TaskFailed: 6,
  SubOrchestrationInstanceCreated: 7,
  SubOrchestrationInstanceCompleted: 8,
  SubOrchestrationInstanceFailed: 9,
  TimerCreated: 10,
  TimerFired: 11,
  OrchestratorStarted: 12,
  OrchestratorCompleted: 13,
  EventSent: 14,
  EventRaised: 15,
  ContinueAsNew: 16,
  ExecutionSuspended: 19,
  ExecutionResumed: 20,
} as const

export type EventName = keyof typeof eventType

/** How a failure is described beside its text. */
export interface FailureDetails {
  ErrorType?: string
  ErrorMessage?: string
  StackTrace?: string
  IsNonRetriable?: boolean
  Properties?: unknown
  InnerFailure?: FailureDetails
}

/** The orchestration that waits for this one. */
export interface ParentInstance {
  InstanceId: string
  ExecutionId: string
  /** The number the parent gave to the call. */
  TaskScheduleId: number
}

/** What an event carries beside its kind and its moment. */
export interface EventFields {
  Name?: string
  /** JSON, but plain text where a person gave a reason. */
  Input?: string | null
  Result?: string | null
  Version?: string | null
  InstanceId?: string
  TaskScheduledId?: number
  TimerId?: number
  FireAt?: string
  Reason?: string | null
  Details?: string | null
  FailureDetails?: FailureDetails
  OrchestrationStatus?: string
  ParentInstance?: ParentInstance | null
  OrchestrationInstance?: { InstanceId: string; ExecutionId: string }
}

export interface HistoryEvent extends EventFields {
  EventType: number
  /** Of work the orchestrator asked for, its number; -1 for everything that comes in. */
  EventId: number
  IsPlayed: boolean
  /** ISO 8601. */
  Timestamp: string
}

/** An event that happens at a moment, in milliseconds since 1970. */
export function eventAt(at: number, name: EventName, fields: EventFields & { EventId?: number } = {}): HistoryEvent {
  return { EventType: eventType[name], EventId: -1, IsPlayed: false, Timestamp: new Date(at).toISOString(), ...fields }
}

const names = new Map(Object.entries(eventType).map(([name, number]) => [number as number, name as EventName]))

export function nameOfEvent(event: HistoryEvent): EventName | undefined {
  return names.get(event.EventType)
}
