import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AzureKeyCredential, EventGridPublisherClient } from '@azure/eventgrid'
import type { SubscriptionConfig } from 'local-event-grid/configuration'
import { onTestFinished } from 'vitest'
import { key } from './topic-under-test.ts'

const main = fileURLToPath(new URL('../../../local/event-grid/src/main.ts', import.meta.url))

/** The program, running. */
export interface EventGridProcess {
  child: ChildProcess
  endpoint: string
  /** What it printed until it was ready. */
  said: string
  kill(): Promise<void>
}

/** A folder that is gone when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'event-grid-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Writes a configuration into a folder and answers the arguments that use it. */
export async function programArguments(
  folder: string,
  subscriptions: SubscriptionConfig[],
  more: object = {},
): Promise<string[]> {
  const topics = [{ name: 'orders', key, inputSchema: 'cloud-event', subscriptions }]
  await writeFile(join(folder, 'topics.json'), JSON.stringify({ topics, ...more }))
  return ['--config', join(folder, 'topics.json'), '--data', join(folder, 'data'), '--port', '0']
}

/** Starts the program and waits until it is ready. */
export async function startProgram(args: string[]): Promise<EventGridProcess> {
  const child = fork(main, args, { execArgv: ['--no-warnings'], stdio: ['ignore', 'pipe', 'ignore', 'ipc'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  const endpoint = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', chunk => {
      said += chunk
      const found = /Event Grid is ready at (\S+)/.exec(said)?.[1]
      if (found) resolve(found)
    })
    child.once('exit', code => reject(new Error(`It ended with ${code}.`)))
  })
  const kill = async () => {
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  return { child, endpoint, said, kill }
}

/** The official client for the topic of such a program. */
export function publisherTo(endpoint: string) {
  return new EventGridPublisherClient(`${endpoint}/orders/api/events`, 'CloudEvent', new AzureKeyCredential(key), {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  })
}
