/** What an orchestrator asks for. */
export type Action =
  | { kind: 'activity'; name: string; input: unknown; retry?: RetryOptions }
  | {
      kind: 'subOrchestration'
      name: string
      input: unknown
      instanceId?: string
      version?: string
      retry?: RetryOptions
    }
  | { kind: 'continueAsNew'; input: unknown }
  | { kind: 'timer'; fireAt: number; isCanceled: boolean }
  | { kind: 'event'; name: string }
  | { kind: 'entity'; instanceId: string; operation: string; input: unknown; isSignal: boolean }
  | { kind: 'any' | 'all'; children: Action[] }
  | { kind: 'refused'; reason: string }

/** All times in milliseconds. */
export interface RetryOptions {
  firstInterval: number
  maxInterval: number
  timeout: number
  coefficient: number
  maxAttempts: number
}

/** One answer of an orchestrator function: everything it asked for since its beginning. */
export interface Answer {
  actions: Action[]
  isDone: boolean
  output?: unknown
  error?: string
  failureDetails?: unknown
  customStatus?: unknown
}

/** An orchestrator that threw hands its state over behind this text. */
const stateLabel = '\n\n$OutOfProcData$:'

/** Schemas with one list of actions: V2 and V3. */
const schemas = new Set([1, 2])

const longest = Number.MAX_SAFE_INTEGER

/** The longest wait between two attempts when nothing is said: six days. */
const defaultMaxInterval = 6 * 24 * 3_600_000

/** @param result what the function answered, as JSON. Throws when it is no orchestrator's answer. */
export function readAnswer(result: string | undefined): Answer {
  const state = objectOf(result === undefined ? undefined : JSON.parse(result))
  const schema = state.schemaVersion ?? 0
  if (!schemas.has(Number(schema))) throw new Error(`The replay schema ${schema} is not emulated.`)
  const { actions, isDone, output, error, failureDetails, customStatus } = state
  const list = Array.isArray(actions) && actions.length === 1 && Array.isArray(actions[0]) ? actions[0] : undefined
  if (list === undefined) throw new Error('An orchestrator must answer one list of actions.')
  return {
    actions: list.map(readAction),
    isDone: isDone === true,
    output,
    customStatus,
    failureDetails,
    ...(typeof error === 'string' && error !== '' ? { error } : {}),
  }
}

/** The answer inside the error of an orchestrator that threw; without one it asked for nothing before it failed. */
export function readFailure(message: string): Answer {
  const label = message.indexOf(stateLabel)
  if (label === -1) return { actions: [], isDone: false, error: message }
  return readAnswer(message.slice(label + stateLabel.length))
}

function readAction(value: unknown): Action {
  const action = objectOf(value)
  const { functionName, input = null, instanceId, version } = action
  const name = String(functionName)
  const retry = () => ({ retry: readRetry(action.retryOptions) })
  const child = {
    ...(typeof instanceId === 'string' && instanceId.trim() !== '' ? { instanceId } : {}),
    ...(typeof version === 'string' ? { version } : {}),
  }
  switch (action.actionType) {
    case 0:
      return { kind: 'activity', name, input }
    case 1:
      return { kind: 'activity', name, input, ...retry() }
    case 2:
      return { kind: 'subOrchestration', name, input, ...child }
    case 3:
      return { kind: 'subOrchestration', name, input, ...child, ...retry() }
    case 4:
      return { kind: 'continueAsNew', input }
    case 5: {
      const fireAt = Date.parse(String(action.fireAt))
      if (Number.isNaN(fireAt)) return { kind: 'refused', reason: 'A timer has no time at which it fires.' }
      return { kind: 'timer', fireAt, isCanceled: action.isCanceled === true }
    }
    case 6:
      return { kind: 'event', name: String(action.externalEventName) }
    case 7:
    case 9: {
      const isSignal = action.actionType === 9
      return { kind: 'entity', instanceId: String(instanceId), operation: String(action.operation), input, isSignal }
    }
    case 8:
      return { kind: 'refused', reason: 'callHttp is not emulated.' }
    case 11:
    case 12: {
      const children = Array.isArray(action.compoundActions) ? action.compoundActions.map(readAction) : []
      return { kind: action.actionType === 11 ? 'any' : 'all', children }
    }
    default:
      return { kind: 'refused', reason: `Actions of type ${action.actionType} are not emulated.` }
  }
}

function readRetry(value: unknown): RetryOptions {
  const options = objectOf(value)
  const number = (name: string, initial: number) => {
    const found = options[name]
    return typeof found === 'number' ? found : initial
  }
  return {
    firstInterval: number('firstRetryIntervalInMilliseconds', 0),
    maxInterval: number('maxRetryIntervalInMilliseconds', defaultMaxInterval),
    timeout: number('retryTimeoutInMilliseconds', longest),
    coefficient: number('backoffCoefficient', 1),
    maxAttempts: number('maxNumberOfAttempts', 1),
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  if (value === null || typeof value !== 'object') throw new Error('An orchestrator must answer a JSON object.')
  return value as Record<string, unknown>
}
