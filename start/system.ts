import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildPage } from '@remit/review-page/build-page'
import { type Child, spawnChild } from './child.ts'
import { createContainers } from './containers.ts'
import {
  appFolders,
  appSettings,
  cosmosPart,
  eventGridPart,
  freePorts,
  functionsPart,
  mailboxPart,
  noticesFolder,
  type PartDescription,
  STREAMS,
  STREAMS_DRAIN,
  storagePart,
  topicEndpointAt,
  topics,
} from './parts.ts'
import { localSecrets } from './secrets.ts'

export type SystemOptions = {
  /** 0 lets the system choose. */
  readonly port: number
  /** Folder of all data; without it everything is forgotten at the end. */
  readonly data: string | undefined
  /** Settings of the apps that differ from their defaults, by name. */
  readonly settings?: Readonly<Record<string, string>>
  /** Gets what the parts print. */
  readonly onLine: (part: string, line: string) => void
}

export type RunningSystem = {
  readonly address: string
  /** `AccountEndpoint=…;AccountKey=…;` of the local Cosmos DB. */
  readonly cosmos: string
  readonly eventGrid: string
  /** The page with all mail. */
  readonly mailbox: string
  readonly parts: readonly Child[]
  /** Resolves with the name of a part that ended by itself. */
  readonly ended: Promise<string>
  readonly stop: () => Promise<void>
}

/** Somebody else may be given a port between its choice and its use; then others are chosen, so often. */
const STARTS = 5

/** Starts the whole system on this machine, part by part, and resolves when it answers. */
export async function startSystem(options: SystemOptions): Promise<RunningSystem> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startParts(options)
    } catch (error) {
      const taken = /EADDRINUSE.*:(\d+)/.exec(String(error))?.[1]
      if (taken === undefined || taken === String(options.port) || attempt === STARTS) throw error
    }
  }
}

async function startParts(options: SystemOptions): Promise<RunningSystem> {
  const parts: Child[] = []
  /** Also of those that are not ready yet. */
  const stops: (() => Promise<void>)[] = []
  const temporary = await mkdtemp(join(tmpdir(), 'remit-'))
  const stop = async () => {
    for (const stopPart of [...stops].reverse()) await stopPart()
    await rm(temporary, { recursive: true, force: true })
  }
  try {
    const secrets = await localSecrets(options.data)
    const [free = 0, noticesPort = 0] = await freePorts(2)
    const port = options.port || free
    const address = `http://127.0.0.1:${port}`
    const notices = `http://127.0.0.1:${noticesPort}`
    const start = async (part: PartDescription) => {
      const starting = spawnChild({ ...part, onLine: line => options.onLine(part.name, line) })
      stops.push(starting.stop)
      const child = await starting.ready
      parts.push(child)
      return child
    }
    const page = join(temporary, 'review-page')
    const [cosmos, storage, mailbox] = await Promise.all([
      start(cosmosPart({ port: 0, data: options.data })),
      start(storagePart({ data: options.data })),
      start(mailboxPart({ data: options.data })),
      buildPage(page, { api: '', identity: { kind: 'local' } }),
    ])
    const connection = connectionOf(cosmos)
    await createContainers(connection)
    const config = join(temporary, 'event-grid.json')
    await writeFile(config, JSON.stringify(topics(secrets, { reviews: address, notices })))
    const eventGrid = await start(eventGridPart({ port: 0, data: options.data, config }))
    const topicEndpoint = topicEndpointAt(String(eventGrid.ready[1]))
    const shared = appSettings({
      secrets,
      address,
      connection,
      topicEndpoint,
      storage: String(storage.ready[1]),
      mail: String(mailbox.ready[2]),
    })
    const { deliveryKey } = secrets
    const settings = { ...shared, PAGES_FOLDER: page, PAGES_ROUTE: 'review', ...options.settings }
    const folders = Object.values(appFolders)
    const forward = { [STREAMS]: notices }
    const state = options.data && join(options.data, 'functions')
    await Promise.all([
      start(functionsPart({ name: 'functions', folders, port, deliveryKey, settings, forward, state })),
      start(
        functionsPart({
          name: 'notices',
          folders: [noticesFolder],
          port: noticesPort,
          deliveryKey,
          settings,
          drainTime: STREAMS_DRAIN,
        }),
      ),
    ])
    const ended = Promise.race(
      parts.map(part => new Promise<string>(resolve => part.process.once('exit', () => resolve(part.name)))),
    )
    return {
      address,
      cosmos: connection,
      eventGrid: String(eventGrid.ready[1]),
      mailbox: String(mailbox.ready[1]),
      parts,
      ended,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** How one gets at a local Cosmos DB, from the line that says it is ready. */
export function connectionOf({ ready }: Child): string {
  return `AccountEndpoint=${ready[1]};AccountKey=${ready[2]};`
}
