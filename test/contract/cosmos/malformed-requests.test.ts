import { connect } from 'node:net'
import { CosmosClient } from '@azure/cosmos'
import { expect, it } from 'vitest'
import { type RunningCosmos, startCosmos } from '../../../local/cosmos/src/server.ts'
import { Random } from '../../simulation/random.ts'
import { malformed } from './malformed-requests.ts'

const SEED = Number(process.env.SEED ?? 1)
const REQUESTS = 4_000

type Answer = { status: number; body: string }

/** Sends bytes over a socket of their own; undefined = the server hung up without a word. */
function send(endpoint: string, wire: Buffer): Promise<Answer | undefined> {
  const { hostname, port } = new URL(endpoint)
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    const socket = connect(Number(port), hostname, () => socket.end(wire))
    socket.on('data', chunk => chunks.push(chunk))
    // A reset after the answer, because the rest of the request is not read any more.
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(answerOf(Buffer.concat(chunks).toString())))
  })
}

function answerOf(text: string): Answer | undefined {
  const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]
  return status === undefined ? undefined : { status: Number(status), body: text.slice(text.indexOf('\r\n\r\n') + 4) }
}

function isRefusal(body: string): boolean {
  try {
    const { code, message } = JSON.parse(body)
    return typeof code === 'string' && typeof message === 'string' && message !== ''
  } catch {
    return false
  }
}

async function fill(cosmos: RunningCosmos) {
  const { endpoint, key } = cosmos
  const client = new CosmosClient({ endpoint, key, connectionPolicy: { enableEndpointDiscovery: false } })
  for (const id of ['kept', 'd']) {
    const { database } = await client.databases.create({ id })
    const { container } = await database.containers.create({ id: 'c', partitionKey: { paths: ['/pk'], version: 2 } })
    for (let n = 0; n < 20; n++) await container.items.create({ id: `i${n}`, pk: `p${n % 3}`, n })
  }
  const kept = client.database('kept').container('c')
  const all = async () => {
    const items = await kept.items.query('SELECT * FROM c ORDER BY c.n').fetchAll()
    return { items: items.resources, definition: (await kept.read()).resource }
  }
  return { client, kept, all }
}

it(`answers ${REQUESTS} malformed requests, and none does harm (seed ${SEED})`, { timeout: 60_000 }, async () => {
  const cosmos = await startCosmos({ ranges: 2 })
  const { client, kept, all } = await fill(cosmos)
  const before = await all()
  const random = new Random(SEED)
  const seen = new Map<number, number>()
  const wrong: unknown[] = []
  for (let number = 0; number < REQUESTS; number++) {
    const { wire, text, method, isSound } = malformed(random, cosmos.key)
    const answer = await send(cosmos.endpoint, wire)
    const status = answer?.status ?? 0
    seen.set(status, (seen.get(status) ?? 0) + 1)
    const isAllowed = answer === undefined ? !isSound : status < 500 || status === 501
    const isSaid = status < 400 || method === 'HEAD' || isRefusal(answer?.body ?? '')
    if (!isAllowed || !isSaid)
      wrong.push({ number, text, body: wire.subarray(text.length, text.length + 500).toString(), answer })
  }
  expect(wrong, `seed ${SEED}`).toEqual([])
  for (const status of [200, 400, 401, 404, 405]) expect(seen.get(status), `${status}s`).toBeGreaterThan(10)
  expect(await all()).toEqual(before)
  expect((await kept.items.create({ id: 'after', pk: 'p0' })).statusCode).toBe(201)
  expect(Object.prototype).not.toHaveProperty('a')
  client.dispose()
  await cosmos.close()
})
