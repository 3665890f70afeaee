import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Whom a request is for. */
export type App = 'commands' | 'projections' | 'reviews' | 'identity'

export type Router = {
  readonly address: string
  readonly close: () => Promise<void>
}

/** Waited for before a request goes on. */
export type Admit = (asked: IncomingMessage) => Promise<void>

type Options = {
  /** 0 lets the system choose. */
  readonly port: number
  readonly ports: Readonly<Record<App, number>>
  readonly admit: Admit
}

/** One address for all apps, by method and path, as API Management gives it: an app that is away is a 502. */
export async function startRouter({ port, ports, admit }: Options): Promise<Router> {
  const agent = new Agent({ keepAlive: true })
  const server = createServer((asked, answer) => {
    void admit(asked).then(() => forward(asked, answer, { port: ports[appFor(asked)], agent }))
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      agent.destroy()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function appFor({ method, url = '/' }: IncomingMessage): App {
  const path = url.split('?')[0] ?? ''
  if (path.startsWith('/local/')) return 'identity'
  if (path.startsWith('/runtime/webhooks/EventGrid') || (method === 'GET' && path.startsWith('/v1/reviews')))
    return 'reviews'
  return method === 'POST' ? 'commands' : 'projections'
}

/** Sends the request once. Whether it arrived before a connection broke, nobody knows: the client must cope. */
function forward(asked: IncomingMessage, answer: ServerResponse, { port, agent }: { port: number; agent: Agent }) {
  const { method, url, headers } = asked
  const onward = request({ host: '127.0.0.1', port, method, path: url, headers, agent }, heard => {
    answer.writeHead(heard.statusCode ?? 502, heard.headers)
    heard.pipe(answer)
    heard.once('error', () => answer.destroy())
  })
  onward.once('error', () => {
    if (answer.headersSent) answer.destroy()
    else answer.writeHead(502).end()
  })
  answer.once('close', () => onward.destroy())
  asked.pipe(onward)
}
