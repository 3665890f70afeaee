import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Durable } from 'local-durable/open-durable'
import { answerRequest } from './answer-request.ts'

/** Where the library finds its hub. */
export interface RpcDoor {
  url: string
  close(): Promise<void>
}

const base = '/durabletask/'

/**
 * Opens the door the library uses for every call: on this machine only, and without a key. The extension takes port
 * 17071 or one from 30000 to 31000; here the system chooses, so that several hosts fit on one machine.
 */
export async function openRpcDoor(durable: Durable): Promise<RpcDoor> {
  const server: Server = createServer((request, response) => {
    if (!request.url?.startsWith(base)) {
      response.writeHead(404).end()
      return
    }
    answerRequest(durable, { request, response }, base).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}${base}`,
    async close() {
      const closed = new Promise(resolve => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
