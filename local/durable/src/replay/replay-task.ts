/**
 * Something an orchestration waits for. Completion runs the continuations at once, inside the event that caused it:
 * numbers are given in that order, so promises, which continue later, would give other numbers.
 */
export class ReplayTask {
  state: 'open' | 'done' | 'failed' = 'open'
  /** Why it failed, as far as a retry asks. */
  nonRetriable = false
  private readonly continuations: (() => void)[] = []

  get isOpen(): boolean {
    return this.state === 'open'
  }

  /** Runs now when the task has ended already. */
  onEnd(run: () => void): void {
    if (this.isOpen) this.continuations.push(run)
    else run()
  }

  complete(): void {
    this.end('done')
  }

  fail(nonRetriable = false): void {
    this.nonRetriable = nonRetriable
    this.end('failed')
  }

  /** The first end counts. */
  private end(state: 'done' | 'failed'): void {
    if (!this.isOpen) return
    this.state = state
    for (const run of this.continuations.splice(0)) run()
  }
}

/** Ends when every child has, also after one has failed. */
export function whenAll(children: readonly ReplayTask[]): ReplayTask {
  const all = new ReplayTask()
  const look = () => {
    if (children.some(child => child.isOpen)) return
    if (children.some(child => child.state === 'failed')) all.fail()
    else all.complete()
  }
  for (const child of children) child.onEnd(look)
  look()
  return all
}

/** Ends with the first child, however that ended. */
export function whenAny(children: readonly ReplayTask[]): ReplayTask {
  const any = new ReplayTask()
  for (const child of children) child.onEnd(() => any.complete())
  return any
}
