import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Container, CosmosClient } from '@azure/cosmos'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Starting, spawnChild } from '../../../start/child.ts'
import { Random } from '../../simulation/random.ts'
import { RecordedFeed } from './recorded-feed.ts'
import { RecordedWriter } from './recorded-writer.ts'

const KILLS = Number(process.env.KILLS ?? 5)
/** Decides what is asked and when the kills come; what they hit is up to the machine. */
const SEED = Number(process.env.SEED ?? 1)
const WRITERS = 8
/** Requests that are answered between a start and the next kill: at least, at most. */
const ANSWERED = [1, 250] as const
/** Once in so many times the server is killed again while it starts, after so many milliseconds. */
const KILLED_AGAIN = 4
const STARTING = [10, 400] as const

const main = fileURLToPath(new URL('../../../local/cosmos/src/main.ts', import.meta.url))
let folder: string
let server: Starting | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cosmos-'))
})
afterEach(async () => {
  await kill()
  rmSync(folder, { recursive: true })
})

function start(): Starting {
  const readyLine = /ready at (\S+) with key (\S+)/
  server = spawnChild({
    name: 'cosmos',
    file: main,
    args: ['--port', '0', '--data', folder],
    readyLine,
    onLine: () => {},
  })
  return server
}

async function kill(): Promise<void> {
  const child = server?.process
  server = undefined
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

async function connect(): Promise<CosmosClient> {
  const { ready } = await start().ready
  const [, endpoint = '', key = ''] = ready
  return new CosmosClient({
    endpoint,
    key,
    connectionPolicy: { enableEndpointDiscovery: false, requestTimeout: 10_000 },
  })
}

/** Whether the client says of a request that its connection ended; the feed's iterator says so in its message only. */
function isCut(error: unknown): boolean {
  const { code, message, cause } = error as Error & { code?: unknown; cause?: { code?: unknown } }
  return [code, cause?.code, message].some(said => /ECONN|EPIPE|socket hang up/.test(String(said)))
}

function acknowledged(writers: readonly RecordedWriter[]): number {
  return writers.reduce((sum, writer) => sum + writer.acknowledged, 0)
}

it(`${KILLS} kills lose nothing that was acknowledged, tear no batch, leave no gap in the feed (seed ${SEED})`, {
  timeout: 3_600_000,
}, async () => {
  const random = new Random(SEED)
  const writers = Array.from({ length: WRITERS }, (_, n) => new RecordedWriter(`w${n}`, random))
  const feed = new RecordedFeed()
  const ends = { none: 0, whole: 0, absent: 0 }
  let client = await connect()
  const containerOf = (some: CosmosClient): Container => some.database('d').container('c')
  const { database } = await client.databases.create({ id: 'd' })
  await database.containers.create({ id: 'c', partitionKey: { paths: ['/pk'], version: 2 } })
  await feed.open(containerOf(client))
  for (let kills = 0; kills < KILLS; kills++) {
    await loadAndKill(containerOf(client))
    client.dispose()
    if (random.chance(1 / KILLED_AGAIN)) {
      const cutOff = start().ready.catch(() => undefined)
      await sleep(random.between(...STARTING))
      await kill()
      await cutOff
    }
    client = await connect()
    const container = containerOf(client)
    for (const writer of writers) ends[(await writer.check(container)).unacknowledged]++
    await feed.drain(container)
    feed.check(writers.flatMap(writer => writer.items()))
  }
  client.dispose()
  const answered = acknowledged(writers)
  console.log(
    `seed ${SEED}: ${KILLS} kills, ${answered} requests acknowledged; of those that were not: ${JSON.stringify(ends)}`,
  )
  expect(answered).toBeGreaterThanOrEqual(KILLS * ANSWERED[0])
  expect(ends.absent + ends.whole).toBeGreaterThan(KILLS)

  async function loadAndKill(container: Container): Promise<void> {
    const enough = acknowledged(writers) + random.between(...ANSWERED)
    const work = [...writers.map(writer => writer.writeUntilCut(container)), feed.readUntilCut(container)]
    const isAtOnce = random.chance(0.5)
    const ended = await new Promise<unknown>(resolve => {
      void Promise.race(work).then(resolve)
      for (const writer of writers) {
        writer.onAcknowledged = () => {
          if (acknowledged(writers) < enough) return
          if (isAtOnce) server?.process.kill('SIGKILL')
          resolve(undefined)
        }
      }
    })
    expect(ended, 'a request failed before the kill').toBeUndefined()
    // Answers come in bursts, one for each commit: half of the kills come right after one, the others anywhere.
    if (!isAtOnce) await sleep(random.between(0, 20))
    await kill()
    const errors = await Promise.all(work)
    expect(errors.filter(error => !isCut(error))).toEqual([])
  }
})
