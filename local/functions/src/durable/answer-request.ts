import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Durable } from 'local-durable/open-durable'
import { defaultBodyLimit } from '../http/read-body.ts'

/** Hands a request to a task hub and writes its answer. @param base what its address begins with */
export async function answerRequest(
  durable: Durable,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  base: string,
): Promise<void> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > defaultBodyLimit) {
      response.writeHead(413, { connection: 'close' }).end()
      return
    }
    chunks.push(chunk as Buffer)
  }
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`)
  const answer = await durable.handle({
    method: request.method ?? 'GET',
    path: url.pathname.slice(base.length),
    query: url.searchParams,
    headers: request.headers,
    body: Buffer.concat(chunks).toString('utf8'),
    url: url.href,
  })
  response.writeHead(answer.status, { ...answer.headers, 'content-length': String(Buffer.byteLength(answer.body)) })
  response.end(answer.body)
}
