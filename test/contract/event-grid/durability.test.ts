import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AzureKeyCredential, EventGridPublisherClient } from '@azure/eventgrid'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startSubscriber } from './subscriber.ts'
import { key, order } from './topic-under-test.ts'

const main = fileURLToPath(new URL('../../../local/event-grid/src/main.ts', import.meta.url))

/** Starts the program and answers its address. */
async function start(args: string[]): Promise<{ child: ChildProcess; endpoint: string }> {
  const child = fork(main, args, { execArgv: ['--no-warnings'], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const endpoint = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', chunk => {
      const found = /Event Grid is ready at (\S+)/.exec(String(chunk))?.[1]
      if (found) resolve(found)
    })
    child.once('exit', code => reject(new Error(`It ended with ${code}.`)))
  })
  return { child, endpoint }
}

async function program(url: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'event-grid-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const subscriptions = [{ name: 'all', destination: { type: 'webhook', url } }]
  const topics = [{ name: 'orders', key, inputSchema: 'cloud-event', subscriptions }]
  await writeFile(join(folder, 'topics.json'), JSON.stringify({ topics }))
  return ['--config', join(folder, 'topics.json'), '--data', join(folder, 'data'), '--port', '0']
}

const publisher = (endpoint: string) =>
  new EventGridPublisherClient(`${endpoint}/orders/api/events`, 'CloudEvent', new AzureKeyCredential(key), {
    allowInsecureConnection: true,
  })

describe('the program', () => {
  test('delivers after a restart what it had accepted before it was killed', async () => {
    const subscriber = await startSubscriber()
    onTestFinished(() => subscriber.close())
    const nobody = await startSubscriber()
    await nobody.close()
    const args = await program(nobody.url)
    const first = await start(args)
    await publisher(first.endpoint).send([order('1'), order('2')])
    const exited = once(first.child, 'exit')
    first.child.kill('SIGKILL')
    await exited
    const config = args[1] ?? ''
    const { readFile } = await import('node:fs/promises')
    await writeFile(config, (await readFile(config, 'utf8')).replace(nobody.url, subscriber.url))
    await start(args)
    await expect.poll(() => subscriber.received.length, { timeout: 5_000 }).toBe(2)
    expect(subscriber.received.map(one => (one.body as { id: string }).id).sort()).toEqual(['1', '2'])
  })

  test('ends with SIGTERM and with its parent', async () => {
    const subscriber = await startSubscriber()
    onTestFinished(() => subscriber.close())
    const args = await program(subscriber.url)
    const first = await start(args)
    const ended = once(first.child, 'exit')
    first.child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
    const second = await start(args)
    const orphaned = once(second.child, 'exit')
    second.child.disconnect()
    expect(await orphaned).toEqual([0, null])
  })
})
