import { startIsolated } from 'local-functions/isolate'
import { afterEach, expect, test } from 'vitest'
import { appFolder, removeAppFolders } from './app-folder.ts'
import { startHost } from './host-process.ts'
import { shop } from './shop.ts'

/** Handles a change only when it is harmless. */
const feed = (options = '') => `
  app.cosmosDB('changes', {
    connection: 'COSMOS', databaseName: 'shop', containerName: 'items', leaseContainerName: 'leases',
    startFromBeginning: true, maxItemsPerInvocation: 1, feedPollDelay: 10, leaseAcquireInterval: 50,
    leaseRenewInterval: 50, leaseExpirationInterval: 500, ${options}
    handler: async ([item], context) => {
      context.log('got ' + item.id)
      if (item.id === 'hangs') await new Promise(() => {})
      if (item.id === 'throws later') {
        setTimeout(() => { throw new Error('nobody catches this') })
        await new Promise(() => {})
      }
    },
  })
  app.http('ping', { authLevel: 'anonymous', handler: async () => ({}) })
`

const current = shop(1)
afterEach(removeAppFolders)

const settings = () => ({ COSMOS: `AccountEndpoint=${current().cosmos.endpoint};AccountKey=${current().cosmos.key};` })
const add = (id: string) => current().items.items.create({ id, pk: 'p' })
const got = (lines: string[]) => lines.flatMap(line => /got (.*)$/.exec(line)?.[1] ?? [])

test('an invocation that takes too long has failed: its batch is checkpointed, the next one comes', async () => {
  const host = await startHost({
    apps: [
      {
        folder: await appFolder(feed(), { 'host.json': '{ "version": "2.0", "functionTimeout": "00:00:01" }' }),
        settings: settings(),
      },
    ],
  })
  await add('hangs')
  await add('fine')
  const lines = await host.logged(all => all.includes('got fine'))
  expect(got(lines)).toEqual(['hangs', 'fine'])
  expect(lines.some(line => line.includes('Timeout value of 1000 ms was exceeded by function: changes'))).toBe(true)
  await host.kill()
})

const crash = async (options: string) => {
  const lines: string[] = []
  const folder = await appFolder(feed(options))
  const onLine = (_: string, line: string) => void lines.push(line)
  const apps = await startIsolated({ folders: [folder], port: 0, environment: settings(), restartWait: 10, onLine })
  await add('throws later')
  await expect.poll(() => lines.some(line => line.includes('is started again')), { timeout: 20_000 }).toBe(true)
  await add('fine')
  return { lines, stop: apps.stop }
}

test('a worker that breaks fails what it ran: without a retry policy the batch is lost, as in Azure', async () => {
  const { lines, stop } = await crash('')
  await expect.poll(() => got(lines), { timeout: 20_000 }).toEqual(['throws later', 'fine'])
  await stop()
})

test('with a retry policy for ever the batch comes again', async () => {
  const { lines, stop } = await crash(
    "retry: { strategy: 'fixedDelay', maxRetryCount: -1, delayInterval: { seconds: 1 } },",
  )
  const times = () => got(lines).filter(id => id === 'throws later').length
  await expect.poll(times, { timeout: 20_000 }).toBeGreaterThan(1)
  expect(got(lines)).not.toContain('fine')
  await stop()
})
