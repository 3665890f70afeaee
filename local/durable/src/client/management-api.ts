import type { Hub } from '../hub.ts'
import { type EntityAddress, schedulerId, signalEntity } from './entity-client.ts'
import { ArgumentError, purgeEnded } from './instance-client.ts'
import { filterOf, listInstances } from './list-instances.ts'
import { changeInstance, getStatus, purgeOne, sendEvent } from './manage-instance.ts'
import {
  empty,
  flag,
  isJson,
  json,
  jsonBody,
  type ManagementAnswer,
  type ManagementRequest,
  moment,
  notEmulated,
  problem,
} from './management-request.ts'
import { restart, type Starting, start } from './start-requests.ts'

/** Answers a request. Facts: https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-api */
export async function manage(place: Starting, request: ManagementRequest): Promise<ManagementAnswer> {
  const { hub } = place
  const asked = request.query.get('taskHub')
  if (asked && asked.toLowerCase() !== hub.taskHub.toLowerCase()) return notEmulated(`The task hub "${asked}"`)
  try {
    return (await route(place, request)) ?? empty(404)
  } catch (error) {
    const thrown = error instanceof Error ? error : new Error(String(error))
    if (error instanceof ArgumentError) {
      return problem(400, 'One or more of the arguments submitted is incorrect', thrown)
    }
    return problem(500, 'Something went wrong while processing your request', thrown)
  }
}

type Answer = ManagementAnswer | undefined | Promise<ManagementAnswer | undefined>

function route(place: Starting, request: ManagementRequest): Answer {
  const [area = '', ...rest] = request.path
    .replace(/^\/+|\/+$/g, '')
    .split('/')
    .map(decodeURIComponent)
  const [first, second, third, ...more] = rest
  if (more.length > 0) return undefined
  switch (area.toLowerCase()) {
    case 'orchestrators':
      if (request.method !== 'POST' || first === undefined || third !== undefined) return undefined
      return start(place, request, { name: first, id: second })
    case 'instances':
      if (first === undefined) return allInstances(place.hub, request)
      if (second === undefined) return oneInstance(place.hub, request, first)
      if (request.method !== 'POST') return undefined
      if (third !== undefined) {
        return second.toLowerCase() === 'raiseevent'
          ? sendEvent(place.hub, request, { id: first, name: third })
          : undefined
      }
      if (second.toLowerCase() === 'restart') return restart(place, request, first)
      return changeInstance(place.hub, request, { id: first, operation: second })
    case 'entities':
      if (third !== undefined) return undefined
      return entities(place.hub, request, { name: first, key: second })
    case 'makeprimary':
      return notEmulated('Making an app the primary one')
  }
}

function allInstances(hub: Hub, request: ManagementRequest): Answer {
  if (request.method === 'GET') return listInstances(hub, request)
  if (request.method !== 'DELETE') return undefined
  if (moment(request.query, 'createdTimeFrom') === undefined) {
    return json(400, "Please provide value for 'createdTimeFrom' parameter.")
  }
  const instancesDeleted = purgeEnded(hub, filterOf(request.query))
  return instancesDeleted === 0 ? empty(404) : json(200, { instancesDeleted })
}

function oneInstance(hub: Hub, request: ManagementRequest, id: string): Answer {
  if (request.method === 'GET') return getStatus(hub, request, id)
  if (request.method === 'DELETE') return purgeOne(hub, id)
}

function entities(hub: Hub, request: ManagementRequest, { name, key }: Partial<EntityAddress>): Answer {
  if (key === undefined) return request.method === 'GET' ? listEntities(hub, request, name) : undefined
  if (name === undefined) return undefined
  // The sign for an entity whose key is empty.
  const address = { name, key: key === '$' ? '' : key }
  if (request.method === 'GET') {
    const state = hub.store.entities.get(schedulerId(address))
    return state === undefined ? empty(404) : json(200, JSON.parse(state))
  }
  if (request.method === 'DELETE') signalEntity(hub, address, { name: 'delete' })
  else if (request.method !== 'POST') return undefined
  else {
    const input =
      request.body === ''
        ? undefined
        : isJson(request)
          ? jsonBody(request.body)
          : { text: JSON.stringify(request.body) }
    if (request.body !== '' && !input) return problem(400, 'Could not parse JSON content')
    signalEntity(hub, address, { name: request.query.get('op') ?? '', ...(input ? { input: input.text } : {}) })
  }
  return empty(202)
}

function listEntities({ store }: Hub, { query }: ManagementRequest, name: string | undefined): ManagementAnswer {
  const found = store.entities.list(name === undefined ? '@' : `@${name.toLowerCase()}@`)
  const fetchState = flag(query, 'fetchState') === true
  return json(
    200,
    found.map(({ id, state }) => {
      const [entity, ...key] = id.slice(1).split('@')
      return { entityId: { name: entity, key: key.join('@') }, ...(fetchState ? { state: JSON.parse(state) } : {}) }
    }),
  )
}
