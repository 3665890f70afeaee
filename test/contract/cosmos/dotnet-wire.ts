import { createHmac } from 'node:crypto'
import { type IncomingHttpHeaders, request } from 'node:http'
import { onTestFinished } from 'vitest'
import { type RunningCosmos, type ServerOptions, startCosmos } from '../../../local/cosmos/src/server.ts'

export type WireRequest = {
  method: string
  path: string
  headers?: Record<string, string>
  /** Text, bytes, or anything else as JSON. */
  body?: unknown
}
type WireAnswer = { status: number; headers: IncomingHttpHeaders; bytes: Buffer; json: () => JsonBody }
type JsonBody = Record<string, unknown> & {
  Documents: Record<string, unknown>[]
  PartitionKeyRanges: { id: string; minInclusive: string; maxExclusive: string }[]
  Offers: Record<string, unknown>[]
}

/** What every request of the .NET client carries. */
const common = {
  'x-ms-version': '2020-07-15',
  'x-ms-cosmos-sdk-supportedcapabilities': '9',
  'cache-control': 'no-cache',
  accept: 'application/json',
}

/** Signs as the .NET client does: names as they are, an address by `_rid` as nothing but that `_rid` in lower case. */
export function signature(asked: WireRequest, date: string, key: string): string {
  const parts = asked.path.split('/').filter(part => part !== '')
  const isFeed = parts.length % 2 === 1
  const type = (isFeed ? parts.at(-1) : parts.at(-2)) ?? ''
  const owner = isFeed ? parts.slice(0, -1) : parts
  if (parts.includes('operations')) return sealed(asked.method, ['colls', parts.slice(0, 4).join('/')], { date, key })
  const isByRid = type === 'pkranges' || (type === 'offers' && !isFeed)
  const link = isByRid ? (owner.at(-1) ?? '').toLowerCase() : owner.map(part => decodeURIComponent(part)).join('/')
  return sealed(asked.method, [type, link], { date, key })
}

function sealed(method: string, [type, link]: [string, string], { date, key }: { date: string; key: string }): string {
  const payload = `${method.toLowerCase()}\n${type}\n${link}\n${date.toLowerCase()}\n\n`
  const sum = createHmac('sha256', Buffer.from(key, 'base64')).update(payload, 'utf8').digest('base64')
  return encodeURIComponent(`type=master&ver=1.0&sig=${sum}`)
}

/** A request exactly as written here: no header is added, above all no Content-Type. */
function send({ endpoint, key }: Pick<RunningCosmos, 'endpoint' | 'key'>, asked: WireRequest) {
  const date = new Date().toUTCString()
  const { body } = asked
  const content = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  const headers: Record<string, string> = {
    ...common,
    'x-ms-date': date,
    authorization: signature(asked, date, key),
    'content-length': String(Buffer.byteLength(content ?? '')),
    ...asked.headers,
  }
  const { hostname, port } = new URL(endpoint)
  return new Promise<WireAnswer>((resolve, reject) => {
    const outgoing = request({ hostname, port, path: asked.path, method: asked.method, headers }, incoming => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('error', reject)
      incoming.on('end', () => {
        const bytes = Buffer.concat(chunks)
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          bytes,
          json: () => JSON.parse(bytes.toString('utf8')),
        })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(content)
  })
}

export type Wire = RunningCosmos & {
  send: (asked: WireRequest) => Promise<WireAnswer>
  /** A container of the database `d`, made as the .NET client makes one. */
  newContainer: (definition?: Record<string, unknown>) => Promise<string>
}

/** A server of four ranges a container that ends with the test, and requests to it as the .NET client writes them. */
export async function openWire(options: ServerOptions = {}): Promise<Wire> {
  const cosmos = await startCosmos({ ranges: 4, ...options })
  onTestFinished(() => cosmos.close())
  const ask = (asked: WireRequest) => send(cosmos, asked)
  await ask({ method: 'POST', path: '/dbs', body: { id: 'd' } })
  let containers = 0
  const newContainer = async (definition: Record<string, unknown> = {}) => {
    const id = `c${++containers}`
    const wanted = { id, partitionKey: { paths: ['/pk'], kind: 'Hash', version: 2 }, ...definition }
    const { status } = await ask({ method: 'POST', path: '/dbs/d/colls', body: wanted })
    if (status !== 201) throw new Error(`The container was not made: ${status}.`)
    return `/dbs/d/colls/${id}`
  }
  return { ...cosmos, send: ask, newContainer }
}

/** The header of a key as the .NET client writes it: numbers as doubles, what is not ASCII escaped. */
export function keyHeader(...values: (string | number | boolean | null)[]): Record<string, string> {
  const texts = values.map(value => {
    if (typeof value === 'number') return /^-?\d+$/.test(String(value)) ? `${value}.0` : String(value).toUpperCase()
    return JSON.stringify(value).replace(
      /[^\x20-\x7e]/g,
      found => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  })
  return { 'x-ms-documentdb-partitionkey': `[${texts.join(',')}]` }
}

/** A statement as the .NET client sends it to be planned. */
export const asPlan = {
  'content-type': 'application/query+json',
  'x-ms-cosmos-is-query-plan-request': 'True',
  'x-ms-cosmos-supported-query-features':
    'Aggregate, Distinct, GroupBy, MultipleAggregates, MultipleOrderBy, OffsetAndLimit, OrderBy, Top, NonValueAggregate, DCount, NonStreamingOrderBy, CountIf',
  'x-ms-cosmos-query-version': '1.0',
}

/** A statement as the .NET client sends it to a range, for rows that it merges. */
export const onRange = (range: string) => ({
  'content-type': 'application/query+json',
  'x-ms-documentdb-isquery': 'True',
  'x-ms-documentdb-partitionkeyrangeid': range,
  'x-ms-documentdb-query-enablecrosspartition': 'True',
  'x-ms-max-item-count': '2147483647',
  'x-ms-documentdb-populatequerymetrics': 'True',
  'x-ms-cosmos-supported-serialization-formats': 'JsonText,CosmosBinary',
})
