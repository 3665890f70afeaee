import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Part } from './child.ts'
import type { Secrets } from './secrets.ts'

/** What a part is, without who listens to what it prints. */
export type PartDescription = Omit<Part, 'onLine'>

/** Pause of the change feed functions after an empty poll, in milliseconds. */
const FEED_POLL = 5
/** The same while no function runs, in milliseconds: a laptop has better things to do. */
const IDLE_POLL = 100

const ISSUER = 'https://identity.remit.local/'
const AUDIENCE = 'api://remit'
const TOPIC = 'remit'

const root = fileURLToPath(new URL('..', import.meta.url))
const at = (path: string) => join(root, path)

/** 0 lets the system choose the port; without data everything is forgotten at the end. */
type Place = { readonly port: number; readonly data: string | undefined }

/** The local Cosmos DB. Its ready line says endpoint and key. */
export function cosmosPart({ port, data }: Place): PartDescription {
  return {
    name: 'cosmos',
    file: at('local/cosmos/src/main.ts'),
    args: ['--port', String(port), ...dataArguments(data, 'cosmos')],
    readyLine: /ready at (\S+) with key (\S+)/,
  }
}

/** The local Event Grid. `config` is a file with what `topics` answers. */
export function eventGridPart({ port, data, config }: Place & { readonly config: string }): PartDescription {
  return {
    name: 'event-grid',
    file: at('local/event-grid/src/main.ts'),
    args: ['--config', config, '--port', String(port), ...dataArguments(data, 'event-grid')],
    readyLine: /ready at (\S+)/,
  }
}

/** The local storage account: what the Functions hosts keep for their timers. Its ready line says how one gets at it. */
export function storagePart({ data }: Pick<Place, 'data'>): PartDescription {
  return {
    name: 'storage',
    file: at('local/storage/src/main.ts'),
    args: dataArguments(data, 'storage'),
    readyLine: /ready with (\S+)/,
  }
}

/** The local mailbox. Its ready line says where its page is, and where mail is handed over. */
export function mailboxPart({ data }: Pick<Place, 'data'>): PartDescription {
  return {
    name: 'mailbox',
    file: at('local/mailbox/src/main.ts'),
    args: ['--port', '0', '--smtp-port', '0', ...dataArguments(data, 'mailbox')],
    readyLine: /ready at (\S+) and takes mail at (\S+)/,
  }
}

function dataArguments(data: string | undefined, part: string): string[] {
  return data === undefined ? [] : ['--data', join(data, part)]
}

/** The folder of the app that streams its answers: the library of one process streams all answers or none. */
export const noticesFolder = 'packages/functions-notices'

/** Streams need no time at the end, their clients ask again. In milliseconds. */
export const STREAMS_DRAIN = 500

/** Where the app with the streams answers, below the one address. */
export const STREAMS = '/v1/me'

/** The folders of all other apps, the local identity provider and the server of the page among them. */
export const appFolders = {
  commands: 'packages/functions-commands',
  projections: 'packages/functions-projections',
  reviews: 'packages/functions-reviews',
  identity: 'local/identity',
  pages: 'local/pages',
} as const

type Host = {
  readonly name: string
  readonly folders: readonly string[]
  readonly port: number
  readonly deliveryKey: string
  readonly settings: Readonly<Record<string, string>>
  /** Where orchestrations are kept; without it a restart forgets them. */
  readonly state?: string | undefined
  /** Milliseconds that running calls get when it is stopped. */
  readonly drainTime?: number
  /** Addresses of other hosts, by the path below which they answer. */
  readonly forward?: Readonly<Record<string, string>>
}

/** A Functions host with one app or several. */
export function functionsPart({ name, folders, port, deliveryKey, settings, ...more }: Host): PartDescription {
  const { drainTime, state, forward = {} } = more
  const own = ['--port', String(port), '--event-grid-key', deliveryKey, '--idle-poll-delay', String(IDLE_POLL)]
  const kept = state === undefined ? [] : ['--storage', state]
  const drain = drainTime === undefined ? [] : ['--drain-time', String(drainTime)]
  const others = Object.entries(forward).flatMap(([path, address]) => ['--forward', `${path}=${address}`])
  return {
    name,
    file: at('local/functions/src/main.ts'),
    args: [...folders.map(at), ...own, ...drain, ...kept, ...others],
    env: settings,
    readyLine: /ready at (\S+)/,
  }
}

/** Where events are sent to. */
export const topicEndpointAt = (eventGrid: string) => `${eventGrid}/${TOPIC}/api/events`

type Listener = {
  readonly name: string
  readonly app: 'reviews' | 'notices'
  readonly functionName: string
  /** Types of events; all when it is absent. */
  readonly heard?: readonly string[]
  /** Without it each event comes alone. */
  readonly batching?: { readonly maxEventsPerBatch: number; readonly preferredBatchSizeInKilobytes: number }
}

/** The secondary services: who hears the news, and which of them. */
const listeners: readonly Listener[] = [
  {
    name: 'reviews',
    app: 'reviews',
    functionName: 'updateReviews',
    heard: ['held', 'approved', 'declined', 'expired'].map(what => `remit.transfer-${what}.v1`),
  },
  {
    name: 'notices',
    app: 'notices',
    functionName: 'keepNotice',
    batching: { maxEventsPerBatch: 100, preferredBatchSizeInKilobytes: 256 },
  },
]

/**
 * The topic all events go to, and the functions that listen.
 *
 * @param hosts where the apps are; an app without a place hears nothing
 */
export function topics({ topicKey, deliveryKey }: Secrets, hosts: { readonly [App in Listener['app']]?: string }) {
  const subscriptions = listeners.flatMap(({ name, app, functionName, heard, batching }) => {
    const url = hosts[app]
    const destination = { type: 'azure-function', url, functionName, key: deliveryKey }
    const filter = heard ? { filter: { includedEventTypes: heard } } : {}
    return url === undefined ? [] : [{ name, destination, ...filter, ...(batching ? { batching } : {}) }]
  })
  return { topics: [{ name: TOPIC, key: topicKey, inputSchema: 'cloud-event', subscriptions }] }
}

type Surroundings = {
  secrets: Secrets
  address: string
  connection: string
  topicEndpoint: string
  storage: string
  mail: string
}

/** The settings all apps share: in Azure they are app settings and Key Vault references. */
export function appSettings({
  secrets,
  address,
  connection,
  topicEndpoint,
  storage,
  mail,
}: Surroundings): Record<string, string> {
  return {
    AzureWebJobsStorage: storage,
    MAIL_SMTP: mail,
    MAIL_FROM: 'Remit <no-reply@remit.local>',
    MAIL_REVIEWERS: 'reviewers@remit.local',
    MAIL_OWNERS: '{owner}@remit.local',
    COSMOS: connection,
    FEED_POLL_MILLISECONDS: String(FEED_POLL),
    TOKEN_ISSUER: ISSUER,
    TOKEN_AUDIENCE: AUDIENCE,
    TOKEN_KEYS_URL: `${address}/local/keys`,
    CURSOR_SECRET: secrets.cursorSecret,
    EVENT_GRID_TOPIC: topicEndpoint,
    EVENT_GRID_KEY: secrets.topicKey,
    EVENT_SOURCE: 'urn:remit:local',
    IDENTITY_ISSUER: ISSUER,
    IDENTITY_AUDIENCE: AUDIENCE,
    IDENTITY_KEY: secrets.signingKey,
  }
}

/** Ports nobody uses: the parts must know each other's addresses before the last of them listens. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(servers.map(listening))
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
  return ports
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}
