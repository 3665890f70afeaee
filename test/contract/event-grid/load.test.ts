import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { TopicReport } from 'local-event-grid/delivery-report'
import { seededChance } from 'local-event-grid/randomness'
import { expect, onTestFinished, test } from 'vitest'
import { publisherTo, temporaryFolder } from './event-grid-process.ts'
import { idsOf, key, order, subscriber as startListener, type subscriber, to } from './topic-under-test.ts'

const half = 5_000
const total = 2 * half
const published = 250
const megabyte = 1_048_576

interface Memory {
  /** Heap and what belongs to it outside, after a collection, in bytes. */
  held: number
  rss: number
  /** Milliseconds of the virtual clock. */
  passed: number
}

async function asks<T>(child: ChildProcess, question: string): Promise<T> {
  const answered = once(child, 'message')
  child.send(question)
  return (await answered)[0] as T
}

async function start(listeners: Record<string, Awaited<ReturnType<typeof subscriber>>>, data: string) {
  const program = fileURLToPath(new URL('run-event-grid.ts', import.meta.url))
  const batching = { maxEventsPerBatch: 10, preferredBatchSizeInKilobytes: 64 }
  const subscriptions = Object.entries(listeners).map(([name, { url }]) =>
    name !== 'one' && name !== 'two' ? { ...to(url, name), batching } : to(url, name),
  )
  const topics = [{ name: 'orders', key, inputSchema: 'cloud-event', subscriptions }]
  const options = JSON.stringify({ topics, data })
  const child = fork(program, [options], { execArgv: ['--no-warnings', '--expose-gc'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [{ endpoint }] = await once(child, 'message')
  return { child, endpoint: endpoint as string }
}

async function publish(endpoint: string, from: number, until: number): Promise<void> {
  const client = publisherTo(endpoint)
  for (let begin = from; begin < until; begin += published) {
    await client.send(Array.from({ length: published }, (_, at) => order(`${begin + at}`, { text: 'x'.repeat(200) })))
  }
}

test('10,000 events for five subscriptions, one of which fails half of the time', async () => {
  const seed = 42
  const random = seededChance(seed)('answers')
  const ill = await startListener(() => ({ status: random() < 0.5 ? 503 : 200 }))
  const well = [await startListener(), await startListener(), await startListener(), await startListener()]
  const [one, two, batched1, batched2] = well as [typeof ill, typeof ill, typeof ill, typeof ill]
  const { child, endpoint } = await start({ one, two, batched1, batched2, ill }, await temporaryFolder())
  const begin = performance.now()
  // Whoever has more than once what it should have is found out below.
  const countOf = ({ received }: typeof ill) =>
    received.reduce((sum, { body }) => sum + (Array.isArray(body) ? body.length : 1), 0)
  const wellHave = (count: number) =>
    expect.poll(() => well.every(listener => countOf(listener) >= count), { timeout: 60_000 }).toBe(true)

  await publish(endpoint, 0, half)
  await wellHave(half)
  const first = await asks<Memory>(child, 'memory')
  await publish(endpoint, half, total)
  await wellHave(total)
  const second = await asks<Memory>(child, 'memory')
  const seconds = (performance.now() - begin) / 1_000

  // Nobody has waited for the one that fails: its clock has not moved, and it still has much to do.
  expect(second.passed).toBe(0)
  for (const listener of well) expect(new Set(idsOf(listener)).size).toBe(total)

  const illReport = async () => {
    const report = (await (await fetch(`${endpoint}/topics/orders/deliveries`)).json()) as TopicReport
    return report.subscriptions.find(({ name }) => name === 'ill') ?? { pending: 0, delivered: 0, dropped: 0 }
  }
  expect((await illReport()).pending).toBeGreaterThan(total / 4)
  while ((await illReport()).pending > 0) await asks(child, 'pass an hour')
  const { delivered, dropped } = await illReport()
  expect(delivered + dropped).toBe(total)
  // Ten failures in a row, one chance in a thousand, are a day.
  expect(dropped).toBeLessThan(total / 200)
  const end = await asks<Memory>(child, 'memory')

  const all = ((performance.now() - begin) / 1_000).toFixed(1)
  const megabytes = [first, second, end].map(
    ({ held, rss }) => `${(held / megabyte).toFixed(1)}/${(rss / megabyte).toFixed(0)}`,
  )
  console.log(
    `seed ${seed}: ${(total / seconds).toFixed(0)} events/s, ${((4 * total) / seconds).toFixed(0)} deliveries/s; all after ${all} s and ${(end.passed / 60_000).toFixed(0)} virtual minutes; heap/RSS in MB after 5,000, after 10,000 and at the end: ${megabytes.join(', ')}`,
  )
  expect(second.held - first.held).toBeLessThan(4 * megabyte)
  expect(end.held - first.held).toBeLessThan(4 * megabyte)
  expect(second.rss - first.rss).toBeLessThan(64 * megabyte)
  expect(end.rss).toBeLessThan(256 * megabyte)
}, 180_000)

test('what waits is stored, not held in memory', async () => {
  const [nobody, silent] = [await startListener(), await startListener(() => new Promise<never>(() => {}))]
  await nobody.close()
  const data = await temporaryFolder()
  const first = await start({ one: nobody }, data)
  const before = await asks<Memory>(first.child, 'memory')
  const client = publisherTo(first.endpoint)
  const text = 'x'.repeat(8_000)
  for (let turn = 0; turn < 50; turn++) {
    await client.send(Array.from({ length: 100 }, (_, at) => order(`${turn}-${at}`, { text })))
  }
  const waiting = await asks<Memory>(first.child, 'memory')
  const exited = once(first.child, 'exit')
  first.child.kill('SIGKILL')
  await exited
  const second = await start({ one: silent }, data)
  await expect.poll(() => silent.received.length).toBe(16)
  const trying = await asks<Memory>(second.child, 'memory')
  const grown = [waiting, trying].map(({ held }) => (held - before.held) / megabyte)
  console.log(`40 MB that wait take ${grown.map(one => one.toFixed(1)).join(' and ')} MB of memory`)
  expect(Math.max(...grown)).toBeLessThan(12)
}, 60_000)
