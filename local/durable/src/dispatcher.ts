import { errorText } from './error-text.ts'
import type { Hub } from './hub.ts'
import { runActivity } from './turns/activity-run.ts'
import { entityTurn } from './turns/entity-turn.ts'
import { orchestrationTurn } from './turns/orchestration-turn.ts'

/** How many functions of each kind run at once. */
export interface Concurrency {
  orchestrators: number
  activities: number
  entities: number
}

/** Finds work and has it done. */
export interface Dispatcher {
  /** Starts whatever can be started, and waits for what comes later. */
  wake(): void
  /** Resolves when nothing runs and nothing can run before time goes on. */
  idle(): Promise<void>
  /** Calls `listen` after every piece of work; the answer ends it. */
  onProgress(listen: () => void): () => void
  /** Starts nothing any more, and resolves when nothing runs. */
  stop(): Promise<void>
}

/** Milliseconds before work that could not be stored is tried again. */
const retryDelay = 1_000

type Kind = keyof Concurrency

export function createDispatcher(hub: Hub, concurrency: Concurrency): Dispatcher {
  const running: Record<Kind, Set<string>> = { orchestrators: new Set(), activities: new Set(), entities: new Set() }
  const listeners = new Set<() => void>()
  const idlers = new Set<() => void>()
  const pauses = new Set<() => void>()
  let stopped = false
  let lastActivity = 0
  let cancelTimer = () => {}

  const isIdle = () => Object.values(running).every(set => set.size === 0)
  const room = (kind: Kind) => Math.max(0, concurrency[kind] - running[kind].size)

  /** Each piece of work once at a time; what fails for a reason of ours stays and is tried again. */
  function run(kind: Kind, key: string, work: () => Promise<void>): void {
    running[kind].add(key)
    const again = async () => {
      while (!stopped && !hub.isAborted()) {
        try {
          return await work()
        } catch (error) {
          if (stopped || hub.isAborted()) return
          hub.log('error', `${key}: ${errorText(error)}`)
          await retryPause()
        }
      }
    }
    again().finally(() => {
      running[kind].delete(key)
      wake()
      for (const listen of listeners) listen()
      if (isIdle()) for (const tell of [...idlers]) tell()
    })
  }

  /** Ends early when everything does. */
  function retryPause(): Promise<void> {
    return new Promise(resolve => {
      const end = () => {
        cancel()
        pauses.delete(end)
        resolve()
      }
      const cancel = hub.clock.setTimer(retryDelay, end)
      pauses.add(end)
    })
  }

  function startInstances(kind: 'orchestrators' | 'entities', now: number): void {
    if (room(kind) === 0) return
    const turn = kind === 'entities' ? entityTurn : orchestrationTurn
    for (const id of hub.store.inbox.ready(kind, now, concurrency[kind])) {
      if (!running[kind].has(id) && room(kind) > 0) run(kind, id, () => turn(hub, id))
    }
  }

  function startActivities(): void {
    if (room('activities') === 0) return
    for (const activity of hub.store.activities.after(lastActivity, room('activities'))) {
      lastActivity = activity.number
      run('activities', `activity ${activity.number} ${activity.name}`, () => runActivity(hub, activity))
    }
  }

  function wake(): void {
    if (stopped || hub.isAborted()) return
    const { clock, store } = hub
    const now = clock.now()
    startInstances('orchestrators', now)
    startInstances('entities', now)
    startActivities()
    cancelTimer()
    const due = store.inbox.nextDue(now)
    cancelTimer = due === undefined ? () => {} : clock.setTimer(due - now, wake)
  }

  const idle = () =>
    new Promise<void>(resolve => {
      if (isIdle()) return resolve()
      const tell = () => {
        idlers.delete(tell)
        resolve()
      }
      idlers.add(tell)
    })

  return {
    wake,
    idle,
    onProgress(listen) {
      listeners.add(listen)
      return () => listeners.delete(listen)
    },
    async stop() {
      stopped = true
      cancelTimer()
      for (const end of [...pauses]) end()
      await idle()
    },
  }
}
