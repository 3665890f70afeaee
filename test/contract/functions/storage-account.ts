import { BlobServiceClient } from '@azure/storage-blob'
import { QueueServiceClient } from '@azure/storage-queue'
import type { StorageTimes } from 'local-functions/storage/host-storage'
import { startStorage } from 'local-storage/storage'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { appFolder, removeAppFolders } from './app-folder.ts'
import { type HostProcess, startHost } from './host-process.ts'

/** What an app is run with. */
type Run = {
  readonly hostJson?: object
  readonly settings?: Record<string, string>
  readonly times?: Partial<StorageTimes>
}

/** The storage account of a test file, and the hosts that use it. */
export type Account = {
  readonly connectionString: string
  readonly blobs: BlobServiceClient
  readonly queues: QueueServiceClient
  /** Makes an app of one file; hosts that run the same folder are instances of one app. */
  app(source: string, hostJson?: object): Promise<string>
  /** Starts a host with an app's folder. It is killed after the test unless it has ended before. */
  start(folder: string, run?: Run): Promise<HostProcess>
  /** Makes an app and starts it. */
  run(source: string, run?: Run): Promise<HostProcess>
}

/** Starts a storage account for a test file, which ends with it. */
export function storageAccount(): () => Account {
  let current: Account
  let stop: () => Promise<void>
  const hosts: HostProcess[] = []
  beforeAll(async () => {
    const storage = await startStorage()
    stop = storage.stop
    current = open(storage.connectionString, hosts)
  })
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map(host => host.kill()))
    await removeAppFolders()
  })
  afterAll(() => stop())
  return () => current
}

function open(connectionString: string, hosts: HostProcess[]): Account {
  const app: Account['app'] = (source, hostJson = {}) =>
    appFolder(`import { input, output } from '@azure/functions'\n${source}`, {
      'host.json': JSON.stringify({ version: '2.0', ...hostJson }),
    })
  const start: Account['start'] = async (folder, { settings = {}, times = {} } = {}) => {
    const all = { AzureWebJobsStorage: connectionString, ...settings }
    const host = await startHost({ apps: [{ folder, settings: all }], storageTimes: times })
    hosts.push(host)
    return host
  }
  return {
    connectionString,
    blobs: BlobServiceClient.fromConnectionString(connectionString),
    queues: QueueServiceClient.fromConnectionString(connectionString),
    app,
    start,
    run: async (source, run = {}) => start(await app(source, run.hostJson), run),
  }
}

/** Base64, as messages are sent by default. */
export function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** What lines of a kind say: the JSON after their first word. */
export function said(messages: readonly string[], word: string): unknown[] {
  return messages.filter(line => line.startsWith(`${word} `)).map(line => JSON.parse(line.slice(word.length + 1)))
}
