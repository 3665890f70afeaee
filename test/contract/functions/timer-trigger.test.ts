import type { ContainerClient } from '@azure/storage-blob'
import { describe, expect, test } from 'vitest'
import { appFolder } from './app-folder.ts'
import { sample, startHost } from './host-process.ts'
import { said, storageAccount } from './storage-account.ts'

const account = storageAccount()

type Tick = {
  isPastDue: boolean
  schedule: unknown
  scheduleStatus: { last: string; next: string; lastUpdated: string } | null
}

const ticks = (lines: readonly string[]) => said(lines, 'tick') as Tick[]
const hosts = (): ContainerClient => account().blobs.getContainerClient('azure-webjobs-hosts')
let nth = 0

/** A timer's app, and where its state is kept. */
async function timerApp(options: string, body = '') {
  const hostId = `timer-${++nth}`
  const folder = await account().app(`app.timer('tick', { ${options}, handler: async (timer, context) => {
    context.log('tick ' + JSON.stringify(timer))
    ${body}
  } })`)
  const status = hosts().getBlockBlobClient(`timers/${hostId}/Host.Functions.tick/status`)
  return {
    start: (settings = {}) =>
      account().start(folder, { settings: { AzureFunctionsWebHost__hostid: hostId, ...settings } }),
    lock: hosts().getBlobClient(`locks/${hostId}/Host.Functions.tick.Listener`),
    async status() {
      return JSON.parse((await status.downloadToBuffer()).toString()) as Record<string, string>
    },
    async keep(kept: object) {
      await hosts().createIfNotExists()
      const text = JSON.stringify(kept)
      await status.upload(text, text.length)
    },
  }
}

const everyHour = `schedule: '0 0 * * * *'`
const hour = 60 * 60_000
const hours = (ago: number) => new Date(Math.floor(Date.now() / hour) * hour - ago * hour).toISOString()

describe('timer trigger', () => {
  test('runs on startup and then by the schedule, with camel-case properties', async () => {
    const host = await account().start(sample('timer'), { settings: { SCHEDULE: '* * * * * *' } })
    const [first, second] = ticks(await host.logged(all => ticks(all).length >= 2))
    expect(first).toEqual({ isPastDue: false, schedule: { adjustForDST: true }, scheduleStatus: null })
    expect(second?.isPastDue).toBe(false)
  })

  test('takes a time span', async () => {
    const host = await account().start(sample('timer'), {
      settings: { SCHEDULE: '00:00:01', AzureFunctionsWebHost__hostid: 'span' },
    })
    const [first] = ticks(await host.logged(all => ticks(all).length >= 2))
    expect(first?.schedule).toEqual({ adjustForDST: false })
  })

  test('keeps when it runs next, from its first start on', async () => {
    const { start, status } = await timerApp(everyHour)
    const before = Date.now()
    await start()
    await expect.poll(status).toMatchObject({ Last: '0001-01-01T00:00:00' })
    const { Next = '', LastUpdated = '' } = await status()
    expect(new Date(Next).toISOString()).toBe(hours(-1))
    expect(Date.parse(LastUpdated)).toBeGreaterThanOrEqual(before)
  })

  test('keeps when it last ran', async () => {
    const { start, status } = await timerApp(`${everyHour}, runOnStartup: true`)
    const before = Date.now()
    const host = await start()
    const [first] = ticks(await host.logged(all => ticks(all).length === 1))
    expect(first?.scheduleStatus?.last).toBe('0001-01-01T00:00:00')
    await expect.poll(async () => Date.parse((await status()).Last ?? '')).toBeGreaterThanOrEqual(before)
  })

  test('catches up at once with what was missed, and says that it is past due', async () => {
    const { start, status, keep } = await timerApp(everyHour)
    await keep({ Last: hours(3), Next: hours(2), LastUpdated: hours(3) })
    const host = await start()
    const [first] = ticks(await host.logged(all => ticks(all).length === 1))
    expect(first?.isPastDue).toBe(true)
    expect(Date.parse(first?.scheduleStatus?.next ?? '')).toBe(Date.parse(hours(2)))
    await expect.poll(async () => new Date((await status()).Next ?? '').toISOString()).toBe(hours(-1))
  })

  test('does not catch up when its schedule was changed', async () => {
    const { start, status, keep } = await timerApp(everyHour)
    await keep({ Last: hours(3), Next: new Date(Date.parse(hours(3)) + 60_000).toISOString(), LastUpdated: hours(3) })
    const host = await start()
    await expect.poll(status).toMatchObject({ Last: '0001-01-01T00:00:00' })
    await host.stop()
    expect(ticks(host.entries.map(entry => entry.message))).toEqual([])
  })

  test('keeps nothing with useMonitor false', async () => {
    const { start, status, keep } = await timerApp(`${everyHour}, useMonitor: false, runOnStartup: true`)
    const kept = { Last: hours(3), Next: hours(2), LastUpdated: hours(3) }
    await keep(kept)
    const host = await start()
    const [first] = ticks(await host.logged(all => ticks(all).length === 1))
    expect(first).toMatchObject({ isPastDue: false, scheduleStatus: null })
    await host.stop()
    expect(await status()).toEqual(kept)
  })

  test('repeats a run by its retry policy', async () => {
    const retry = `retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: 0 }`
    const { start } = await timerApp(`${everyHour}, runOnStartup: true, ${retry}`, `throw new Error('no')`)
    const host = await start()
    await host.logged(all => all.filter(line => /\(Failed, .*\)\nError: no/.test(line)).length === 3)
    await host.stop()
    expect(ticks(host.entries.map(entry => entry.message))).toHaveLength(3)
  })

  test('runs on one of two hosts, and on the other when the first has stopped', async () => {
    const { start, lock } = await timerApp(`schedule: '* * * * * *'`)
    const first = await start()
    const second = await start()
    await first.logged(all => ticks(all).length >= 2)
    expect((await lock.getProperties()).leaseState).toBe('leased')
    expect(ticks(second.entries.map(entry => entry.message))).toEqual([])
    await first.stop()
    await second.logged(all => ticks(all).length >= 1)
  })

  test('runs on the other when the first was killed, once its lease is over', async () => {
    const { start } = await timerApp(`schedule: '* * * * * *'`)
    const first = await start()
    const second = await start()
    await first.logged(all => ticks(all).length >= 1)
    const killed = Date.now()
    await first.kill()
    await expect
      .poll(() => ticks(second.entries.map(entry => entry.message)).length, { timeout: 25_000 })
      .toBeGreaterThan(0)
    const took = Date.now() - killed
    expect(took).toBeGreaterThan(5_000)
    expect(took).toBeLessThan(20_000)
  }, 40_000)

  test('a host that is alone again after a stop need not wait for its own lease', async () => {
    const { start, lock } = await timerApp(`${everyHour}, runOnStartup: true`)
    const first = await start()
    await first.logged(all => ticks(all).length === 1)
    await first.stop()
    expect((await lock.getProperties()).leaseState).toBe('available')
    const second = await start()
    await second.logged(all => ticks(all).length === 1)
  })

  test('the quickstart starts unchanged, with a storage account of its own', async () => {
    const host = await startHost({ apps: [{ folder: sample('timer-quickstart') }] })
    await host.stop()
    expect(host.entries.filter(({ level }) => level === 'error' || level === 'warning')).toEqual([])
  })

  test.each([
    ['a schedule', `schedule: 'every day'`, {}, 'the schedule "every day" is not valid'],
    ['a time span of nothing', `schedule: '00:00:00'`, {}, 'the schedule "00:00:00" is not valid'],
    ['no setting', everyHour, {}, 'Function "tick": the storage connection "AzureWebJobsStorage" needs the setting'],
    ['a time zone', everyHour, { WEBSITE_TIME_ZONE: 'Nowhere' }, 'WEBSITE_TIME_ZONE "Nowhere" is not emulated'],
    [
      'a host id',
      everyHour,
      { AzureWebJobsStorage: 'UseDevelopmentStorage=true', AzureFunctionsWebHost__hostid: 'A B' },
      'AzureFunctionsWebHost__hostid',
    ],
  ])('cannot start with %s that is wrong', async (_, options, settings, says) => {
    const folder = await appFolder(`app.timer('tick', { ${options}, handler: () => {} })`)
    await expect(startHost({ apps: [{ folder, settings }] })).rejects.toThrow(says)
  })
})
