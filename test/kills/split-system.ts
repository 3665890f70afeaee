import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Child, type Starting, spawnChild } from '../../start/child.ts'
import { createContainers } from '../../start/containers.ts'
import {
  appFolders,
  appSettings,
  cosmosPart,
  eventGridPart,
  freePorts,
  functionsPart,
  mailboxPart,
  type PartDescription,
  storagePart,
  topicEndpointAt,
  topics,
} from '../../start/parts.ts'
import { localSecrets } from '../../start/secrets.ts'
import { connectionOf } from '../../start/system.ts'
import { type Admit, type App, startRouter } from './router.ts'

/** The parts that may be killed, each a process of its own. */
export const killable = ['cosmos', 'event-grid', 'commands', 'projections', 'reviews'] as const
export type PartName = (typeof killable)[number]

export type Deliveries = { readonly pending: number; readonly dropped: number }

export type SplitSystem = {
  readonly address: string
  /** `AccountEndpoint=…;AccountKey=…;` of the local Cosmos DB. */
  readonly cosmos: string
  /** What the local Event Grid says of its subscription. */
  readonly deliveries: () => Promise<Deliveries>
  /** SIGKILL, also before it is ready. Resolves when the process is gone. */
  readonly kill: (name: PartName) => Promise<void>
  /** Starts a part that was killed, with its data, on its port. Resolves when it says that it is ready, rejects when it ends before. */
  readonly restart: (name: PartName) => Promise<void>
  /** What an app is started with from the next restart on: a folder below the project's. */
  readonly deploy: (name: App, folder: string) => void
  /** Deletes what the orchestrations of an app have stored; it must not be running. */
  readonly forget: (name: App) => Promise<void>
  /** The page with all mail. */
  readonly mailbox: string
  /** What the parts printed lately, each line with the name of its part before it. */
  readonly printed: readonly string[]
  /** The review service itself. */
  readonly reviews: string
  readonly stop: () => Promise<void>
}

/** Leases are anybody's after a second, so that the next kill need not wait for the work of the one before. */
const QUICK_LEASES = {
  LEASE_ACQUIRE_MILLISECONDS: '250',
  LEASE_RENEW_MILLISECONDS: '300',
  LEASE_EXPIRATION_MILLISECONDS: '1000',
}
/** The watch finds what a killed process left behind. Every second. */
const WATCH = { WATCH_SCHEDULE: '* * * * * *' }
/** Another process may have been given the port of a part that was down: a start is tried so often. */
const STARTS = 5

/** Lines of what the parts print that are remembered. */
const PRINTED = 5_000

/** What the parts print is of interest when something went wrong: `KILLS_VERBOSE=1` shows it. */
const print = process.env.KILLS_VERBOSE ? (line: string) => console.error(line) : () => undefined

type SplitOptions = {
  /** Settings of the apps that differ. */
  readonly settings?: Readonly<Record<string, string>>
  /** What Event Grid does wrong on purpose. */
  readonly faults?: { readonly duplicates?: number; readonly shuffle?: boolean }
}

/** Every part in a process of its own, on a port that stays its own, behind one address. */
export async function startSplitSystem(
  admit: Admit,
  { settings: own = {}, faults }: SplitOptions = {},
): Promise<SplitSystem> {
  const folder = await mkdtemp(join(tmpdir(), 'remit-kills-'))
  const running = new Map<string, Starting>()
  const printed: string[] = []
  const data = join(folder, 'data')
  await mkdir(data)
  const [cosmosPort = 0, eventGridPort = 0, commands = 0, projections = 0, reviews = 0, identity = 0] =
    await freePorts(6)
  const ports: Record<App, number> = { commands, projections, reviews, identity }
  const router = await startRouter({ port: 0, ports, admit })

  const start = async (part: PartDescription): Promise<Child> => {
    for (let attempt = 1; ; attempt++) {
      try {
        const onLine = (line: string) => {
          print(`[${part.name}] ${line}`)
          if (printed.push(`[${part.name}] ${line}`) > PRINTED) printed.shift()
        }
        const starting = spawnChild({ ...part, onLine })
        running.set(part.name, starting)
        return await starting.ready
      } catch (error) {
        if (attempt === STARTS || !String(error).includes('EADDRINUSE')) throw error
      }
    }
  }
  const stop = async () => {
    await Promise.all([...running.values()].map(part => part.stop()))
    await router.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
  try {
    const secrets = await localSecrets(data)
    const config = join(folder, 'event-grid.json')
    await writeFile(config, JSON.stringify({ ...topics(secrets, { reviews: router.address }), faults }))
    const cosmos = cosmosPart({ port: cosmosPort, data })
    const connection = connectionOf(await start(cosmos))
    await createContainers(connection)
    const topicEndpoint = topicEndpointAt(`http://127.0.0.1:${eventGridPort}`)
    const mailbox = await start(mailboxPart({ data }))
    const shared = appSettings({
      secrets,
      address: router.address,
      connection,
      topicEndpoint,
      storage: String((await start(storagePart({ data }))).ready[1]),
      mail: String(mailbox.ready[2]),
    })
    const settings = { ...shared, ...QUICK_LEASES, ...WATCH, ...own }
    const stateOf = (name: App) => join(data, name)
    const host = (name: App, folder: string = appFolders[name]) =>
      functionsPart({
        name,
        folders: [folder],
        port: ports[name],
        deliveryKey: secrets.deliveryKey,
        settings,
        state: stateOf(name),
      })
    const parts: Record<PartName, PartDescription> = {
      cosmos,
      'event-grid': eventGridPart({ port: eventGridPort, data, config }),
      commands: host('commands'),
      projections: host('projections'),
      reviews: host('reviews'),
    }
    await start(parts['event-grid'])
    await Promise.all([
      start(host('identity')),
      ...(['commands', 'projections', 'reviews'] as const).map(name => start(parts[name])),
    ])
    return {
      address: router.address,
      cosmos: connection,
      deliveries: async () => {
        const answer = await fetch(`http://127.0.0.1:${eventGridPort}/topics/remit/deliveries`)
        const { subscriptions } = (await answer.json()) as { subscriptions: [Deliveries] }
        return subscriptions[0]
      },
      kill: async name => {
        const process = running.get(name)?.process
        if (process?.exitCode !== null || process.signalCode !== null) throw new Error(`${name} had ended by itself`)
        const gone = new Promise(resolve => process.once('exit', resolve))
        process.kill('SIGKILL')
        await gone
      },
      restart: async name => void (await start(parts[name])),
      deploy: (name, folder) => {
        if (name !== 'identity') parts[name] = host(name, folder)
      },
      mailbox: String(mailbox.ready[1]),
      forget: name => rm(stateOf(name), { recursive: true, force: true }),
      printed,
      reviews: `http://127.0.0.1:${ports.reviews}`,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
