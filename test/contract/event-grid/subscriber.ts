import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request a subscriber got. */
interface Received {
  method: string
  headers: IncomingHttpHeaders
  body: unknown
}

/** What a subscriber answers; the default is 200. */
export type Answer = (
  received: Received,
) => { status: number; body?: string } | Promise<{ status: number; body?: string }>

/** A webhook that consents and remembers what it got. */
export interface Subscriber {
  url: string
  /** Without the handshakes. */
  received: Received[]
  handshakes: Received[]
  close(): Promise<void>
}

export async function startSubscriber(answer: Answer = () => ({ status: 200 })): Promise<Subscriber> {
  const received: Received[] = []
  const handshakes: Received[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString('utf8')
    const one = { method: request.method ?? '', headers: request.headers, body: text ? JSON.parse(text) : undefined }
    if (one.method === 'OPTIONS') {
      handshakes.push(one)
      response.setHeader('WebHook-Allowed-Origin', '*')
      return response.end()
    }
    if (one.headers['aeg-event-type'] === 'SubscriptionValidation') {
      handshakes.push(one)
      const [event] = one.body as { data: { validationCode: string } }[]
      return response.end(JSON.stringify({ validationResponse: event?.data.validationCode }))
    }
    received.push(one)
    const { status, body } = await answer(one)
    response.statusCode = status
    response.end(body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    handshakes,
    async close() {
      const closed = new Promise(resolve => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
