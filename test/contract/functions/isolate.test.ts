import { once } from 'node:events'
import { startIsolated } from 'local-functions/isolate'
import { afterEach, describe, expect, test } from 'vitest'
import { appFolder, removeAppFolders } from './app-folder.ts'

const who = `app.http('who', { authLevel: 'anonymous', handler: async request => {
  if (request.query.has('die')) setTimeout(() => { throw new Error('nobody catches this') })
  return { jsonBody: { pid: process.pid, name: process.env.NAME, own: process.env.OWN } }
} })`

describe('a process for each app', () => {
  const lines: string[] = []
  const waiting = new Set<() => void>()
  const onLine = (_: string, line: string) => {
    lines.push(line)
    for (const look of waiting) look()
  }
  const printed = (text: string) =>
    new Promise<void>(resolve => {
      const look = () => {
        if (!lines.some(line => line.includes(text))) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
    })
  /** How long a busy machine may take to start a process anew, in milliseconds. */
  const patience = { timeout: 20_000 }
  const stops: (() => Promise<void>)[] = []
  afterEach(async () => {
    await Promise.all(stops.splice(0).map(stop => stop()))
    await removeAppFolders()
    lines.length = 0
  })

  const settings = (own: string) => ({
    'local.settings.json': JSON.stringify({ Values: { OWN: own } }),
    'package.json': '{ "name": "one", "type": "module", "main": "main.js" }',
  })

  async function start(folders: string[]) {
    const environment = { NAME: 'given to all' }
    const apps = await startIsolated({ folders, port: 0, environment, restartWait: 10, onLine })
    stops.push(apps.stop)
    return apps
  }
  const ask = async (address: string | undefined): Promise<{ pid: number; own: string }> =>
    JSON.parse(await (await fetch(`${address}/api/who`)).text())

  test('each has its own address, its own process and its own value of a setting', async () => {
    const [first, second] = [await appFolder(who, settings('a')), await appFolder(who, settings('b'))]
    const { endpoints } = await start([first, second])
    const a = await ask(endpoints.get(first))
    const b = await ask(endpoints.get(second))
    expect([a, b]).toMatchObject([
      { name: 'given to all', own: 'a' },
      { name: 'given to all', own: 'b' },
    ])
    expect(a.pid).not.toBe(b.pid)
  })

  test('one that is killed is started again at its old address; the other is not disturbed', async () => {
    const [first, second] = [await appFolder(who, settings('a')), await appFolder(who, settings('b'))]
    const { endpoints, processes } = await start([first, second])
    const before = [await ask(endpoints.get(first)), await ask(endpoints.get(second))]
    processes.get(first)?.kill('SIGKILL')
    await printed('ended (SIGKILL) and is started again in 10 ms')
    await expect
      .poll(
        () =>
          ask(endpoints.get(first)).then(
            answer => answer.own,
            () => 'down',
          ),
        patience,
      )
      .toBe('a')
    expect((await ask(endpoints.get(first))).pid).not.toBe(before[0]?.pid)
    expect((await ask(endpoints.get(second))).pid).toBe(before[1]?.pid)
  })

  test('an error nobody catches ends the process, and is printed', async () => {
    const folder = await appFolder(who, settings('a'))
    const { endpoints } = await start([folder])
    await fetch(`${endpoints.get(folder)}/api/who?die`)
    await printed('Worker uncaught exception: Error: nobody catches this')
    await printed('ended (1) and is started again')
    await expect
      .poll(
        () =>
          ask(endpoints.get(folder)).then(
            answer => answer.own,
            () => 'down',
          ),
        patience,
      )
      .toBe('a')
  })

  test('an app that cannot start the first time stops the others, and the error says why', async () => {
    const good = await appFolder(who, settings('a'))
    const bad = await appFolder('throw new Error("broken")', settings('b'))
    await expect(startIsolated({ folders: [good, bad], port: 0, onLine })).rejects.toThrow(
      'could not be loaded: broken',
    )
  })

  test('stopping ends every process', async () => {
    const folder = await appFolder(who, settings('a'))
    const { processes, stop } = await start([folder])
    const child = processes.get(folder)
    const exited = child && once(child, 'exit')
    await stop()
    expect(await exited).toEqual([0, null])
  })
})
