import { errorText } from '../error-text.ts'
import { eventType, type FailureDetails, type HistoryEvent } from '../history.ts'
import type { Answer } from './answer.ts'
import type { ExternalEvent } from './external-events.ts'
import { ReplayContext } from './replay-context.ts'
import { NonDeterministicOrchestrationException, type RequestedWork } from './requested-work.ts'
import { type ActionPlace, startAction } from './start-action.ts'

/** How an orchestration ends, or begins anew. */
export type End =
  | { status: 'Completed'; output: string | null }
  | { status: 'Failed'; reason: string; details: string | null; failureDetails?: FailureDetails }
  | { status: 'ContinuedAsNew'; input: string; carriedOver: HistoryEvent[]; unread: ExternalEvent[] }

/** What a turn decides. */
export interface Decision {
  /** What is to be done that was not known before. */
  work: RequestedWork[]
  /** The number after the last one given. */
  nextId: number
  /** JSON. */
  customStatus?: string
  end?: End
}

/** What is replayed. */
export interface Replay extends Pick<ActionPlace, 'instanceId' | 'execution' | 'known' | 'warn'> {
  name: string
  answer: Answer
  /** From the first event to the last of this turn. */
  history: readonly HistoryEvent[]
}

/** The most a custom status may take, in bytes of UTF-16 text. */
const customStatusLimit = 16 * 1024

/**
 * Runs the actions an orchestrator answered against its whole history, and answers what is new: one action after the
 * other, each awaited whether it succeeds or fails. Nothing ends while anything that was asked for is open.
 */
export function replayActions(replay: Replay): Decision {
  const context = new ReplayContext({ id: replay.instanceId, execution: replay.execution })
  const run = new Run(replay, context)
  try {
    for (const event of replay.history) run.process(event)
  } catch (error) {
    if (!(error instanceof NonDeterministicOrchestrationException)) throw error
    return { work: [], nextId: context.nextId, end: { status: 'Failed', reason: error.message, details: null } }
  }
  const { customStatus } = run
  const end = context.hasOpenTasks ? undefined : run.end()
  return {
    work: context.newWork(),
    nextId: context.nextId,
    ...(customStatus === undefined ? {} : { customStatus }),
    ...(end ? { end } : {}),
  }
}

/** What each event says was asked for. */
const recordedKinds = new Map<number, RequestedWork['kind']>([
  [eventType.TaskScheduled, 'activity'],
  [eventType.SubOrchestrationInstanceCreated, 'subOrchestration'],
  [eventType.TimerCreated, 'timer'],
  [eventType.EventSent, 'send'],
])

type Result = Exclude<End, { status: 'ContinuedAsNew' }>

class Run {
  customStatus: string | undefined
  private readonly replay: Replay
  private readonly context: ReplayContext
  private readonly carriedOver: HistoryEvent[] = []
  private result: Result | undefined
  private next: { input: string } | undefined

  constructor(replay: Replay, context: ReplayContext) {
    this.replay = replay
    this.context = context
  }

  /** Only a success continues as new; a failure ends. */
  end(): End | undefined {
    if (this.result?.status !== 'Completed' || !this.next) return this.result
    const { carriedOver, context } = this
    return { status: 'ContinuedAsNew', input: this.next.input, carriedOver, unread: context.events.unread() }
  }

  process(event: HistoryEvent): void {
    const { context } = this
    switch (event.EventType) {
      case eventType.OrchestratorStarted:
        context.now = Date.parse(event.Timestamp)
        break
      case eventType.ExecutionStarted:
        this.start()
        break
      case eventType.TaskCompleted:
      case eventType.SubOrchestrationInstanceCompleted:
        context.answered(event.TaskScheduledId, task => task.complete())
        break
      case eventType.TaskFailed:
      case eventType.SubOrchestrationInstanceFailed:
        context.answered(event.TaskScheduledId, task => task.fail(event.FailureDetails?.IsNonRetriable === true))
        break
      case eventType.TimerFired:
        context.answered(event.TimerId, task => task.complete())
        break
      case eventType.EventRaised:
        this.raise(event)
        break
      default:
        this.confirm(event)
    }
  }

  private confirm({ EventType, EventId: id, Name: name }: HistoryEvent): void {
    const kind = recordedKinds.get(EventType)
    if (kind !== undefined) this.context.confirm({ kind, id, ...(kind === 'timer' ? {} : { name }) })
  }

  /** What comes after continue-as-new is for the next execution. */
  private raise(event: HistoryEvent): void {
    if (this.next) this.carriedOver.push(event)
    else this.context.events.raise({ name: event.Name ?? '', input: event.Input ?? null })
  }

  private start(): void {
    const { answer, instanceId, execution, known, warn } = this.replay
    const { context } = this
    const continueAsNew = (input: unknown) => {
      this.next = { input: JSON.stringify(input ?? null) }
    }
    const place: ActionPlace = { context, instanceId, execution, known, warn, continueAsNew }
    const step = (index: number) => {
      try {
        for (let at = index; ; at++) {
          const action = answer.actions[at]
          if (!action) return this.finish()
          const task = startAction(place, action)
          if (task.isOpen) return task.onEnd(() => step(at + 1))
        }
      } catch (error) {
        if (error instanceof NonDeterministicOrchestrationException) throw error
        this.fail(errorText(error))
      }
    }
    if (this.setCustomStatus()) step(0)
  }

  private setCustomStatus(): boolean {
    const { customStatus } = this.replay.answer
    if (customStatus === undefined || customStatus === null) return true
    const text = JSON.stringify(customStatus)
    if (text.length * 2 > customStatusLimit) {
      this.fail('The UTF-16 size of the JSON-serialized payload must not exceed 16 KB.')
      return false
    }
    this.customStatus = text
    return true
  }

  private finish(): void {
    const { error, isDone, output } = this.replay.answer
    if (error !== undefined) this.fail(error)
    else if (isDone) {
      this.result = {
        status: 'Completed',
        output: output === undefined || output === null ? null : JSON.stringify(output),
      }
    }
  }

  private fail(error: string): void {
    const { name, answer } = this.replay
    const failureDetails = answer.failureDetails as FailureDetails | undefined
    this.result = {
      status: 'Failed',
      reason: `Orchestrator function '${name}' failed: ${error}`,
      details: `Message: ${error}`,
      ...(failureDetails ? { failureDetails } : {}),
    }
  }
}
