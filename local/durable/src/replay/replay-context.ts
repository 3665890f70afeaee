import { deterministicGuid } from './deterministic-guid.ts'
import { ExternalEvents } from './external-events.ts'
import { ReplayTask } from './replay-task.ts'
import { mustAgree, type RecordedWork, type RequestedWork } from './requested-work.ts'

/** Work as it is asked for, before it has a number. */
type Unnumbered<Work> = Work extends RequestedWork ? Omit<Work, 'id'> : never

/** Numbers what an orchestration asks for, in the order of asking, and knows what of it is still open. */
export class ReplayContext {
  /** The orchestration's own time: of the turn that is replayed, in milliseconds since 1970. */
  now = 0
  /** The number the next request gets. */
  nextId = 0
  readonly events = new ExternalEvents()
  private readonly instance: { id: string; execution: string }
  private readonly requested = new Map<number, RequestedWork>()
  private readonly open = new Map<number, ReplayTask>()
  private guids = 0

  constructor(instance: { id: string; execution: string }) {
    this.instance = instance
  }

  activity(name: string, input: unknown): ReplayTask {
    return this.ask({ kind: 'activity', name, input })
  }

  timer(fireAt: number): ReplayTask {
    return this.ask({ kind: 'timer', fireAt })
  }

  subOrchestration(call: { name: string; instanceId?: string; input: unknown; version: string | null }): ReplayTask {
    const instanceId = call.instanceId ?? `${this.instance.execution}:${this.nextId}`
    return this.ask({ kind: 'subOrchestration', ...call, instanceId })
  }

  /** Sends without waiting. */
  send(message: { name: string; instanceId: string; input: string }): void {
    const id = this.nextId++
    this.requested.set(id, { kind: 'send', id, ...message })
  }

  newGuid(): string {
    return deterministicGuid(`${this.instance.id}_${new Date(this.now).toISOString()}_${this.guids++}`)
  }

  /** Nobody waits for its timer any more; when it fires it is too late. */
  cancel(task: ReplayTask): void {
    for (const [id, one] of this.open) if (one === task) this.open.delete(id)
    task.fail()
  }

  /** History has it. Throws when something else is asked for now. */
  confirm(recorded: RecordedWork): void {
    mustAgree(recorded, this.requested.get(recorded.id))
    this.requested.delete(recorded.id)
  }

  /** Ends what was asked for under a number; a second or a late answer changes nothing. */
  answered(id: number | undefined, end: (task: ReplayTask) => void): void {
    const task = id === undefined ? undefined : this.open.get(id)
    if (id === undefined || !task) return
    this.open.delete(id)
    end(task)
  }

  get hasOpenTasks(): boolean {
    return this.open.size > 0
  }

  /** What history does not have yet, in the order of asking. */
  newWork(): RequestedWork[] {
    return [...this.requested.values()].sort((a, b) => a.id - b.id)
  }

  private ask(work: Unnumbered<RequestedWork>): ReplayTask {
    const id = this.nextId++
    const task = new ReplayTask()
    this.requested.set(id, { ...work, id } as RequestedWork)
    this.open.set(id, task)
    return task
  }
}
