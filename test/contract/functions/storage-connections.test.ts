import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { BlobServiceClient } from '@azure/storage-blob'
import { QueueServiceClient } from '@azure/storage-queue'
import { pollingDelay } from 'local-functions/queue/polling-delay'
import { afterEach, describe, expect, test } from 'vitest'
import { appFolder, removeAppFolders } from './app-folder.ts'
import { type HostProcess, sample, startHost } from './host-process.ts'
import { base64, storageAccount } from './storage-account.ts'

const account = storageAccount()
const development = { AzureWebJobsStorage: 'UseDevelopmentStorage=true' }
const hosts: HostProcess[] = []

async function start(folder: string, settings: Record<string, string> = {}, storageFolder?: string) {
  const host = await startHost({
    apps: [{ folder, settings }],
    ...(storageFolder === undefined ? {} : { storageFolder }),
    storageTimes: { blobPollInterval: 100 },
  })
  hosts.push(host)
  return host
}

afterEach(async () => {
  await Promise.all(hosts.splice(0).map(host => host.kill()))
  await removeAppFolders()
})

/** Says its connection strings when it starts and when it is called. */
const teller = `app.http('tell', { authLevel: 'anonymous', handler: () => ({ jsonBody: process.env }) })`
const queueFunction = (options: string) => `app.storageQueue('q', { ${options}, handler: () => {} })`

async function told(host: HostProcess): Promise<Record<string, string>> {
  return (await (await fetch(`${host.endpoint}/api/tell`)).json()) as Record<string, string>
}

describe('a storage account the host starts itself', () => {
  test('is there for the app, which sees where', async () => {
    const folder = await appFolder(`${teller}\n${queueFunction(`queueName: 'abc', connection: '%WHERE%'`)}`)
    const settings = { AzureWebJobsStorage: 'UseDevelopmentStorage=true;', WHERE: 'AzureWebJobsStorage', PLAIN: 'x' }
    const host = await start(folder, { ...settings, OTHER: 'UseDevelopmentStorage=true' })
    const { AzureWebJobsStorage = '', OTHER, PLAIN } = await told(host)
    expect(AzureWebJobsStorage).toContain('AccountName=devstoreaccount1')
    expect(OTHER).toBe(AzureWebJobsStorage)
    expect(PLAIN).toBe('x')
    expect(await QueueServiceClient.fromConnectionString(AzureWebJobsStorage).getQueueClient('abc').exists()).toBe(
      false,
    )
  })

  test('is there before start hooks run', async () => {
    const folder = await appFolder(`app.hook.appStart(() => { globalThis.seen = process.env.AzureWebJobsStorage })
      app.http('tell', { authLevel: 'anonymous', handler: () => ({ jsonBody: { seen: globalThis.seen } }) })
      app.timer('t', { schedule: '0 0 0 1 1 *', handler: () => {} })`)
    const host = await start(folder, development)
    expect((await told(host)).seen).toContain('QueueEndpoint=http://127.0.0.1:')
  })

  test('is not started for an app that does not need it', async () => {
    const host = await start(await appFolder(teller), development)
    expect((await told(host)).AzureWebJobsStorage).toBe('UseDevelopmentStorage=true')
  })

  test('is not started for functions that are disabled', async () => {
    const folder = await appFolder(`${teller}\n${queueFunction(`queueName: 'abc', connection: ''`)}`)
    const host = await start(folder, { ...development, 'AzureWebJobs.q.Disabled': 'true' })
    expect((await told(host)).AzureWebJobsStorage).toBe('UseDevelopmentStorage=true')
  })

  test('is not started when the account is another one', async () => {
    const folder = await appFolder(`${teller}\n${queueFunction(`queueName: 'abc', connection: 'AzureWebJobsStorage'`)}`)
    const host = await start(folder, { AzureWebJobsStorage: account().connectionString })
    expect((await told(host)).AzureWebJobsStorage).toBe(account().connectionString)
  })

  test('ends with the host', async () => {
    const folder = await appFolder(`${teller}\n${queueFunction(`queueName: 'abc', connection: ''`)}`)
    const host = await start(folder, development)
    const endpoint = /QueueEndpoint=([^;]+)/.exec((await told(host)).AzureWebJobsStorage ?? '')?.[1] ?? ''
    expect((await fetch(endpoint)).status).toBeGreaterThan(0)
    await host.stop()
    await expect(fetch(endpoint)).rejects.toThrow()
  })

  test('is kept over a restart when it has a folder', async () => {
    const folder = await appFolder(`${teller}
      ${queueFunction(`queueName: 'abc', connection: ''`)}`)
    const place = mkdtempSync(join(tmpdir(), 'functions-storage-'))
    try {
      const first = await start(folder, development, place)
      const before = (await told(first)).AzureWebJobsStorage ?? ''
      await BlobServiceClient.fromConnectionString(before).createContainer('kept')
      await first.stop()
      const second = await start(folder, development, place)
      const after = BlobServiceClient.fromConnectionString((await told(second)).AzureWebJobsStorage ?? '')
      expect(await after.getContainerClient('kept').exists()).toBe(true)
      await second.stop()
    } finally {
      rmSync(place, { recursive: true, force: true })
    }
  })

  test('is kept in the folder the command line names', async () => {
    const place = mkdtempSync(join(tmpdir(), 'functions-storage-'))
    const main = fileURLToPath(new URL('../../../local/functions/src/main.ts', import.meta.url))
    const args = [sample('timer-quickstart'), '--port', '0', '--storage', place]
    const program = fork(main, args, { execArgv: [], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
    try {
      for await (const line of createInterface({ input: program.stdout ?? process.stdin })) {
        if (line.startsWith('Functions are ready at')) break
      }
      program.kill('SIGTERM')
      await once(program, 'exit')
      expect(readdirSync(place)).toContain('__azurite_db_blob__.json')
    } finally {
      program.kill('SIGKILL')
      rmSync(place, { recursive: true, force: true })
    }
  })

  test('serves the queue quickstart unchanged', async () => {
    const host = await start(sample('queue-quickstart'))
    expect(host.entries.filter(({ level }) => level === 'error')).toEqual([])
    await host.stop()
  })
})

describe('connections', () => {
  test.each([
    ['the setting itself', 'ORDERS', 'ORDERS'],
    ['the setting with AzureWebJobs before it', 'Orders', 'AzureWebJobsOrders'],
    ['the default when it is empty', '', 'AzureWebJobsStorage'],
    ['the default by its short name', 'Storage', 'AzureWebJobsStorage'],
  ])('%s is found', async (_, connection, settingName) => {
    const name = `q-${randomUUID()}`
    const queue = account().queues.getQueueClient(name)
    await queue.create()
    await queue.sendMessage(base64('x'))
    const folder = await appFolder(`app.storageQueue('q', { queueName: '${name}', connection: '${connection}',
      handler: (item, context) => context.log('got ' + item) })`)
    const host = await start(folder, { [settingName]: account().connectionString })
    await host.logged(lines => lines.includes('got x'))
  })

  const queue = (connection: string, name = 'abc') => queueFunction(`queueName: '${name}', connection: '${connection}'`)
  test.each([
    [
      'a missing setting',
      queue('ORDERS'),
      {},
      'Function "q": the storage connection "ORDERS" needs the setting "ORDERS"',
    ],
    [
      'an identity',
      queue('X'),
      { X__queueServiceUri: 'https://a' },
      '"X__queueServiceUri": a storage connection by identity',
    ],
    [
      'an account by identity',
      queue('X'),
      { X__accountName: 'a' },
      '"X__accountName": a storage connection by identity',
    ],
    ['no connection string', queue('X'), { X: 'nonsense' }, 'setting "X" is not a storage connection string'],
    ['a wrong queue name', queue('', 'No_Name'), development, '"No_Name" is not the name of a queue'],
    [
      'a blob trigger without its own state',
      `app.storageBlob('b', { path: 'a/{name}', connection: 'X', handler: () => {} })`.replace("'a/", "'abc/"),
      { X: 'UseDevelopmentStorage=true' },
      'Function "b": the storage connection "AzureWebJobsStorage" needs the setting "AzureWebJobsStorage"',
    ],
    [
      'Event Grid for blobs',
      `app.storageBlob('b', { path: 'abc/{name}', connection: '', source: 'Blobs', handler: () => {} })`,
      development,
      'Function "b": the source "Blobs" of a blob trigger is none of LogsAndContainerScan, EventGrid',
    ],
    [
      'a table',
      `import { input } from '@azure/functions'
      app.http('t', { extraInputs: [input.table({ tableName: 't', connection: '' })], handler: () => ({}) })`,
      development,
      'the input binding "table" is not emulated',
    ],
    [
      'sdkBinding',
      `app.storageBlob('b', { path: 'abc/{name}', connection: '', sdkBinding: true, handler: () => {} })`,
      development,
      '"sdkBinding" of blobTrigger is not emulated',
    ],
    [
      'a path without a container',
      `app.storageBlob('b', { path: '{name}', connection: '', handler: () => {} })`,
      development,
      'does not begin with a container',
    ],
    [
      'a path with a stray brace',
      `app.storageBlob('b', { path: 'abc/{name', connection: '', handler: () => {} })`,
      development,
      'has a brace without its other one',
    ],
  ])('%s is a start error', async (_, source, settings, says) => {
    await expect(start(await appFolder(source), settings)).rejects.toThrow(says)
  })

  test.each([
    [{ queues: { batchSize: 33 } }, '"extensions.queues.batchSize" must be a whole number from 1 to 32.'],
    [{ queues: { batchSize: 0 } }, 'batchSize" must be'],
    [{ queues: { newBatchThreshold: -1 } }, 'newBatchThreshold" must be a whole number from 0.'],
    [{ queues: { maxDequeueCount: 0 } }, 'maxDequeueCount" must be a whole number from 1.'],
    [{ queues: { maxPollingInterval: '00:00:00.05' } }, 'maxPollingInterval" must be at least 100 ms.'],
    [{ queues: { visibilityTimeout: 'soon' } }, 'visibilityTimeout" must be a time span'],
    [{ queues: { messageEncoding: 'rot13' } }, 'messageEncoding" must be "base64" or "none".'],
    [{ blobs: { maxDegreeOfParallelism: 0 } }, 'extensions.blobs.maxDegreeOfParallelism" must be'],
    [{ blobs: { poisonBlobThreshold: 1.5 } }, 'extensions.blobs.poisonBlobThreshold" must be'],
  ])('host.json %j is a start error', async (extensions, says) => {
    const folder = await appFolder(teller, { 'host.json': JSON.stringify({ version: '2.0', extensions }) })
    await expect(start(folder)).rejects.toThrow(says)
  })
})

test.each([
  [0, [100, 180, 260, 420, 740, 1000, 1000]],
  [1, [100, 220, 340, 580, 1000, 1000, 1000]],
])('looks into an empty queue are spread and doubled, up to the longest (chance %d)', (chance, expected) => {
  const delay = pollingDelay(1000, () => chance)
  expect(expected.map(() => delay(false))).toEqual(expected)
  expect([true, false].map(delay)).toEqual([100, expected[1]])
})
