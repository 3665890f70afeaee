import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CosmosClient } from '@azure/cosmos'
import { httpClient } from '@remit/documents/http-client'
import { afterEach, describe, expect, test } from 'vitest'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function clientOf(answer: RequestListener, requestTimeout = 1_000) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const connectionPolicy = { requestTimeout, enableEndpointDiscovery: false, enableBackgroundEndpointRefreshing: false }
  const client = new CosmosClient({ endpoint, key: 'a2V5', httpClient, connectionPolicy })
  const stop = () => new Promise(resolve => server.close(resolve))
  cleanUps.push(
    stop,
    () => server.closeAllConnections(),
    () => client.dispose(),
  )
  return { client, stop }
}

describe('what the SDK sends through our client', () => {
  test('arrives whole, and so does the answer, in pieces too', async () => {
    let body = ''
    const { client } = await clientOf((request, response) => {
      request.on('data', piece => {
        body += piece
      })
      request.on('end', () => {
        response.setHeader('etag', '"1"')
        response.writeHead(201).write('{"id":')
        setTimeout(() => response.end('"Zoë"}'), 5)
      })
    })
    const { resource, headers } = await client.databases.create({ id: 'Zoë' })
    expect(JSON.parse(body)).toEqual({ id: 'Zoë' })
    expect(resource).toEqual({ id: 'Zoë' })
    expect(headers.etag).toBe('"1"')
  })

  test('keeps status and body of an error', async () => {
    const { client } = await clientOf((_, response) => response.writeHead(404).end('{"message":"gone"}'))
    await expect(client.database('x').read()).rejects.toMatchObject({ code: 404, body: { message: 'gone' } })
  })

  test('ends when the server takes too long', async () => {
    const { client } = await clientOf(() => {}, 50)
    await expect(client.databases.create({ id: 'x' })).rejects.toThrow('Request took more than 50 ms')
  })

  test('fails with the code of the connection when that breaks', async () => {
    const { client } = await clientOf(request => request.socket.destroy())
    await expect(client.databases.create({ id: 'x' })).rejects.toMatchObject({ code: 'ECONNRESET' })
  })
})
