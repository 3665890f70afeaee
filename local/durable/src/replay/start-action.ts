import type { Action } from './answer.ts'
import type { ReplayContext } from './replay-context.ts'
import { ReplayTask, whenAll, whenAny } from './replay-task.ts'
import { retryCall } from './retry-call.ts'

/** What the app has registered. */
export interface KnownFunctions {
  has(kind: 'activity' | 'orchestrator' | 'entity', name: string): boolean
}

/** Where an action is started. */
export interface ActionPlace {
  context: ReplayContext
  instanceId: string
  execution: string
  known: KnownFunctions
  continueAsNew(input: unknown): void
  /** Something an operator should know. */
  warn(message: string): void
}

/** The action cannot be started at all: the orchestration fails with the reason. */
export class RefusedAction extends Error {}

/** Starts an action, and everything in it before anything of it may end. */
export function startAction(place: ActionPlace, action: Action): ReplayTask {
  const { context, known } = place
  switch (action.kind) {
    case 'activity': {
      if (!known.has('activity', action.name)) return neverCalled(place, 'activity', action.name)
      const call = () => context.activity(action.name, action.input)
      return action.retry ? retryCall({ ...clockOf(context), call }, action.retry) : call()
    }
    case 'subOrchestration': {
      if (!known.has('orchestrator', action.name)) return neverCalled(place, 'orchestrator', action.name)
      const { name, input, instanceId, version = null } = action
      if (instanceId?.startsWith('@')) throw new RefusedAction(`"${instanceId}" is the id of an entity.`)
      if (instanceId?.toLowerCase() === place.instanceId.toLowerCase())
        throw new RefusedAction('An orchestration cannot be its own sub-orchestration.')
      const call = () => context.subOrchestration({ name, input, version, ...(instanceId ? { instanceId } : {}) })
      return action.retry ? retryCall({ ...clockOf(context), call }, action.retry) : call()
    }
    case 'continueAsNew':
      place.continueAsNew(action.input)
      return ended()
    case 'timer': {
      const timer = context.timer(action.fireAt)
      if (action.isCanceled) context.cancel(timer)
      return timer
    }
    case 'event':
      return context.events.wait(action.name)
    case 'entity':
      return askEntity(place, action)
    case 'any':
      return whenAny(action.children.map(child => startAction(place, child)))
    case 'all':
      return whenAll(action.children.map(child => startAction(place, child)))
    case 'refused':
      throw new RefusedAction(action.reason)
  }
}

function clockOf(context: ReplayContext) {
  return { now: () => context.now, timer: (fireAt: number) => context.timer(fireAt) }
}

/**
 * The extension gives no number to a call of a function it does not know, and goes on; the SDK has given one and
 * waits for ever: https://github.com/Azure/azure-functions-durable-js/issues/197
 */
function neverCalled({ warn, instanceId }: ActionPlace, kind: string, name: string): ReplayTask {
  warn(
    `'${instanceId}' waits for ever: the function '${name}' doesn't exist, is disabled, or is not an ${kind} function.`,
  )
  return ended()
}

function ended(): ReplayTask {
  const task = new ReplayTask()
  task.complete()
  return task
}

function askEntity(place: ActionPlace, action: Extract<Action, { kind: 'entity' }>): ReplayTask {
  const { context, known, execution } = place
  const name = action.instanceId.slice(1).split('@', 1)[0] ?? ''
  if (!known.has('entity', name)) {
    if (!action.isSignal) return neverCalled(place, 'entity', name)
    throw new RefusedAction(`The function '${name}' doesn't exist, is disabled, or is not an entity function.`)
  }
  const id = context.newGuid()
  const request = {
    op: action.operation,
    ...(action.isSignal ? { signal: true } : {}),
    ...(action.input === null ? {} : { input: JSON.stringify(action.input) }),
    id,
    parent: place.instanceId,
    parentExecution: execution,
  }
  context.send({ name: 'op', instanceId: action.instanceId, input: JSON.stringify(request) })
  return action.isSignal ? ended() : context.events.wait(id)
}
