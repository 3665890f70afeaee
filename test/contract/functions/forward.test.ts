import { afterEach, expect, test } from 'vitest'
import { runProgram } from '../../run-program.ts'
import { appFolder, removeAppFolders } from './app-folder.ts'
import { type HostProcess, startHost } from './host-process.ts'

const hosts: HostProcess[] = []
afterEach(async () => {
  await Promise.all(hosts.splice(0).map(host => host.kill()))
  await removeAppFolders()
})

const say = (name: string) =>
  `app.http('${name}', { route: '{*path}', authLevel: 'anonymous', methods: ['GET', 'POST'], handler: async request =>
    ({ status: 201, headers: { 'x-host': request.headers.get('x-forwarded-host') ?? '' }, body: '${name} ' + request.params.path + ' ' + await request.text() }) })`

async function start(name: string, forward: { path: string; address: string }[] = []) {
  const host = await startHost({ apps: [{ folder: await appFolder(say(name)) }], forward })
  hosts.push(host)
  return host
}

test('what is below a path is answered by another process, everything else here', async () => {
  const other = await start('there')
  const { endpoint } = await start('here', [{ path: '/api/me', address: other.endpoint }])
  const get = async (path: string, init?: RequestInit) => (await fetch(`${endpoint}/api/${path}`, init)).text()
  expect(await get('me')).toBe('there me ')
  expect(await get('Me/events', { method: 'POST', body: 'x' })).toBe('there Me/events x')
  expect(await get('mean')).toBe('here mean ')
  const answer = await fetch(`${endpoint}/api/me`)
  expect([answer.status, answer.headers.get('x-host')]).toEqual([201, new URL(endpoint).host])
})

test('a process that is down is a 502', async () => {
  const other = await start('there')
  const { endpoint } = await start('here', [{ path: '/api/me', address: other.endpoint }])
  await other.kill()
  expect((await fetch(`${endpoint}/api/me`)).status).toBe(502)
  expect((await fetch(`${endpoint}/api/others`)).status).toBe(201)
})

test('what is no path and address is a start error', async () => {
  await expect(start('here', [{ path: 'me', address: 'nowhere' }])).rejects.toThrow('is no path and address')
})

test('is not for processes of their own, each with its own address', async () => {
  const options = ['app', '--isolate', '--forward', '/me=http://127.0.0.1:1']
  await expect(runProgram('local/functions/src/main.ts', ...options)).rejects.toThrow(
    "option '--isolate' cannot be used with option '--forward <path=address>'",
  )
})
