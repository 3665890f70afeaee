import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { appFolder, removeAppFolders } from './app-folder.ts'
import { type HostProcess, startHost } from './host-process.ts'

/** Answers when it is told to at /api/go. */
const gate = `
  let open
  const opened = new Promise(resolve => { open = resolve })
  app.http('wait', { authLevel: 'anonymous', methods: ['GET', 'POST'], handler: async (request, context) => {
    context.log('waiting ' + request.query.get('n'))
    await opened
    return { body: 'through', headers: { 'x-own': 'the function' } }
  } })
  process.on('message', message => { if (message === 'open') open() })
`

describe('limits of HTTP', () => {
  const hosts: HostProcess[] = []
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map(host => host.kill()))
    await removeAppFolders()
  })

  async function start(http: object, options: { settings?: Record<string, string>; responseTimeout?: number } = {}) {
    const { settings = {}, ...others } = options
    const folder = await appFolder(gate, {
      'host.json': JSON.stringify({ version: '2.0', extensions: { http } }),
    })
    const host = await startHost({ apps: [{ folder, settings }], ...others })
    hosts.push(host)
    return host
  }

  const begun = (lines: string[]) => lines.filter(line => line.startsWith('waiting')).length

  test('maxConcurrentRequests: the others wait for their turn', async () => {
    const host = await start({ maxConcurrentRequests: 2 })
    const answers = [1, 2, 3, 4].map(n => fetch(`${host.endpoint}/api/wait?n=${n}`))
    await host.logged(lines => begun(lines) === 2)
    expect((await fetch(`${host.endpoint}/api/nowhere`)).status).toBe(404)
    expect(begun(host.entries.map(entry => entry.message))).toBe(2)
    host.tell('open')
    expect((await Promise.all(answers)).map(answer => answer.status)).toEqual([200, 200, 200, 200])
    expect(begun(host.entries.map(entry => entry.message))).toBe(4)
  })

  test('maxOutstandingRequests: one more is 429, and there is room again afterwards', async () => {
    const host = await start({ maxConcurrentRequests: 1, maxOutstandingRequests: 2 })
    const first = fetch(`${host.endpoint}/api/wait?n=1`)
    await host.logged(lines => begun(lines) === 1)
    const refused: number[] = []
    const { promise: twoRefused, resolve } = Promise.withResolvers<void>()
    const others = [2, 3, 4].map(async n => {
      const { status } = await fetch(`${host.endpoint}/api/wait?n=${n}`)
      if (status === 429 && refused.push(n) === 2) resolve()
      return status
    })
    await twoRefused
    host.tell('open')
    expect((await first).status).toBe(200)
    expect((await Promise.all(others)).sort()).toEqual([200, 429, 429])
    expect((await fetch(`${host.endpoint}/api/wait?n=5`)).status).toBe(200)
  })

  test('customHeaders are added to every answer that has no such header', async () => {
    const host = await start({ customHeaders: { 'X-Content-Type-Options': 'nosniff', 'X-Own': 'the host' } })
    host.tell('open')
    const answer = await fetch(`${host.endpoint}/api/wait`)
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('x-own')).toBe('the function')
  })

  test('FUNCTIONS_REQUEST_BODY_SIZE_LIMIT is the longest body, in bytes', async () => {
    const host = await start({}, { settings: { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '10' } })
    host.tell('open')
    const status = async (body: string) => (await fetch(`${host.endpoint}/api/wait`, { method: 'POST', body })).status
    expect(await status('0123456789')).toBe(200)
    expect(await status('0123456789a')).toBe(413)
  })

  test('an answer that does not begin in time is given up; the function goes on', async () => {
    const host = await start({}, { responseTimeout: 50 })
    expect((await fetch(`${host.endpoint}/api/wait?n=1`)).status).toBe(504)
    expect(begun(host.entries.map(entry => entry.message))).toBe(1)
    host.tell('open')
    await host.logged(lines => lines.some(line => line.startsWith("Executed 'Functions.wait' (Succeeded")))
  })
})

test('a connection over which nothing was asked does not hold up the end', async () => {
  const host = await startHost({ apps: [{ folder: await appFolder(gate) }] })
  const { port } = new URL(host.endpoint)
  const socket = connect(Number(port), '127.0.0.1')
  await once(socket, 'connect')
  // It may be reset instead of closed.
  socket.on('error', () => {})
  const closed = new Promise(resolve => socket.resume().once('close', resolve))
  await host.stop()
  await closed
  await removeAppFolders()
}, 8_000)
