/** What a program asks its engine for, in the words of both libraries. */
export interface Tools<Task> {
  activity(name: string, input: unknown): Task
  retried(name: string, input: unknown, attempts: number): Task
  timer(milliseconds: number): Task
  event(name: string): Task
  child(name: string, input: unknown): Task
  all(tasks: Task[]): Task
  any(tasks: Task[]): Task
  cancel(timer: Task): void
  valueOf(task: Task): unknown
  continueAsNew(input: unknown): void
}

/** An orchestration for any engine. */
export type Program = <Task>(tools: Tools<Task>, input: never) => Generator<Task, unknown, never>

const failures = new Map<string, number>()

/** Activities of both engines. */
export const activities: Record<string, (input: never) => unknown> = {
  double: (number: number) => number * 2,
  refuse: (what: string) => {
    throw new Error(`refused ${what}`)
  },
  flaky({ key, failures: wanted }: { key: string; failures: number }) {
    const done = failures.get(key) ?? 0
    failures.set(key, done + 1)
    if (done < wanted) throw new Error(`attempt ${done + 1}`)
    return done + 1
  },
}

export const programs: Record<string, Program> = {
  *chain(tools, input: number) {
    const once = yield tools.activity('double', input)
    return yield tools.activity('double', once)
  },
  *fan(tools, input: number[]) {
    return yield tools.all(input.map(number => tools.activity('double', number)))
  },
  *fails(tools, input: string) {
    try {
      yield tools.activity('refuse', input)
      return 'not refused'
    } catch (error) {
      return (error as Error).message.includes(`refused ${input}`)
    }
  },
  *uncaught(tools, input: string) {
    yield tools.activity('refuse', input)
  },
  *retriedInTime(tools, input: object) {
    return yield tools.retried('flaky', input, 3)
  },
  *retriedInVain(tools, input: object) {
    try {
      return yield tools.retried('flaky', input, 2)
    } catch {
      return yield tools.activity('double', 21)
    }
  },
  *limit(tools) {
    const event = tools.event('never')
    const limit = tools.timer(20)
    const winner = yield tools.any([event, limit])
    return (winner as unknown) === limit ? 'late' : 'in time'
  },
  *approved(tools) {
    const event = tools.event('approval')
    const limit = tools.timer(3_600_000)
    const winner = yield tools.any([event, limit])
    if ((winner as unknown) !== event) return 'late'
    tools.cancel(limit)
    return [tools.valueOf(event), yield tools.activity('double', 3)]
  },
  *family(tools, input: number) {
    return { child: yield tools.child('chain', input) }
  },
  *brokenFamily(tools, input: string) {
    try {
      return yield tools.child('uncaught', input)
    } catch (error) {
      return (error as Error).message.includes(`refused ${input}`)
    }
  },
  *rounds(tools, { left, sum }: { left: number; sum: number }) {
    if (left === 0) return sum
    const next = yield tools.activity('double', left)
    tools.continueAsNew({ left: left - 1, sum: sum + (next as number) })
  },
  *twoEvents(tools) {
    const first = yield tools.event('item')
    return [first, yield tools.event('item')]
  },
}
