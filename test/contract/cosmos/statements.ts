import { createHmac } from 'node:crypto'
import { openCosmos } from '../../../local/cosmos/src/server.ts'

export type Reply = { status: number; text: string; milliseconds: number; continuation: string | undefined }
export type Statement = { query: unknown; parameters?: unknown; headers?: Record<string, string> }

/** To one partition key value, to one range, to the gateway, or for a plan. */
export const targets = {
  partition: { 'x-ms-documentdb-partitionkey': '["p1"]' },
  range: { 'x-ms-documentdb-partitionkeyrangeid': '0' },
  gateway: { 'x-ms-documentdb-query-enablecrosspartition': 'True' },
  plan: { 'x-ms-cosmos-is-query-plan-request': 'True' },
} as const

/** A server whose container `c` takes statements as they are: no client between corrects, refuses or repeats them. */
export async function openForStatements(items: readonly object[]) {
  const { key, httpClient, close } = openCosmos({ ranges: 1 })
  const post = async (path: string, link: string, type: string, rest: { headers?: object; body: unknown }) => {
    const date = new Date().toUTCString()
    const payload = `post\n${type}\n${link}\n${date.toLowerCase()}\n\n`
    const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(payload).digest('base64')
    const authorization = encodeURIComponent(`type=master&ver=1.0&sig=${signature}`)
    const headers = new Map(Object.entries({ authorization, 'x-ms-date': date, ...rest.headers }))
    return httpClient.sendRequest({
      url: `http://local-cosmos${path}`,
      method: 'POST',
      headers,
      body: JSON.stringify(rest.body),
    })
  }
  const docs = '/dbs/d/colls/c/docs'
  await post('/dbs', '', 'dbs', { body: { id: 'd' } })
  await post('/dbs/d/colls', 'dbs/d', 'colls', { body: { id: 'c', partitionKey: { paths: ['/pk'], version: 2 } } })
  for (const item of items) {
    const headers = { 'x-ms-documentdb-partitionkey': '["p1"]' }
    await post(docs, 'dbs/d/colls/c', 'docs', { headers, body: { ...item, pk: 'p1' } })
  }
  return {
    async run({ query, parameters, headers }: Statement, target: keyof typeof targets): Promise<Reply> {
      const start = performance.now()
      const answer = await post(docs, 'dbs/d/colls/c', 'docs', {
        headers: { 'x-ms-documentdb-isquery': 'True', ...targets[target], ...headers },
        body: { query, parameters },
      })
      return {
        status: answer.status,
        text: answer.bodyAsText,
        milliseconds: performance.now() - start,
        continuation: answer.headers.get('x-ms-continuation'),
      }
    },
    close,
  }
}
