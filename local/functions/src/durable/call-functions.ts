import type { TypedData } from '../core-api.ts'
import type { Invoker, LoadedFunction } from '../invoke.ts'

/** The kinds of functions a task hub calls, by the type of their trigger in lower case. */
export const durableKinds = {
  orchestrationtrigger: 'orchestrator',
  activitytrigger: 'activity',
  entitytrigger: 'entity',
} as const

export type DurableKind = (typeof durableKinds)[keyof typeof durableKinds]

/** An app's durable functions by kind and name. */
export type DurableTargets = Record<DurableKind, Map<string, LoadedFunction>>

type Call = (name: string, input: string) => Promise<string | undefined>

/** Calls an app's functions as its task hub wants them called: JSON in, JSON out. */
export function callFunctions(invoker: Invoker, targets: DurableTargets): Record<DurableKind, Call> {
  const call =
    (kind: DurableKind): Call =>
    async (name, input) => {
      const target = targets[kind].get(name.toLowerCase())
      if (!target) throw new Error(`The function '${name}' doesn't exist, is disabled, or is not an ${kind} function.`)
      const inputData = [{ name: target.triggerName, data: { string: input } }]
      const answer = await invoker.invoke(target, { inputData, reason: `${kind} of the task hub` })
      return jsonOf(answer.returnValue)
    }
  return { orchestrator: call('orchestrator'), activity: call('activity'), entity: call('entity') }
}

/** What a function answered, as JSON; undefined when it answered nothing. */
function jsonOf(value: TypedData | null | undefined): string | undefined {
  if (value === null || value === undefined) return undefined
  const { string, json, bytes, int, double } = value
  if (json !== undefined) return json
  if (string !== undefined) return JSON.stringify(string)
  if (bytes !== undefined) return JSON.stringify(Buffer.from(bytes).toString('base64'))
  const number = int ?? double
  return number === undefined ? undefined : JSON.stringify(number)
}
