import { openBindings, triggerOf } from './bindings/open-bindings.ts'
import { addBlobTrigger } from './blob/trigger.ts'
import type { Binding, Log } from './core-api.ts'
import { provideCoreModule } from './core-module.ts'
import { cosmosListener } from './cosmos/trigger.ts'
import type { EventGridFunctions } from './event-grid/webhook.ts'
import type { HostKeys } from './http/keys.ts'
import { closeServer, endpointOf, listen } from './http/listen.ts'
import { createRouteTable, type RouteTable } from './http/route-table.ts'
import { createInvoker, type LoadedFunction, runHooks } from './invoke.ts'
import type { Listener, TriggerHost } from './listener.ts'
import { type App, type AppOptions, loadApp, readApp } from './load-app.ts'
import { queueListener } from './queue/trigger.ts'
import { retryPolicy } from './retry.ts'
import { applySettings, isDisabled, resolveNames } from './settings.ts'
import { StartError } from './start-error.ts'
import { startDevelopmentStorage } from './storage/development-storage.ts'
import { hostStorage, type StorageTimes } from './storage/host-storage.ts'
import { timerListener } from './timer/trigger.ts'

/** What to run, and where. */
export interface HostOptions {
  apps: AppOptions[]
  /** 0 lets the system choose. */
  port?: number
  host?: string
  keys?: HostKeys
  /** Milliseconds running invocations get when the host stops. */
  drainTime?: number
  /** Where a local storage account is kept that the host starts itself; without it a restart forgets it. */
  storageFolder?: string
  /** Only for tests. */
  storageTimes?: Partial<StorageTimes>
  /** Receives every log line; without it nothing is written. */
  log?: Log
}

/** A host that answers. */
export interface FunctionsHost {
  endpoint: string
  /** No new work; running invocations get their time; leases are released. */
  stop(): Promise<void>
}

/** Milliseconds running invocations get when nothing else is said. */
const defaultDrainTime = 10_000

/** Everything that was registered, sorted by how it is called. */
interface Wiring {
  routes: RouteTable
  eventGrid: EventGridFunctions
  listeners: Listener[]
}

/**
 * Starts the function apps of some folders in this process, behind one address. Throws a StartError that says
 * what is wrong: a bad `host.json`, an unknown trigger, a missing setting, a doubled route, a missing container.
 */
export async function startFunctions(options: HostOptions): Promise<FunctionsHost> {
  const log = options.log ?? (() => {})
  const invoker = createInvoker(log)
  provideCoreModule((level, category, message) => log({ at: Date.now(), level, category, message }))
  const folders = options.apps.map(readApp)
  const restoreSettings = applySettings(folders)
  let wiring: Wiring | undefined
  let stopStorage = async () => {}
  try {
    const apps: App[] = []
    for (const folder of folders) apps.push(await loadApp(folder))
    wiring = wire(apps, { invoker, log, storage: hostStorage(options.storageTimes) })
    stopStorage = await startDevelopmentStorage(apps, options.storageFolder)
    for (const app of apps) await startApp(app)
    const doors = { ...wiring, invoker, keys: options.keys ?? {} }
    const server = await listen(doors, { host: options.host ?? '127.0.0.1', port: options.port ?? 0 })
    const drainTime = options.drainTime ?? defaultDrainTime
    try {
      await Promise.all(wiring.listeners.map(listener => listener.start()))
    } catch (error) {
      await closeServer(server, 0)
      throw error
    }
    const { listeners } = wiring
    const stop = once(async () => {
      await Promise.race([
        Promise.all([closeServer(server, drainTime), ...listeners.map(one => one.stop()), invoker.drain(drainTime)]),
        new Promise(resolve => setTimeout(resolve, drainTime + 500).unref()),
      ])
      for (const app of apps) await runHooks(app, 'appTerminate', { hookData: {}, appHookData: app.appHookData })
      await stopStorage()
      restoreSettings()
    })
    return { endpoint: endpointOf(server), stop }
  } catch (error) {
    await Promise.all(wiring?.listeners.map(listener => listener.stop()) ?? [])
    await stopStorage()
    restoreSettings()
    throw error
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= work()
    return done
  }
}

/** From here on the library refuses changes of its set-up. */
async function startApp(app: App): Promise<void> {
  const capabilities = await app.model.getCapabilities({})
  if (capabilities.HttpUri) {
    throw new StartError(`${app.folder}: app.setup({ enableHttpStream: true }) is not emulated by this host.`)
  }
  await runHooks(app, 'appStart', { hookData: {}, appHookData: app.appHookData })
}

function wire(apps: App[], host: TriggerHost): Wiring {
  const wiring: Wiring = { routes: createRouteTable(), eventGrid: new Map(), listeners: [] }
  for (const app of apps) {
    for (const { metadata, handler } of app.functions) {
      if (isDisabled(metadata.name, app.settings)) continue
      const [triggerName, trigger] = triggerOf(metadata.name, metadata.bindings)
      const registered = { app, name: metadata.name, metadata, handler, triggerName }
      const target: LoadedFunction = { ...registered, ...openBindings(registered) }
      const resolved = resolveNames(metadata.name, trigger, app.settings)
      connect(wiring, target, { trigger: resolved, host })
    }
  }
  return wiring
}

function connect(
  wiring: Wiring,
  target: LoadedFunction,
  { trigger, host }: { trigger: Binding; host: TriggerHost },
): void {
  const { name, app, metadata } = target
  const retries = () => retryPolicy(name, metadata.retryOptions ?? app.hostJson.retry)
  switch (trigger.type.toLowerCase()) {
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
      wiring.listeners.push(...addBlobTrigger(host, target, trigger))
      return
    default:
      throw new StartError(`Function "${name}": the trigger "${trigger.type}" is not emulated by this host.`)
  }
}
