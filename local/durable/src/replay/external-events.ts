import { ReplayTask } from './replay-task.ts'

export interface ExternalEvent {
  name: string
  /** JSON. */
  input: string | null
}

/** Matches events with those who wait for them: the youngest wait first, the oldest event first, in any letter case. */
export class ExternalEvents {
  private readonly waits = new Map<string, ReplayTask[]>()
  private readonly buffered = new Map<string, ExternalEvent[]>()

  wait(name: string): ReplayTask {
    const key = name.toLowerCase()
    const task = new ReplayTask()
    const stack = this.waits.get(key) ?? []
    this.waits.set(key, [...stack, task])
    const early = this.buffered.get(key)?.shift()
    if (early) this.raise(early)
    return task
  }

  raise(event: ExternalEvent): void {
    const key = event.name.toLowerCase()
    const task = this.waits.get(key)?.pop()
    if (task) task.complete()
    else this.buffered.set(key, [...(this.buffered.get(key) ?? []), event])
  }

  /** Events nobody has waited for yet. */
  unread(): ExternalEvent[] {
    return [...this.buffered.values()].flat()
  }
}
