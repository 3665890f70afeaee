import { join } from 'node:path'
import type { Durable } from 'local-durable/open-durable'
import type { LoadedFunction } from '../invoke.ts'
import type { TriggerHost } from '../listener.ts'
import type { App } from '../load-app.ts'
import { StartError } from '../start-error.ts'
import { callFunctions, type DurableKind, type DurableTargets } from './call-functions.ts'
import { type HubOptions, readHubOptions } from './hub-options.ts'
import { openRpcDoor, type RpcDoor } from './rpc-door.ts'

/** Where the management API of all hubs of a host is found, below the host's address. */
export const webhookPath = '/runtime/webhooks/durabletask'

/** How a hub is reached from outside. */
export interface HostDoor {
  endpoint: string
  /** The key its callers must send, if any. */
  code?: string | undefined
}

/** The task hub of one app, in the life of its host. */
export class AppHub {
  readonly options: HubOptions
  readonly targets: DurableTargets = { orchestrator: new Map(), activity: new Map(), entity: new Map() }
  private readonly app: App
  private readonly opened = Promise.withResolvers<Durable>()
  private durable: Durable | undefined
  private door: RpcDoor | undefined
  private forgetHostName = () => {}

  constructor(app: App) {
    this.app = app
    this.options = readHubOptions(app)
    // Nobody may be waiting when the host gives up before the hub was opened.
    this.opened.promise.catch(() => {})
  }

  add(kind: DurableKind, target: LoadedFunction): void {
    this.targets[kind].set(target.name.toLowerCase(), target)
  }

  /** Opens the hub and goes on where it was left. */
  async start({ invoker, log, durableFolder, durableClock }: TriggerHost, door: HostDoor): Promise<void> {
    const { taskHub, concurrency, overridable } = this.options
    const { openDurable } = await import('local-durable/open-durable')
    const durable = openDurable({
      folder: durableFolder === undefined ? undefined : join(durableFolder, 'durable'),
      taskHub,
      concurrency,
      overridable,
      ...(durableClock ? { clock: durableClock } : {}),
      functions: callFunctions(invoker, this.targets),
      log: (level, message) => {
        if (!this.app.hostJson.logLevels.writes(category, level)) return
        log({ at: Date.now(), level, category, message })
      },
    })
    this.durable = durable
    for (const kind of ['orchestrator', 'activity', 'entity'] as const) {
      for (const { name } of this.targets[kind].values()) durable.register(kind, name)
    }
    this.forgetHostName = tellHostName(door.endpoint)
    this.door = await openRpcDoor(durable)
    durable.start({ baseUrl: `${door.endpoint}${webhookPath}`, code: door.code, rpcBaseUrl: this.door.url })
    this.opened.resolve(durable)
  }

  /** The hub, once it is open. */
  get whenOpen(): Promise<Durable> {
    return this.opened.promise
  }

  /** What runs may end; what waits goes on after the next start. */
  async stop(): Promise<void> {
    this.opened.reject(new Error('The host has stopped.'))
    await this.durable?.stop()
    await this.door?.close()
    this.forgetHostName()
  }

  /** A process that dies stores nothing any more. */
  abort(): void {
    this.durable?.abort()
  }
}

/**
 * Without this setting the library gives out links to port 7071, whatever port the host has; the Core Tools set it too.
 * Answers how to undo it.
 */
function tellHostName(endpoint: string): () => void {
  if (process.env.WEBSITE_HOSTNAME !== undefined) return () => {}
  const { host } = new URL(endpoint)
  process.env.WEBSITE_HOSTNAME = host
  return () => {
    if (process.env.WEBSITE_HOSTNAME === host) delete process.env.WEBSITE_HOSTNAME
  }
}

const category = 'Host.Triggers.DurableTask'

const hubs = new WeakMap<App, AppHub>()

/** The hub of an app that uses one: made when the first function asks for it. */
export function hubOf(app: App): AppHub {
  const found = hubs.get(app) ?? new AppHub(app)
  hubs.set(app, found)
  return found
}

/** The hubs the apps of a host use. Throws a StartError when two would be one. */
export function hubsOf(apps: App[]): AppHub[] {
  const found = apps.flatMap(app => hubs.get(app) ?? [])
  const names = found.map(({ options }) => options.taskHub.toLowerCase())
  const doubled = names.find((name, index) => names.indexOf(name) !== index)
  if (doubled !== undefined) throw new StartError(`Two apps use the task hub "${doubled}"; name each in its host.json.`)
  return found
}
