import type { Clock } from 'local-clock/clock'
import { triggerOf } from './bindings/open-bindings.ts'
import type { Log } from './core-api.ts'
import { provideCoreModule } from './core-module.ts'
import { createCalm } from './cosmos/calm.ts'
import type { HostKeys } from './http/keys.ts'
import { type Forward, listen } from './http/listen.ts'
import { createInvoker, runHooks } from './invoke.ts'
import { type App, type AppOptions, loadApp, readApp } from './load-app.ts'
import { once } from './once.ts'
import { applySettings } from './settings.ts'
import { StartError } from './start-error.ts'
import { startDevelopmentStorage } from './storage/development-storage.ts'
import { hostStorage, type StorageTimes } from './storage/host-storage.ts'
import { eventDoors, type Wiring, wire } from './wiring.ts'

/** What to run, and where. */
export interface HostOptions {
  apps: AppOptions[]
  /** 0 lets the system choose. */
  port?: number
  host?: string
  keys?: HostKeys
  /** Paths that other processes answer; in Azure API Management does this. */
  forward?: { path: string; address: string }[]
  /** Milliseconds running invocations get when the host stops. */
  drainTime?: number
  /** Milliseconds between two questions to a feed while no function runs, where its own pause is shorter. */
  idlePollDelay?: number
  /** Milliseconds within which an HTTP answer must have begun. */
  responseTimeout?: number
  /** Where a local storage account that the host starts itself and task hubs are kept; without it a restart forgets them. */
  storageFolder?: string
  /** Only for tests. */
  storageTimes?: Partial<StorageTimes>
  /** Only for tests: the time of task hubs. */
  durableClock?: Clock
  /** Receives every log line; without it nothing is written. */
  log?: Log
}

/** A host that answers. */
export interface FunctionsHost {
  endpoint: string
  /** Whatever runs fails now and nothing begins any more, as when a worker process dies in Azure. */
  fail(error: Error): void
  /** No new work; running invocations get their time; leases are released. */
  stop(): Promise<void>
}

/** Milliseconds running invocations get when nothing else is said. */
export const defaultDrainTime = 10_000

/** The service's own load balancer waits no longer, in milliseconds. */
const defaultResponseTimeout = 230_000

/**
 * Starts the function apps of some folders in this process, behind one address. Throws a StartError that says
 * what is wrong: a bad `host.json`, an unknown trigger, a missing setting, a doubled route, a missing container.
 */
export async function startFunctions(options: HostOptions): Promise<FunctionsHost> {
  const log = options.log ?? (() => {})
  const calm = createCalm(options.idlePollDelay ?? 0)
  const invoker = createInvoker(log, calm.end)
  const folders = options.apps.map(readApp)
  provideCoreModule((level, _, message) => {
    const wanted = folders.some(({ hostJson }) => hostJson.logLevels.writes('Worker', level))
    if (wanted) log({ at: Date.now(), level, category: 'Worker', message })
  })
  const restoreSettings = applySettings(folders)
  let wiring: Wiring | undefined
  let stopStorage = async () => {}
  try {
    const apps: App[] = []
    for (const folder of folders) apps.push(await loadApp(folder))
    const { storageFolder: durableFolder, durableClock } = options
    const triggerHost = { invoker, log, calm, storage: hostStorage(options.storageTimes), durableFolder, durableClock }
    wiring = wire(apps, triggerHost)
    stopStorage = await startDevelopmentStorage(apps, options.storageFolder)
    for (const app of apps) await startApp(app)
    const { keys = {}, responseTimeout = defaultResponseTimeout } = options
    const forward = (options.forward ?? []).map(readForward)
    const doors = {
      routes: wiring.routes,
      eventDoors: eventDoors(wiring, invoker, keys),
      durable: wiring.durable,
      invoker,
      keys,
      forward,
      responseTimeout,
    }
    const address = await listen(doors, { host: options.host ?? '127.0.0.1', port: options.port ?? 0 })
    const drainTime = options.drainTime ?? defaultDrainTime
    try {
      const door = { endpoint: address.endpoint, code: keys.durable }
      await Promise.all(wiring.durable.map(hub => hub.start(triggerHost, door)))
      await Promise.all(wiring.listeners.map(listener => listener.start()))
    } catch (error) {
      await address.close(0)
      throw error
    }
    for (const app of apps) listFunctions(app, address.endpoint, log)
    const listeners = [...wiring.listeners, ...wiring.durable]
    const hubs = wiring.durable
    const stop = once(async () => {
      await Promise.race([
        Promise.all([address.close(drainTime), ...listeners.map(one => one.stop()), invoker.drain(drainTime)]),
        new Promise(resolve => setTimeout(resolve, drainTime + 500).unref()),
      ])
      for (const hub of hubs) await hub.close()
      for (const app of apps) await runHooks(app, 'appTerminate', { hookData: {}, appHookData: app.appHookData })
      await stopStorage()
      restoreSettings()
    })
    const fail = (error: Error) => {
      for (const hub of hubs) hub.abort()
      invoker.fail(error)
    }
    return { endpoint: address.endpoint, fail, stop }
  } catch (error) {
    await Promise.all(wiring?.listeners.map(listener => listener.stop()) ?? [])
    await Promise.all(wiring?.durable.map(hub => hub.close()) ?? [])
    await stopStorage()
    restoreSettings()
    throw error
  }
}

function readForward({ path, address }: { path: string; address: string }): Forward {
  if (!path.startsWith('/') || !URL.canParse(address))
    throw new StartError(`"${path}=${address}" is no path and address.`)
  return { path: path.replace(/\/+$/, '').toLowerCase(), address: new URL(address) }
}

/** Says at which addresses an app answers, and what else it has. */
function listFunctions(app: App, endpoint: string, log: Log): void {
  if (!app.hostJson.logLevels.writes('Host.Startup', 'information')) return
  for (const { metadata } of app.functions) {
    const [, { type, route, methods, authLevel }] = triggerOf(metadata.name, metadata.bindings)
    const path = [app.hostJson.routePrefix, route || metadata.name].filter(part => part !== '').join('/')
    const key = authLevel === 'anonymous' ? '' : ' (with a key)'
    const where = type === 'httpTrigger' ? `[${methods}] ${endpoint}/${path}${key}` : type
    log({ at: Date.now(), level: 'information', category: 'Host.Startup', message: `${metadata.name}: ${where}` })
  }
}

/** From here on the library refuses changes of its set-up. */
async function startApp(app: App): Promise<void> {
  const capabilities = await app.model.getCapabilities({})
  if (capabilities.HttpUri) app.streamsTo = new URL(capabilities.HttpUri)
  await runHooks(app, 'appStart', { hookData: {}, appHookData: app.appHookData })
}
