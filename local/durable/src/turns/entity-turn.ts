import { errorText } from '../error-text.ts'
import { eventAt } from '../history.ts'
import type { Hub } from '../hub.ts'
import type { StoredMessage } from '../store/message-store.ts'

/** One operation as it is sent to an entity. */
interface EntityRequest {
  op: string
  signal?: boolean
  /** JSON. */
  input?: string
  id: string
  parent?: string
  parentExecution?: string
}

interface EntityAnswer {
  entityExists: boolean
  entityState?: string | null
  results: { isError?: boolean; result?: string }[]
  signals?: { target: { name: string; key: string }; name: string; input?: string }[]
}

/** The most operations an entity is handed at once, as the extension has it. */
const batchLimit = 5_000

/** Lets an entity work off what it was sent, in order; its state, its answers and its signals count together. */
export async function entityTurn(hub: Hub, id: string): Promise<void> {
  const { store, clock, known } = hub
  const messages = store.inbox.due(id, clock.now()).slice(0, batchLimit)
  const requests = messages.map(({ event }) => JSON.parse(event.Input ?? '{}') as EntityRequest)
  const [name = '', ...rest] = id.slice(1).split('@')
  const state = store.entities.get(id)
  const batch = requests.map(({ op, input, signal }) => ({ name: op, input, isSignal: signal === true }))
  const self = { name, key: rest.join('@') }
  const trigger = { self, exists: state !== undefined, state: state ?? null, batch }
  const answer = await call(hub, known.spelled('entity', name), JSON.stringify(trigger))
  if (hub.isAborted()) return
  store.atomically(() => record(hub, { id, messages, requests, answer }))
}

async function call({ functions, log }: Hub, name: string, input: string): Promise<EntityAnswer | Error> {
  try {
    const answer = JSON.parse((await functions.entity(name, input)) ?? 'null') as EntityAnswer | null
    if (!Array.isArray(answer?.results)) throw new Error('It did not answer as entities do.')
    return answer
  } catch (error) {
    log('error', `Entity function '${name}' failed: ${errorText(error)}`)
    return error instanceof Error ? error : new Error(String(error))
  }
}

interface Worked {
  id: string
  messages: StoredMessage[]
  requests: EntityRequest[]
  answer: EntityAnswer | Error
}

function record({ store, clock }: Hub, { id, messages, requests, answer }: Worked): void {
  const now = clock.now()
  store.inbox.remove(messages)
  const failed = answer instanceof Error ? { isError: true, result: JSON.stringify(answer.message) } : undefined
  if (!(answer instanceof Error)) {
    if (answer.entityExists) store.entities.save(id, answer.entityState ?? 'null')
    else store.entities.remove(id)
    for (const { target, name, input } of answer.signals ?? []) {
      const request = { op: name, signal: true, ...(input ? { input } : {}), id: `${id}/${now}`, parent: id }
      const event = eventAt(now, 'EventRaised', { Name: 'op', Input: JSON.stringify(request) })
      store.inbox.add({ instance: `@${target.name.toLowerCase()}@${target.key}`, execution: null, due: now, event })
    }
  }
  for (const [index, { signal, id: Name, parent, parentExecution }] of requests.entries()) {
    if (signal || parent === undefined) continue
    const missing = { isError: true, result: '"The entity did not answer this operation."' }
    const { isError, result } = failed ?? (answer as EntityAnswer).results[index] ?? missing
    const response = { ...(result === undefined ? {} : { result }), ...(isError ? { exceptionType: 'Error' } : {}) }
    const event = eventAt(now, 'EventRaised', { Name, Input: JSON.stringify(response) })
    store.inbox.add({ instance: parent, execution: parentExecution ?? null, due: now, event })
  }
}
