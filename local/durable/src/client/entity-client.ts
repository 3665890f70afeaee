import { eventAt } from '../history.ts'
import type { Hub } from '../hub.ts'
import { ArgumentError } from './instance-client.ts'

export interface EntityAddress {
  name: string
  key: string
}

/** The id under which an entity is kept. */
export function schedulerId({ name, key }: EntityAddress): string {
  return `@${name.toLowerCase()}@${key}`
}

/** Sends an operation without waiting for it. Throws an ArgumentError when there is no such entity function. */
export function signalEntity(hub: Hub, address: EntityAddress, operation: { name: string; input?: string }): void {
  const { store, clock, known } = hub
  if (!known.has('entity', address.name)) throw new ArgumentError(known.missing('entity', address.name))
  const { name: op, input } = operation
  const now = clock.now()
  const request = { op, signal: true, ...(input === undefined ? {} : { input }), id: hub.newId() }
  const event = eventAt(now, 'EventRaised', { Name: 'op', Input: JSON.stringify(request) })
  store.atomically(() => store.inbox.add({ instance: schedulerId(address), execution: null, due: now, event }))
  hub.wake()
}
