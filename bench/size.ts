import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ChangeFeedStartFrom, type Container, CosmosClient } from '@azure/cosmos'
import { type Figure, numbers, timed } from './figures.ts'
import { startOurs } from './servers.ts'

/** Items in one request while filling: the most that bulk takes. */
const BULK = 100
/** Requests of each kind that are measured, and how many are sent to make indexes and code ready. */
const MEASURED = 5_000
const WARM_UP = 500
const CONNECTIONS = 8
/** Items that share one value of the property queries ask for. */
const SHARED = 10
const PER_PARTITION = 20
const PAGE = 100

type Sizes = { readonly few: number; readonly many: number }
type Report = { readonly started: number; readonly resident: number; readonly figures: Record<string, Figure> }

/** Fills two data folders, starts a server on each and measures it, and prints both beside each other. */
export async function benchSize({ few, many }: Sizes): Promise<void> {
  const reports: Report[] = []
  for (const items of [few, many]) {
    const data = await mkdtemp(join(tmpdir(), 'bench-size-'))
    try {
      await withContainer(data, container => fill(container, items))
      reports.push(await measure(data, items))
    } finally {
      await rm(data, { recursive: true, force: true })
    }
  }
  print([few, many], reports)
}

type Work<T> = (container: Container, server: { pid: number | undefined; started: number }) => Promise<T>

async function withContainer<T>(data: string, work: Work<T>): Promise<T> {
  const began = performance.now()
  const { endpoint, key, pid, stop } = await startOurs(['--data', data])
  const started = performance.now() - began
  const client = new CosmosClient({ endpoint, key, connectionPolicy: { enableEndpointDiscovery: false } })
  try {
    const { database } = await client.databases.createIfNotExists({ id: 'bench' })
    const { container } = await database.containers.createIfNotExists({ id: 'bench', partitionKey: '/pk' })
    return await work(container, { pid, started })
  } finally {
    client.dispose()
    await stop()
  }
}

/** As many items of a partition come one after the other as share a key. */
const keyOf = (n: number) => `p${Math.floor(n / PER_PARTITION)}`
/** 0.5 KB with what the server adds. */
const itemOf = (n: number) => ({
  id: `${n}`,
  pk: keyOf(n),
  shared: Math.floor(n / SHARED),
  text: 'x'.repeat(180),
})

async function fill(container: Container, items: number): Promise<void> {
  for (let start = 0; start < items; start += BULK) {
    const wishes = Array.from({ length: Math.min(BULK, items - start) }, (_, n) => {
      const resourceBody = itemOf(start + n)
      return { operationType: 'Create' as const, partitionKey: resourceBody.pk, resourceBody }
    })
    await container.items.bulk(wishes)
    if (start % 100_000 === 0) process.stderr.write(`${start} of ${items} items\n`)
  }
}

async function measure(data: string, items: number): Promise<Report> {
  return withContainer(data, async (container, { pid, started }) => {
    const somewhere = (n: number) => (n * 7919 * 31) % items
    const figure = async (work: (n: number) => Promise<unknown>, count = MEASURED) => {
      await timed(numbers(WARM_UP, count), CONNECTIONS, work)
      return timed(numbers(count, 0), CONNECTIONS, work)
    }
    const figures = {
      'point read': await figure(n => container.item(`${somewhere(n)}`, keyOf(somewhere(n))).read()),
      'query by a property': await figure(n => byProperty(container, Math.floor(somewhere(n) / SHARED))),
      'query of one partition': await figure(n => ofPartition(container, keyOf(somewhere(n)))),
      [`feed page of ${PAGE}`]: await figure(() => feedPage(container), MEASURED / 10),
      create: await figure(n => container.items.create(itemOf(items + n))),
    }
    return { started, resident: await residentOf(pid), figures }
  })
}

async function byProperty(container: Container, shared: number): Promise<void> {
  const query = { query: 'SELECT * FROM c WHERE c.shared = @shared', parameters: [{ name: '@shared', value: shared }] }
  const { resources } = await container.items.query(query).fetchAll()
  if (resources.length !== SHARED) throw new Error(`${resources.length} items have the value ${shared}`)
}

async function ofPartition(container: Container, partitionKey: string): Promise<void> {
  await container.items.query('SELECT TOP 10 * FROM c ORDER BY c.id', { partitionKey }).fetchAll()
}

async function feedPage(container: Container): Promise<void> {
  const changeFeedStartFrom = ChangeFeedStartFrom.Beginning()
  await container.items.getChangeFeedIterator({ changeFeedStartFrom, maxItemCount: PAGE }).readNext()
}

/** Resident memory in megabytes, where the system tells (Linux). */
async function residentOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024
}

function print(sizes: readonly number[], reports: readonly Report[]): void {
  console.log(`| | ${sizes.map(size => `${size.toLocaleString('en')} items`).join(' | ')} |`)
  console.log(`|---|${sizes.map(() => '---|').join('')}`)
  const row = (name: string, cell: (report: Report) => string) =>
    console.log(`| ${name} | ${reports.map(cell).join(' | ')} |`)
  row('start', ({ started }) => `${Math.round(started)} ms`)
  row('resident memory', ({ resident }) => `${Math.round(resident)} MB`)
  for (const name of Object.keys(reports[0]?.figures ?? {})) {
    row(name, ({ figures }) => {
      const { perSecond = 0, p99 = 0 } = figures[name] ?? {}
      return `${Math.round(perSecond)}/s, p99 ${p99.toFixed(1)} ms`
    })
  }
}
