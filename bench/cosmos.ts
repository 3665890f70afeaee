import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ChangeFeedStartFrom, type Container, CosmosClient } from '@azure/cosmos'
import { type Figure, p99Of, timed } from './figures.ts'
import { installPeers, type Server, startOurs, startPeer } from './servers.ts'

type Options = { readonly items: number; readonly connections: number; readonly rounds: number }
/** Figures by what was done. */
type Figures = Record<string, Figure>

const QUERIES = 500
/** Items that share one value of the property queries ask for. */
const SHARED = 10
const PAGE = 100
/** Point reads a second at the steady rate, and for how many seconds. */
const RATE = 1_000
const STEADY = 5

/** Runs every measurement on each server, one server after the other, and prints the best of several rounds. */
export async function benchCosmos(options: Options): Promise<void> {
  await installPeers()
  const data = await mkdtemp(join(tmpdir(), 'bench-cosmos-'))
  const servers: [name: string, start: () => Promise<Server>][] = [
    ['ours, memory', () => startOurs([])],
    ['@vercel/cosmosdb-server', startPeer],
    ['ours, SQLite', () => startOurs(['--data', join(data, String(process.hrtime.bigint()))])],
  ]
  try {
    const best = new Map<string, Figures>()
    for (let round = 1; round <= options.rounds; round++) {
      for (const [name, start] of servers) {
        process.stderr.write(`round ${round} of ${options.rounds}: ${name}\n`)
        const server = await start()
        try {
          const figures = await measure(server, options)
          best.set(name, bestOf(best.get(name), figures))
        } finally {
          await server.stop()
        }
      }
    }
    print(best)
  } finally {
    await rm(data, { recursive: true, force: true })
  }
}

async function measure({ endpoint, key }: Server, { items, connections }: Options): Promise<Figures> {
  const client = new CosmosClient({ endpoint, key, connectionPolicy: { enableEndpointDiscovery: false } })
  try {
    const { database } = await client.databases.create({ id: 'bench' })
    const { container } = await database.containers.create({ id: 'bench', partitionKey: { paths: ['/pk'] } })
    const every = Array.from({ length: items }, (_, n) => n)
    const figures: Figures = {}
    figures.create = await timed(every, connections, n => container.items.create(itemOf(n)))
    figures['point read'] = await timed(every, connections, n => container.item(`${n}`, `p${n % 100}`).read())
    figures[`point read at ${RATE}/s`] = await steadily(n =>
      container.item(`${n % items}`, `p${(n % items) % 100}`).read(),
    )
    figures['query by a property'] = await timed(every.slice(0, QUERIES), connections, n =>
      byProperty(container, n, items),
    )
    figures[`feed page of ${PAGE}`] = await timed(every.slice(0, QUERIES), 1, feedOf(container))
    return figures
  } finally {
    client.dispose()
  }
}

const itemOf = (n: number) => ({ id: `${n}`, pk: `p${n % 100}`, shared: Math.floor(n / SHARED), text: 'x'.repeat(400) })

async function byProperty(container: Container, n: number, items: number): Promise<void> {
  const shared = Math.floor(((n * 7919) % items) / SHARED)
  const query = { query: 'SELECT * FROM c WHERE c.shared = @shared', parameters: [{ name: '@shared', value: shared }] }
  const { resources } = await container.items.query(query).fetchAll()
  if (resources.length !== SHARED) throw new Error(`${resources.length} items have the value ${shared}`)
}

/** Pages of the change feed, from the beginning again after the last one. */
function feedOf(container: Container): () => Promise<void> {
  const begin = () =>
    container.items.getChangeFeedIterator({ changeFeedStartFrom: ChangeFeedStartFrom.Beginning(), maxItemCount: PAGE })
  let pages = begin()
  return async () => {
    const { result } = await pages.readNext()
    if (result === undefined || result.length === 0) pages = begin()
  }
}

/** Sends at a steady rate, however long answers take, so that a pause is seen by all it holds up. */
async function steadily(work: (n: number) => Promise<unknown>): Promise<Figure> {
  const took: number[] = []
  const began = performance.now()
  const sent: Promise<void>[] = []
  for (let n = 0; n < RATE * STEADY; ) {
    for (const due = ((performance.now() - began) * RATE) / 1000; n < Math.min(due, RATE * STEADY); n++) {
      const planned = began + (n * 1000) / RATE
      sent.push(work(n).then(() => void took.push(performance.now() - planned)))
    }
    await new Promise(resolve => setTimeout(resolve, 1))
  }
  await Promise.all(sent)
  return { perSecond: took.length / ((performance.now() - began) / 1000), p99: p99Of(took) }
}

function bestOf(before: Figures | undefined, now: Figures): Figures {
  if (before === undefined) return now
  const merged = Object.entries(now).map(([what, { perSecond, p99 }]) => {
    const known = before[what] ?? { perSecond, p99 }
    return [what, { perSecond: Math.max(perSecond, known.perSecond), p99: Math.min(p99, known.p99) }]
  })
  return Object.fromEntries(merged) as Figures
}

function print(best: ReadonlyMap<string, Figures>): void {
  const names = [...best.keys()]
  const kinds = Object.keys([...best.values()][0] ?? {})
  console.log(`| | ${names.join(' | ')} |`)
  console.log(`|---|${names.map(() => '---|').join('')}`)
  for (const kind of kinds) {
    const cells = names.map(name => {
      const { perSecond, p99 } = best.get(name)?.[kind] ?? { perSecond: 0, p99: 0 }
      return `${Math.round(perSecond)}/s, p99 ${p99.toFixed(1)} ms`
    })
    console.log(`| ${kind} | ${cells.join(' | ')} |`)
  }
}
