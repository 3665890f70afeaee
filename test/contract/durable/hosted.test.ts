import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type HostProcess, startHost } from '../functions/host-process.ts'

const folder = fileURLToPath(new URL('apps/hosted', import.meta.url))
const settings = { HUB: 'SampleHub' }
const keys = { durable: 'system key', master: 'master key' }

type Way = 'rpc' | 'webhook'

async function call(host: HostProcess, way: Way, [method, ...args]: [string, ...unknown[]]): Promise<unknown> {
  const response = await fetch(`${host.endpoint}/api/client`, {
    method: 'POST',
    body: JSON.stringify({ method, args, way }),
  })
  const { value, error } = (await response.json()) as { value?: unknown; error?: string }
  if (error !== undefined) throw new Error(error)
  return value
}

/** Asks until the instance is in a state; the library itself knows no other way. */
async function until(host: HostProcess, id: string, status: string): Promise<{ output: unknown }> {
  for (;;) {
    const found = (await call(host, 'rpc', ['getStatus', id])) as { runtimeStatus: string; output: unknown }
    if (found.runtimeStatus === status) return found
    if (['Completed', 'Failed', 'Terminated'].includes(found.runtimeStatus)) throw new Error(JSON.stringify(found))
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

describe.each(['rpc', 'webhook'] as const)('the real client over %s', way => {
  let host: HostProcess
  beforeAll(async () => {
    host = await startHost({ apps: [{ folder, settings }], keys })
  })
  afterAll(() => host.stop())

  const ask = (...request: [string, ...unknown[]]) => call(host, way, request)

  test('starts, raises and reads', async () => {
    expect(await ask('startNew', 'wait', { instanceId: 'events', input: { a: 1 } })).toBe('events')
    await ask('raiseEvent', 'events', 'go', { yes: true })
    expect(await until(host, 'events', 'Completed')).toMatchObject({ output: { yes: true }, input: { a: 1 } })
    expect(await ask('raiseEvent', 'events', 'go', 1)).toBeNull()
  })

  test('chooses an id when none is given', async () => {
    expect(await ask('startNew', 'chain', { input: 2 })).toMatch(/^[0-9a-f]{32}$/)
  })

  test('suspends, resumes and terminates', async () => {
    await ask('startNew', 'wait', { instanceId: 'controlled' })
    await until(host, 'controlled', 'Running')
    await ask('suspend', 'controlled', 'pause')
    await until(host, 'controlled', 'Suspended')
    await ask('resume', 'controlled', 'on')
    await until(host, 'controlled', 'Running')
    await ask('terminate', 'controlled', 'enough')
    expect((await until(host, 'controlled', 'Terminated')).output).toBe('enough')
  })

  test('says what is wrong', async () => {
    await expect(ask('startNew', 'nobody')).rejects.toThrow("doesn't exist")
    await expect(ask('raiseEvent', 'nobody', 'go', 1)).rejects.toThrow("No instance with ID 'nobody' found.")
    await expect(ask('getStatus', 'nobody')).rejects.toThrow('404')
    await expect(ask('rewind', 'events', 'why')).rejects.toThrow('Rewinding an instance is not emulated.')
    await ask('startNew', 'wait', { instanceId: 'twice' })
    await expect(ask('startNew', 'wait', { instanceId: 'twice' })).rejects.toThrow('already exists')
  })

  test('lists by status and time', async () => {
    await ask('startNew', 'fail', { instanceId: 'failed' })
    await expect(until(host, 'failed', 'Completed')).rejects.toThrow('on purpose')
    const failed = (await ask('getStatusBy', { runtimeStatus: ['Failed'] })) as { instanceId: string }[]
    expect(failed.map(({ instanceId }) => instanceId)).toEqual(['failed'])
    expect(await ask('getStatusBy', { createdTimeFrom: '2999-01-01' })).toEqual([])
    expect(((await ask('getStatusAll')) as unknown[]).length).toBeGreaterThan(3)
  })

  test('reads lists of several pages to their end', async () => {
    const ids = Array.from({ length: 105 }, (_, index) => `page ${String(index).padStart(3, '0')}`)
    for (const instanceId of ids) await ask('startNew', 'wait', { instanceId: encodeURIComponent(instanceId) })
    const all = (await ask('getStatusBy', { runtimeStatus: ['Running', 'Pending'] })) as { instanceId: string }[]
    expect(all.map(({ instanceId }) => instanceId)).toEqual(expect.arrayContaining(ids))
  })

  test('purges', async () => {
    await ask('startNew', 'chain', { instanceId: 'purged', input: 1 })
    await until(host, 'purged', 'Completed')
    expect(await ask('purgeInstanceHistory', 'purged')).toEqual({ instancesDeleted: 1 })
    expect(await ask('purgeInstanceHistory', 'purged')).toEqual({ instancesDeleted: 0 })
    const everything = { createdTimeFrom: '2000-01-01', runtimeStatus: ['Completed', 'Failed'] }
    expect(await ask('purgeInstanceHistoryBy', everything)).toEqual({ instancesDeleted: expect.any(Number) })
    expect(await ask('purgeInstanceHistoryBy', everything)).toEqual({ instancesDeleted: 0 })
  })

  test('signals entities and reads them', async () => {
    const counter = { name: 'Counter', key: 'a' }
    expect(await ask('readEntityState', counter)).toMatchObject({ entityExists: false })
    await ask('signalEntity', counter, 'add', 5)
    while (!((await ask('readEntityState', counter)) as { entityExists: boolean }).entityExists) {
      await new Promise(resolve => setTimeout(resolve, 5))
    }
    expect(await ask('readEntityState', counter)).toEqual({ entityExists: true, entityState: 5 })
  })
})

describe('a host', () => {
  const hosts: HostProcess[] = []
  const folders: string[] = []
  const start = async (options: Partial<Parameters<typeof startHost>[0]> = {}) => {
    const host = await startHost({ apps: [{ folder, settings }], ...options })
    hosts.push(host)
    return host
  }
  afterEach(async () => {
    for (const host of hosts.splice(0)) await host.stop()
    for (const one of folders.splice(0)) await rm(one, { recursive: true })
  })

  test('gives out links that lead back to it', async () => {
    const host = await start({ keys })
    const response = await fetch(`${host.endpoint}/api/start/chain`, { method: 'POST', body: '3' })
    expect(response.status).toBe(202)
    const links = (await response.json()) as Record<string, string>
    expect(links.statusQueryGetUri).toContain('taskHub=SampleHub')
    expect(response.headers.get('location')).toBe(links.statusQueryGetUri)
    for (;;) {
      const status = await fetch(links.statusQueryGetUri ?? '')
      if (status.status === 202) continue
      expect(await status.json()).toMatchObject({ runtimeStatus: 'Completed', output: 12 })
      break
    }
  })

  test('answers the output to whoever waits for it', async () => {
    const host = await start()
    const response = await fetch(`${host.endpoint}/api/start-and-wait/chain`, { method: 'POST', body: '5' })
    expect([response.status, await response.json()]).toEqual([200, 20])
  })

  test('lets in who has the key', async () => {
    const host = await start({ keys })
    const statusOf = async (query: string) =>
      (await fetch(`${host.endpoint}/runtime/webhooks/durabletask/instances/${query}`)).status
    expect(await statusOf('')).toBe(401)
    expect(await statusOf('?code=wrong')).toBe(401)
    expect(await statusOf('?code=system%20key')).toBe(200)
    expect(await statusOf('?code=master%20key')).toBe(200)
    expect(await statusOf('?code=system%20key&taskHub=samplehub')).toBe(200)
    expect(await statusOf('?code=system%20key&taskHub=other')).toBe(501)
  })

  test('without a key lets everyone in, as long as an app has a hub', async () => {
    const host = await start()
    expect((await fetch(`${host.endpoint}/runtime/webhooks/durabletask/instances`)).status).toBe(200)
    const without = fileURLToPath(new URL('../functions/apps/catch-all', import.meta.url))
    const other = await start({ apps: [{ folder: without }] })
    expect((await fetch(`${other.endpoint}/runtime/webhooks/durabletask/instances`)).status).toBe(404)
  })

  test('says which setting its hub name needs', async () => {
    await expect(startHost({ apps: [{ folder }] })).rejects.toThrow('needs the setting "HUB"')
    await expect(startHost({ apps: [{ folder, settings: { HUB: '1st' } }] })).rejects.toThrow("Task hub name '1st'")
  })

  test('that is killed goes on where it was: no result is asked for twice, what hung is done again', async () => {
    const storageFolder = await mkdtemp(join(tmpdir(), 'durable-'))
    folders.push(storageFolder)
    const hanging = await start({ storageFolder, apps: [{ folder, settings: { ...settings, HANG: '1' } }] })
    await call(hanging, 'rpc', ['startNew', 'work', { instanceId: 'job' }])
    await hanging.logged(messages => messages.includes('at work on 2'))
    await hanging.kill()
    const next = await start({ storageFolder })
    expect((await until(next, 'job', 'Completed')).output).toEqual([1, 2, 3])
    const worked = next.entries.map(({ message }) => message).filter(message => message.startsWith('at work on'))
    expect(worked).toEqual(['at work on 2', 'at work on 3'])
  })

  test('that is stopped goes on where it was', async () => {
    const storageFolder = await mkdtemp(join(tmpdir(), 'durable-'))
    folders.push(storageFolder)
    const first = await start({ storageFolder })
    await call(first, 'rpc', ['startNew', 'wait', { instanceId: 'patient' }])
    await until(first, 'patient', 'Running')
    await first.stop()
    const second = await start({ storageFolder })
    await call(second, 'rpc', ['raiseEvent', 'patient', 'go', 'at last'])
    expect((await until(second, 'patient', 'Completed')).output).toBe('at last')
  })
})
