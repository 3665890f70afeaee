import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Child, startChild } from './child.ts'
import { createContainers } from './containers.ts'
import { localSecrets, type Secrets } from './secrets.ts'

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

/** Pause of the change feed functions after an empty poll, in milliseconds. */
const FEED_POLL = 5

const ISSUER = 'https://identity.remit.local/'
const AUDIENCE = 'api://remit'
const TOPIC = 'remit'

const root = fileURLToPath(new URL('..', import.meta.url))
const at = (path: string) => join(root, path)

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
    const port = options.port || (await freePort())
    const start = async (part: Omit<Parameters<typeof startChild>[0], 'onLine'>) => {
      const child = await startChild({ ...part, onLine: line => options.onLine(part.name, line) })
      parts.push(child)
      return child
    }
    const cosmos = await start({
      name: 'cosmos',
      file: at('local/cosmos/src/main.ts'),
      args: ['--port', '0', ...dataArguments(options, 'cosmos')],
      readyLine: /ready at (\S+) with key (\S+)/,
    })
    const connection = `AccountEndpoint=${cosmos.ready[1]};AccountKey=${cosmos.ready[2]};`
    await createContainers(connection)
    const config = join(temporary, 'event-grid.json')
    await writeFile(config, JSON.stringify(topics(secrets, port)))
    const eventGrid = await start({
      name: 'event-grid',
      file: at('local/event-grid/src/main.ts'),
      args: ['--config', config, '--port', '0', ...dataArguments(options, 'event-grid')],
      readyLine: /ready at (\S+)/,
    })
    const topicEndpoint = `${eventGrid.ready[1]}/${TOPIC}/api/events`
    await start({
      name: 'functions',
      file: at('local/functions/src/main.ts'),
      args: [
        at('packages/functions-commands'),
        at('packages/functions-projections'),
        at('packages/functions-reviews'),
        at('local/identity'),
        '--port',
        String(port),
        '--event-grid-key',
        secrets.deliveryKey,
      ],
      env: { ...appSettings({ secrets, port, connection, topicEndpoint }), ...options.settings },
      readyLine: /ready at (\S+)/,
    })
    const ended = Promise.race(
      parts.map(part => new Promise<string>(resolve => part.process.once('exit', () => resolve(part.name)))),
    )
    return {
      address: `http://127.0.0.1:${port}`,
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

function dataArguments({ data }: SystemOptions, part: string): string[] {
  return data === undefined ? [] : ['--data', join(data, part)]
}

/** The topic all events go to, and the functions that listen. */
function topics({ topicKey, deliveryKey }: Secrets, port: number) {
  const query = `functionName=updateReviews&code=${deliveryKey}`
  const webhook = `http://127.0.0.1:${port}/runtime/webhooks/EventGrid?${query}`
  const heard = ['held', 'approved', 'declined', 'expired'].map(what => `remit.transfer-${what}.v1`)
  const reviews = {
    name: 'reviews',
    destination: { type: 'webhook', url: webhook },
    filter: { includedEventTypes: heard },
  }
  return { topics: [{ name: TOPIC, key: topicKey, inputSchema: 'cloud-event', subscriptions: [reviews] }] }
}

type Surroundings = { secrets: Secrets; port: number; connection: string; topicEndpoint: string }

/** The settings all apps share: in Azure they are app settings and Key Vault references. */
function appSettings({ secrets, port, connection, topicEndpoint }: Surroundings): Record<string, string> {
  return {
    COSMOS: connection,
    FEED_POLL_MILLISECONDS: String(FEED_POLL),
    TOKEN_ISSUER: ISSUER,
    TOKEN_AUDIENCE: AUDIENCE,
    TOKEN_KEYS_URL: `http://127.0.0.1:${port}/local/keys`,
    CURSOR_SECRET: secrets.cursorSecret,
    EVENT_GRID_TOPIC: topicEndpoint,
    EVENT_GRID_KEY: secrets.topicKey,
    EVENT_SOURCE: 'urn:remit:local',
    IDENTITY_ISSUER: ISSUER,
    IDENTITY_AUDIENCE: AUDIENCE,
    IDENTITY_KEY: secrets.signingKey,
  }
}

/** A port nobody uses: the parts must know each other's addresses before the last of them listens. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}
