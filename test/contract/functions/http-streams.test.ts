import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appFolder, removeAppFolders } from './app-folder.ts'
import { type HostProcess, startHost } from './host-process.ts'

const source = `
  import { Readable } from 'node:stream'
  app.setup({ enableHttpStream: true })

  app.http('shout', { route: 'shout/{word?}', authLevel: 'anonymous', methods: ['POST'], handler: async (request, context) => {
    context.log('shouting')
    const decoder = new TextDecoder()
    async function* louder() {
      for await (const chunk of request.body) yield decoder.decode(chunk).toUpperCase()
    }
    const headers = { 'x-url': request.url, 'x-word': request.params.word ?? 'none', 'x-query': request.query.get('q') ?? '',
      'x-given': request.headers.get('x-given') ?? '', 'x-id': context.invocationId }
    return { status: 207, headers, cookies: [{ name: 'taste', value: 'sweet' }], body: Readable.from(louder()) }
  } })

  app.http('news', { authLevel: 'anonymous', methods: ['GET'], handler: async () => {
    async function* tell() {
      for (let n = 1; ; n++) {
        yield 'id: ' + n + '\\ndata: tick\\n\\n'
        await new Promise(resolve => process.once('message', resolve))
      }
    }
    return { headers: { 'content-type': 'text/event-stream' }, body: Readable.from(tell()) }
  } })

  app.http('throws', { authLevel: 'anonymous', handler: async () => { throw new Error('a secret reason') } })
  app.http('nothing', { authLevel: 'anonymous', handler: async () => undefined })
  app.http('closed', { authLevel: 'function', handler: async () => ({ body: 'open' }) })
  app.http('early', { authLevel: 'anonymous', methods: ['POST'], handler: async () => ({ status: 403, body: 'not read' }) })
`

describe('HTTP streams', () => {
  let host: HostProcess
  beforeAll(async () => {
    host = await startHost({ apps: [{ folder: await appFolder(source) }] })
  })
  afterAll(async () => {
    await host.kill()
    await removeAppFolders()
  })

  test('a chunked body arrives, piece by piece, and the answer goes back as it comes', async () => {
    let sentLater = () => {}
    const pieces: string[] = []
    const answer = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
      const headers = { 'x-given': 'here' }
      const sent = request(`${host.endpoint}/api/shout/loud?q=a%20b`, { method: 'POST', headers }, resolve)
      sent.on('error', reject)
      sent.write('first ')
      sentLater = () => {
        sent.write('second')
        sent.end()
      }
    })
    expect(answer.statusCode).toBe(207)
    expect(answer.headers).toMatchObject({
      'x-url': `${host.endpoint}/api/shout/loud?q=a%20b`,
      'x-word': 'loud',
      'x-query': 'a b',
      'x-given': 'here',
      'set-cookie': ['taste=sweet'],
    })
    expect(answer.headers['x-ms-invocation-id']).toBe(answer.headers['x-id'])
    for await (const piece of answer.setEncoding('utf8')) {
      pieces.push(piece)
      if (pieces.length === 1) sentLater()
    }
    expect(pieces).toEqual(['FIRST ', 'SECOND'])
  })

  test('a body with a length is a stream too, and an absent parameter is not passed', async () => {
    const answer = await fetch(`${host.endpoint}/api/shout`, { method: 'POST', body: 'x'.repeat(300_000) })
    expect(answer.headers.get('x-word')).toBe('none')
    expect((await answer.text()).length).toBe(300_000)
  })

  test('server-sent events reach the client one by one, and a client that is gone disturbs nobody', async () => {
    const gone = new AbortController()
    const answer = await fetch(`${host.endpoint}/api/news`, { signal: gone.signal })
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
    const next = async () => new TextDecoder().decode((await reader.read()).value)
    expect(await next()).toBe('id: 1\ndata: tick\n\n')
    host.tell('more')
    expect(await next()).toBe('id: 2\ndata: tick\n\n')
    gone.abort()
    await expect(reader.read()).rejects.toThrow()
    expect((await fetch(`${host.endpoint}/api/shout`, { method: 'POST', body: 'still there' })).status).toBe(207)
  })

  test('throwing is an empty 500', async () => {
    const answer = await fetch(`${host.endpoint}/api/throws`)
    expect([answer.status, await answer.text()]).toEqual([500, ''])
  })

  test('a function that answers nothing leaves its caller waiting until the host gives up', async () => {
    const other = await startHost({ apps: [{ folder: await appFolder(source) }], responseTimeout: 200 })
    expect((await fetch(`${other.endpoint}/api/nothing`)).status).toBe(504)
    await other.kill()
  })

  test('keys, methods and paths are looked at before anything is streamed', async () => {
    expect((await fetch(`${host.endpoint}/api/closed`)).status).toBe(401)
    expect((await fetch(`${host.endpoint}/api/shout`)).status).toBe(404)
    expect((await fetch(`${host.endpoint}/api/nowhere`, { method: 'POST', body: 'x' })).status).toBe(404)
  })

  test('an answer may come before the request has been read', async () => {
    const answer = await fetch(`${host.endpoint}/api/early`, { method: 'POST', body: 'y'.repeat(200_000) })
    expect([answer.status, await answer.text()]).toEqual([403, 'not read'])
  })
})
