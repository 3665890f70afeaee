import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@remit/simulator/client'
import { latencyOf } from '@remit/simulator/measure'
import { type Random, randomFrom } from '@remit/simulator/random'
import { type Callers, createCallers } from '@remit/simulator/tokens'
import { type RunningSystem, startSystem } from '../start/system.ts'
import { inFlight, numbers } from './figures.ts'

const ACCOUNTS = 200
/** In minor units: nobody runs out of credits. */
const LOAD = '1000000'
const HIGHEST = 100
/** As a part of what is measured: before it the system is just started, and slower. */
const WARM_UP = 1 / 3
/** A tick of a process's time, in milliseconds (Linux). */
const TICK = 10
/** How long silence is borne, in milliseconds. */
const PATIENCE = 30_000

type Wish = { readonly transfers: number; readonly width: number; readonly seed: number }
type Send = () => Promise<void>

/**
 * Starts a system with a data folder of its own and sends transfers with `Prefer: wait=5`, first so many in flight all
 * the time, then so many at once and the next when all are answered. Prints how long answers took, and the time each
 * process of the system had of a processor (Linux only).
 *
 * @throws Error when one does not end completed.
 */
export async function benchTransfers({ transfers, width, seed }: Wish): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'bench-transfers-'))
  let system: RunningSystem | undefined
  try {
    system = await startSystem({ port: 0, data, onLine: (part, line) => console.error(`[${part}] ${line}`) })
    const client = createClient({ address: system.address, sockets: width, patience: PATIENCE })
    const send = await sender(createCallers(client), randomFrom(seed))
    process.stderr.write(`seed ${seed}, ${transfers} transfers in each row\n`)
    await inFlight(numbers(Math.ceil(transfers * WARM_UP), 0), width, send)
    console.log('| | a second | p50 | p95 | p99 | slowest |\n|---|---|---|---|---|---|')
    const before = await processorTime(system)
    await row(`${width} in flight all the time`, transfers, took => inFlight(numbers(transfers, 0), width, took(send)))
    const after = await processorTime(system)
    await row(`${width} at once, then the next`, transfers, took => inWaves(took(send), transfers, width))
    const spent = [...after].map(
      ([name, time]) => `${name} ${((time - (before.get(name) ?? 0)) / transfers).toFixed(2)}`,
    )
    if (spent.length > 0)
      console.log(`\nMilliseconds of a processor for each transfer of the first row: ${spent.join(', ')}`)
    client.close()
  } finally {
    await system?.stop()
    await rm(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

/** Opens and loads accounts, and answers what sends a transfer between any two of them. */
async function sender(callers: Callers, random: Random): Promise<Send> {
  const post = async (sub: string, role: string, path: string, body: object) => {
    const headers = { prefer: 'wait=5', 'idempotency-key': randomUUID() }
    const answer = await callers.send({ sub, roles: [role] }, { method: 'POST', path, headers, body })
    return answer.body as { accountId: string; status: string }
  }
  const names = Array.from({ length: ACCOUNTS }, (_, index) => `owner ${index}`)
  const accounts = await Promise.all(
    names.map(async name => {
      const { accountId } = await post(name, 'user', '/v1/accounts', { kind: 'personal', name })
      await post('till', 'payments', `/v1/accounts/${accountId}/loads`, { amount: LOAD, paymentReference: 'bench' })
      return { name, accountId }
    }),
  )
  return async () => {
    const from = random.pick(accounts)
    const to = random.pick(accounts.filter(one => one !== from))
    const body = { from: from.accountId, to: to.accountId, amount: String(random.between(1, HIGHEST)) }
    const { status } = await post(from.name, 'user', '/v1/transfers', body)
    if (status !== 'completed') throw new Error(`a transfer ended ${status}`)
  }
}

async function inWaves(send: Send, count: number, width: number): Promise<void> {
  for (let sent = 0; sent < count; sent += width) {
    await inFlight(numbers(Math.min(width, count - sent), sent), width, send)
  }
}

async function row(name: string, count: number, work: (took: (send: Send) => Send) => Promise<void>): Promise<void> {
  const took: number[] = []
  const timed = (send: Send) => async () => {
    const start = performance.now()
    await send()
    took.push(performance.now() - start)
  }
  const began = performance.now()
  await work(timed)
  const perSecond = Math.round((count / (performance.now() - began)) * 1000)
  const { p50 = 0, p95 = 0, p99 = 0, max = 0 } = latencyOf(took) ?? {}
  console.log(`| ${name} | ${perSecond} | ${[p50, p95, p99, max].map(one => `${Math.round(one)} ms`).join(' | ')} |`)
}

/** What each process of the system has had of a processor, in milliseconds; empty where the kernel does not tell. */
async function processorTime({ parts }: RunningSystem): Promise<Map<string, number>> {
  const times = await Promise.all(
    parts.map(async ({ name, process }) => {
      const stat = await readFile(`/proc/${process.pid}/stat`, 'utf8').catch(() => undefined)
      const [user, kernel] = stat?.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14).map(Number) ?? []
      return user === undefined || kernel === undefined ? [] : [[name, (user + kernel) * TICK] as const]
    }),
  )
  return new Map(times.flat())
}
