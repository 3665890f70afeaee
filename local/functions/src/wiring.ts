import { openBindings, triggerOf } from './bindings/open-bindings.ts'
import { type BlobEvents, blobDoor } from './blob/blob-events.ts'
import { addBlobTrigger } from './blob/trigger.ts'
import type { Binding } from './core-api.ts'
import { cosmosListener } from './cosmos/trigger.ts'
import { type AppHub, hubOf, hubsOf } from './durable/app-hub.ts'
import { durableKinds } from './durable/call-functions.ts'
import { type EventDoor, type EventGridFunctions, eventGridDoor } from './event-grid/webhook.ts'
import type { HostKeys } from './http/keys.ts'
import { createRouteTable, type RouteTable } from './http/route-table.ts'
import type { Invoker, LoadedFunction } from './invoke.ts'
import type { Listener, TriggerHost } from './listener.ts'
import type { App } from './load-app.ts'
import { queueListener } from './queue/trigger.ts'
import { retryPolicy } from './retry.ts'
import { isDisabled, resolveNames } from './settings.ts'
import { StartError } from './start-error.ts'
import { timerListener } from './timer/trigger.ts'

/** Everything that was registered, sorted by how it is called. */
export interface Wiring {
  routes: RouteTable
  eventGrid: EventGridFunctions
  blobEvents: BlobEvents
  listeners: Listener[]
  /** Task hubs, one for each app that uses one. */
  durable: AppHub[]
}

/** Where Event Grid may deliver to. */
export function eventDoors(
  { eventGrid, blobEvents }: Wiring,
  invoker: Invoker,
  keys: HostKeys,
): Map<string, EventDoor> {
  return new Map([
    ['/runtime/webhooks/eventgrid', eventGridDoor(eventGrid, invoker, keys)],
    ['/runtime/webhooks/blobs', blobDoor(blobEvents, keys)],
  ])
}

/** Connects every function with its trigger and its bindings. Throws a StartError for what cannot work. */
export function wire(apps: App[], host: TriggerHost): Wiring {
  const wiring: Wiring = {
    routes: createRouteTable(),
    eventGrid: new Map(),
    blobEvents: new Map(),
    listeners: [],
    durable: [],
  }
  for (const app of apps) {
    for (const { metadata, handler } of app.functions) {
      const [triggerName, trigger] = triggerOf(metadata.name, metadata.bindings)
      // The route of a disabled function stays taken; every other trigger is simply not listened to.
      if (trigger.type.toLowerCase() !== 'httptrigger' && isDisabled(metadata.name, app.settings)) continue
      const registered = { app, name: metadata.name, metadata, handler, triggerName }
      const target: LoadedFunction = { ...registered, ...openBindings(registered) }
      const resolved = resolveNames(metadata.name, trigger, app.settings)
      connect(wiring, target, { trigger: resolved, host })
    }
  }
  wiring.durable.push(...hubsOf(apps))
  return wiring
}

function connect(
  wiring: Wiring,
  target: LoadedFunction,
  { trigger, host }: { trigger: Binding; host: TriggerHost },
): void {
  const { name, app, metadata } = target
  const retries = () => retryPolicy(name, metadata.retryOptions ?? app.hostJson.retry)
  const type = trigger.type.toLowerCase()
  switch (type) {
    case 'httptrigger':
      wiring.routes.add(target, trigger)
      return
    case 'eventgridtrigger': {
      const key = name.toLowerCase()
      if (wiring.eventGrid.has(key))
        throw new StartError(`Two functions with an Event Grid trigger are named "${name}".`)
      wiring.eventGrid.set(key, target)
      return
    }
    case 'cosmosdbtrigger':
      wiring.listeners.push(cosmosListener(host, target, { trigger, retry: retries() }))
      return
    case 'timertrigger':
      wiring.listeners.push(timerListener(host, target, { trigger, retry: retries() }))
      return
    case 'queuetrigger':
      wiring.listeners.push(queueListener(host, target, trigger))
      return
    case 'blobtrigger':
      addBlobTrigger(host, target, { trigger, ...wiring })
      return
    case 'orchestrationtrigger':
    case 'activitytrigger':
    case 'entitytrigger':
      hubOf(app).add(durableKinds[type], target)
      return
    default:
      throw new StartError(`Function "${name}": the trigger "${trigger.type}" is not emulated by this host.`)
  }
}
