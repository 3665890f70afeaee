import type { Instance } from '../store/instance-store.ts'

/** An instance as the management API shows it. */
export function statusPayload(instance: Instance, showInput: boolean, historyEvents: unknown = null): object {
  const { name, id, status, input, customStatus, output, created, updated } = instance
  return {
    name,
    instanceId: id,
    runtimeStatus: status,
    input: showInput ? jsonOrText(input) : null,
    customStatus: jsonOrText(customStatus),
    output: jsonOrText(output),
    createdTime: wholeSeconds(created),
    lastUpdatedTime: wholeSeconds(updated),
    historyEvents,
  }
}

/** A stored value; the reason of a failure is no JSON and stays as it is. */
export function jsonOrText(value: string | null): unknown {
  if (value === null) return null
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

function wholeSeconds(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}
