import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClient, type Unreachable } from '@remit/simulator/client'
import { expect, it } from 'vitest'

/** What a client gets from a server that answers like this. */
async function against(listener: RequestListener, use: (client: ReturnType<typeof createClient>) => Promise<void>) {
  const server = createServer(listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = createClient({ address, sockets: 2, patience: 500 })
  try {
    await use(client)
  } finally {
    client.close()
    server.closeAllConnections()
    server.close()
  }
}

const asked = { method: 'POST', path: '/x', body: { a: 1 }, headers: { 'idempotency-key': 'k' } } as const

it('repeats the same request under the same key after 429, 503 and a broken connection', async () => {
  const heard: string[] = []
  const listener: RequestListener = async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    heard.push(`${request.headers['idempotency-key']} ${body}`)
    if (heard.length === 1) return void response.writeHead(429, { 'retry-after': '0' }).end()
    if (heard.length === 2) return void response.writeHead(503).end()
    if (heard.length === 3) return void request.socket.destroy()
    response.end('{"ok":true}')
  }
  await against(listener, async client => {
    expect((await client.send(asked)).body).toEqual({ ok: true })
    expect(heard).toEqual(Array(4).fill('k {"a":1}'))
    expect(client.counts).toEqual({ sent: 4, retried: 3, dropped: 0 })
  })
})

it('takes every other answer as it is', async () => {
  const listener: RequestListener = (_request, response) => void response.writeHead(500).end('not JSON')
  await against(listener, async client => {
    expect(await client.send(asked)).toMatchObject({ status: 500, body: 'not JSON' })
    expect(client.counts.sent).toBe(1)
  })
})

it('gives up when its patience is over', async () => {
  const listener: RequestListener = (_request, response) => void response.writeHead(503).end()
  await against(listener, async client => {
    await expect(client.send(asked)).rejects.toMatchObject({ name: 'Unreachable' } satisfies Partial<Unreachable>)
  })
})

it('drops a connection after the request has left', async () => {
  let heard = 0
  const listener: RequestListener = request => void request.resume().once('end', () => heard++)
  await against(listener, async client => {
    for (let times = 0; times < 20; times++) await client.drop(asked)
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(heard).toBeGreaterThan(10)
    expect(client.counts.dropped).toBe(20)
  })
})
