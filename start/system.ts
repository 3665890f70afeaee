import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildPage } from '@remit/review-page/build-page'
import { type Child, startChild } from './child.ts'
import { createContainers } from './containers.ts'
import {
  appFolders,
  appSettings,
  cosmosPart,
  eventGridPart,
  freePorts,
  functionsPart,
  type PartDescription,
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
  readonly parts: readonly Child[]
  /** Resolves with the name of a part that ended by itself. */
  readonly ended: Promise<string>
  readonly stop: () => Promise<void>
}

/** Starts the whole system on this machine, part by part, and resolves when it answers. */
export async function startSystem(options: SystemOptions): Promise<RunningSystem> {
  const parts: Child[] = []
  const temporary = await mkdtemp(join(tmpdir(), 'remit-'))
  const stop = async () => {
    for (const part of [...parts].reverse()) await part.stop()
    await rm(temporary, { recursive: true, force: true })
  }
  try {
    const secrets = await localSecrets(options.data)
    const port = options.port || ((await freePorts(1))[0] ?? 0)
    const address = `http://127.0.0.1:${port}`
    const start = async (part: PartDescription) => {
      const child = await startChild({ ...part, onLine: line => options.onLine(part.name, line) })
      parts.push(child)
      return child
    }
    const page = join(temporary, 'review-page')
    const [cosmos, storage] = await Promise.all([
      start(cosmosPart({ port: 0, data: options.data })),
      start(storagePart({ data: options.data })),
      buildPage(page, { api: '', identity: { kind: 'local' } }),
    ])
    const connection = connectionOf(cosmos)
    await createContainers(connection)
    const config = join(temporary, 'event-grid.json')
    await writeFile(config, JSON.stringify(topics(secrets, address)))
    const eventGrid = await start(eventGridPart({ port: 0, data: options.data, config }))
    const topicEndpoint = topicEndpointAt(String(eventGrid.ready[1]))
    const settings = appSettings({ secrets, address, connection, topicEndpoint, storage: String(storage.ready[1]) })
    await start(
      functionsPart({
        name: 'functions',
        folders: Object.values(appFolders),
        port,
        deliveryKey: secrets.deliveryKey,
        settings: { ...settings, PAGES_FOLDER: page, PAGES_ROUTE: 'review', ...options.settings },
      }),
    )
    const ended = Promise.race(
      parts.map(part => new Promise<string>(resolve => part.process.once('exit', () => resolve(part.name)))),
    )
    return {
      address,
      cosmos: connection,
      eventGrid: String(eventGrid.ready[1]),
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
