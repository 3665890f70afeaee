import type { Hub } from '../hub.ts'
import type { Overridable } from '../start-instance.ts'
import { hasEnded, type Instance } from '../store/instance-store.ts'
import { ArgumentError, startNew } from './instance-client.ts'
import { type Doors, managementLinks } from './links.ts'
import { getStatus } from './manage-instance.ts'
import { flag, json, jsonBody, type ManagementAnswer, type ManagementRequest, problem } from './management-request.ts'
import { jsonOrText } from './status-payload.ts'

/** What starting needs beside the hub. */
export interface Starting {
  hub: Hub
  doors: Doors
  overridable: Overridable
  /** Resolves when the instance has ended, or after so many milliseconds. */
  ended(id: string, limit: number): Promise<Instance | undefined>
}

/** Starts an instance and answers where to ask for it, or its output when the caller waits. */
export async function start(
  place: Starting,
  request: ManagementRequest,
  { name, id }: { name: string; id?: string | undefined },
): Promise<ManagementAnswer> {
  const body = request.body === '' ? { text: null } : jsonBody(request.body)
  if (!body) return problem(400, 'Invalid JSON content')
  const version = request.query.get('version') ?? undefined
  const started = startNew(place.hub, { name, id, input: body.text, version }, place.overridable)
  return waitOrPoint(place, request, started)
}

/** Starts the same orchestration with the same input again, under a new id unless told otherwise. */
export async function restart(place: Starting, request: ManagementRequest, id: string): Promise<ManagementAnswer> {
  const { hub } = place
  const instance = hub.store.instances.get(id)
  if (!instance) {
    const error = new ArgumentError(`An orchestrator with the instanceId ${id} was not found.`)
    return problem(400, 'InstanceId does not match a valid orchestration instance.', error)
  }
  const { name, input, version } = instance
  const sameId = flag(request.query, 'restartWithNewInstanceId') === false
  const again = { name, input, version: version ?? undefined, ...(sameId ? { id } : {}) }
  return waitOrPoint(place, request, startNew(hub, again, place.overridable))
}

async function waitOrPoint(place: Starting, request: ManagementRequest, id: string): Promise<ManagementAnswer> {
  const timeout = seconds(request.query, 'timeout')
  const interval = seconds(request.query, 'pollingInterval')
  const links = managementLinks(place.doors, place.hub.taskHub, id)
  if (timeout !== undefined && interval !== undefined) {
    if (interval > timeout) {
      throw new ArgumentError(`Total timeout ${timeout} should be bigger than retry timeout ${interval}`)
    }
    const instance = await place.ended(id, timeout * 1000)
    if (instance?.status === 'Completed') return json(200, jsonOrText(instance.output))
    if (instance && hasEnded(instance)) return getStatus(place.hub, request, id)
  }
  const { rewindPostUri, ...shown } = links
  return json(202, shown, { location: links.statusQueryGetUri ?? '', 'retry-after': '10' })
}

function seconds(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name)
  return value === null || value.trim() === '' || Number.isNaN(Number(value)) ? undefined : Number(value)
}
