import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HostProcess, sample, startHost } from './host-process.ts'

describe('HTTP', () => {
  let host: HostProcess
  const call = (path: string, init?: RequestInit) => fetch(`${host.endpoint}${path}`, init)
  const text = async (path: string, init?: RequestInit) => (await call(path, init)).text()
  const json = async (path: string, init?: RequestInit) => (await call(path, init)).json()

  beforeAll(async () => {
    host = await startHost({
      apps: [{ folder: sample('http-quickstart') }, { folder: sample('http-answers') }],
      keys: { master: 'the-master', host: ['the-host'], functions: { withKey: ['its-own'] } },
    })
  })
  afterAll(() => host.stop())

  test('the quickstart answers under /api', async () => {
    expect(await text('/api/hello?name=Ada')).toBe('Hello, Ada!')
    expect(await text('/API/Hello', { method: 'POST', body: 'Bob' })).toBe('Hello, Bob!')
  })

  test('routes: literals first, then constraints, then any value; absent parameters are not passed', async () => {
    expect(await text('/api/items/newest')).toBe('newest')
    expect(await json('/api/items/12')).toEqual({ id: '12' })
    expect(await json('/api/items/12/lid')).toEqual({ id: '12', part: 'lid' })
    expect(await json('/api/items/tin%20can')).toEqual({ byName: 'tin can' })
    expect(await json('/api/files/a/b/c.txt')).toEqual({ path: 'a/b/c.txt' })
    expect(await json('/api/files')).toEqual({})
  })

  test('a wrong method and an unknown path are 404', async () => {
    expect((await call('/api/hello', { method: 'PUT' })).status).toBe(404)
    expect((await call('/api/items/12/lid', { method: 'DELETE' })).status).toBe(404)
    expect((await call('/hello')).status).toBe(404)
  })

  test('hands over body, query, headers and trace context, and takes status, headers and cookies', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const answer = await call('/api/echo?a=1&a=2&b=x%20y', {
      method: 'POST',
      body: 'höhe',
      headers: { 'x-given': 'here', traceparent },
    })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('x-trace')).toMatch(
      /^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$/,
    )
    expect(answer.headers.get('set-cookie')).toBe('taste=sweet; max-age=60; path=/; httponly')
    expect(await answer.json()).toEqual({
      body: 'höhe',
      query: { a: '1,2', b: 'x y' },
      header: 'here',
      url: `${host.endpoint}/api/echo?a=1&a=2&b=x%20y`,
    })
  })

  test('a chunked request arrives empty', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const sent = request(`${host.endpoint}/api/echo`, { method: 'POST' }, response => {
        response.setEncoding('utf8').on('data', resolve)
      })
      sent.on('error', reject)
      sent.write('in pieces')
      sent.end()
    })
    expect(JSON.parse(answer).body).toBe('')
  })

  test('a body above 100 MB is 413', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = { 'content-length': String(100 * 1024 * 1024 + 1) }
      const sent = request(`${host.endpoint}/api/echo`, { method: 'POST', headers }, response => {
        resolve(response.statusCode)
        sent.destroy()
      })
      sent.on('error', reject)
      sent.flushHeaders()
    })
    expect(status).toBe(413)
  })

  test('throwing is an empty 500, nothing is 204, a text is 500', async () => {
    const thrown = await call('/api/throws')
    expect([thrown.status, await thrown.text()]).toEqual([500, ''])
    expect((await call('/api/nothing')).status).toBe(204)
    expect((await call('/api/text')).status).toBe(500)
    await host.logged(lines => lines.some(line => line.includes('a secret reason')))
  })

  test('keys: the header wins over the query, and each level has its own', async () => {
    const status = async (path: string, key?: string) =>
      (await call(path, key === undefined ? {} : { headers: { 'x-functions-key': key } })).status
    expect(await status('/api/withKey')).toBe(401)
    expect(await status('/api/withKey', 'wrong')).toBe(401)
    expect(await status('/api/withKey?code=its-own')).toBe(200)
    expect(await status('/api/withKey?code=its-own', 'wrong')).toBe(401)
    expect(await status('/api/withKey', 'the-host')).toBe(200)
    expect(await status('/api/withKey', 'the-master')).toBe(200)
    expect(await status('/api/forAdmin', 'the-host')).toBe(401)
    expect(await status('/api/forAdmin', 'the-master')).toBe(200)
  })

  test('registering after the start throws', async () => {
    expect(await text('/api/late')).toBe('A function can only be registered during app startup.')
  })

  test('hooks run around the handler and see the log', async () => {
    expect(await text('/api/hooked')).toBe('before, then the handler, started: yes')
    const lines = await host.logged(all => all.includes('hidden'))
    expect(lines.some(line => line.includes('password'))).toBe(false)
  })

  test('what is not emulated says so', async () => {
    const answer = await call('/admin/functions')
    expect(answer.status).toBe(501)
    expect(await answer.text()).toContain('/admin/functions is not emulated')
  })

  test('stopping lets the running request end', async () => {
    const other = await startHost({ apps: [{ folder: sample('http-answers') }] })
    const answer = fetch(`${other.endpoint}/api/slow`)
    await other.logged(lines => lines.includes('slow has begun'))
    await other.stop()
    expect(await (await answer).text()).toBe('done')
  })

  test('a disabled function is there only for the master key; its neighbours for everybody', async () => {
    const settings = { 'AzureWebJobs.withKey.Disabled': 'true', 'AzureWebJobs.late.Disabled': 'false' }
    const other = await startHost({
      apps: [{ folder: sample('http-answers'), settings }],
      keys: { master: 'the-master', functions: { withKey: ['its-own'] } },
    })
    expect((await fetch(`${other.endpoint}/api/withKey?code=the-master`)).status).toBe(200)
    expect((await fetch(`${other.endpoint}/api/withKey?code=its-own`)).status).toBe(404)
    expect((await fetch(`${other.endpoint}/api/withKey`)).status).toBe(401)
    expect((await fetch(`${other.endpoint}/api/late`)).status).toBe(200)
    await other.stop()
  })
})
