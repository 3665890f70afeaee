import type { Hub } from '../hub.ts'
import { hasEnded, type Instance } from '../store/instance-store.ts'
import { historyPayload } from './history-payload.ts'
import { purge, raiseEvent, resume, suspend, terminate } from './instance-client.ts'
import {
  empty,
  flag,
  isJson,
  json,
  jsonBody,
  type ManagementAnswer,
  type ManagementRequest,
  notEmulated,
  problem,
} from './management-request.ts'
import { statusPayload } from './status-payload.ts'

/** 202 while an instance has not ended, 200 afterwards. */
export function getStatus({ store }: Hub, { query, url }: ManagementRequest, id: string): ManagementAnswer {
  const instance = store.instances.get(id)
  if (!instance) return empty(404)
  const showInput = flag(query, 'showInput') ?? true
  const showOutput = flag(query, 'showHistoryOutput') ?? false
  const withHistory = flag(query, 'showHistory') === true && instance.status !== 'Pending'
  const history = withHistory ? historyPayload(store.history.read(id), { showInput, showOutput }) : null
  const payload = statusPayload(instance, showInput, history)
  if (!hasEnded(instance)) return json(202, payload, { location: url, 'retry-after': '5' })
  const wantsFailure = flag(query, 'returnInternalServerErrorOnFailure') === true
  return json(instance.status === 'Failed' && wantsFailure ? 500 : 200, payload)
}

export function purgeOne(hub: Hub, id: string): ManagementAnswer {
  if (!hub.store.instances.get(id)) return empty(404)
  purge(hub, id)
  return json(200, { instancesDeleted: 1 })
}

/** What can be asked of an instance with POST. */
const operations: Record<string, (hub: Hub, instance: Instance, reason: string | null) => void> = {
  terminate: (hub, { id }, reason) => terminate(hub, id, reason),
  suspend,
  resume,
}

/** 202 when it will be done, 410 when the instance has ended, undefined for an operation nobody knows. */
export function changeInstance(
  hub: Hub,
  { query }: ManagementRequest,
  { id, operation }: { id: string; operation: string },
): ManagementAnswer | undefined {
  const name = operation.toLowerCase()
  const instance = hub.store.instances.get(id)
  if (name === 'rewind') return instance ? notEmulated('Rewinding an instance') : empty(404)
  const change = Object.hasOwn(operations, name) ? operations[name] : undefined
  if (!change) return undefined
  if (!instance) return empty(404)
  if (hasEnded(instance)) return empty(410)
  change(hub, instance, query.get('reason'))
  return empty(202)
}

/** 202 when the event is kept for the instance; an instance that has ended takes none. */
export function sendEvent(
  hub: Hub,
  request: ManagementRequest,
  { id, name }: { id: string; name: string },
): ManagementAnswer {
  const instance = hub.store.instances.get(id)
  if (!instance) return empty(404)
  if (hasEnded(instance)) return empty(410)
  if (!isJson(request)) return problem(400, 'Only application/json request content is supported')
  const body = request.body === '' ? { text: 'null' } : jsonBody(request.body)
  if (!body) return problem(400, 'Invalid JSON content')
  raiseEvent(hub, id, { name, input: body.text })
  return empty(202)
}
