import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LogEntry } from 'local-functions/core-api'
import type { HostOptions } from 'local-functions/host'

/** A host in its own process, which can be stopped, killed and listened to. */
export interface HostProcess {
  endpoint: string
  entries: LogEntry[]
  /** Waits until some log message satisfies the condition. Rejects with what was logged after 10 s. */
  logged(condition: (messages: string[]) => boolean): Promise<string[]>
  /** Hears every line from now on. */
  follow(listen: (entry: LogEntry) => void): void
  /** Sends a message to the apps in it. */
  tell(message: string): void
  /** Lets the process stand still, and go on. */
  pause(): void
  resume(): void
  stop(): Promise<void>
  kill(): Promise<void>
}

type FromChild =
  | { kind: 'ready'; endpoint: string }
  | { kind: 'failed'; message: string }
  | { kind: 'log'; entry: LogEntry }

const patience = 10_000

/** The folder of a sample app. */
export function sample(name: string): string {
  return fileURLToPath(new URL(`apps/${name}`, import.meta.url))
}

/** Starts a host with some apps. Rejects with the start error's message. */
export async function startHost(options: Omit<HostOptions, 'log'>): Promise<HostProcess> {
  const program = fileURLToPath(new URL('run-host.ts', import.meta.url))
  const child = fork(program, [JSON.stringify(options)], {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const entries: LogEntry[] = []
  const waiting = new Set<() => void>()
  child.on('message', (message: FromChild) => {
    if (message.kind !== 'log') return
    entries.push(message.entry)
    for (const look of waiting) look()
  })
  const endpoint = await new Promise<string>((resolve, reject) => {
    child.on('message', (message: FromChild) => {
      if (message.kind === 'ready') resolve(message.endpoint)
      if (message.kind === 'failed') reject(new Error(message.message))
    })
    child.once('exit', code => reject(new Error(`The host ended with ${code}.`)))
  })
  return {
    endpoint,
    entries,
    logged: condition => waitFor(condition, () => entries.map(entry => entry.message), waiting),
    follow: listen =>
      child.on('message', (message: FromChild) => {
        if (message.kind === 'log') listen(message.entry)
      }),
    tell: message => void child.send(message),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop: () => end(child, () => child.send('stop')),
    kill: () => end(child, () => child.kill('SIGKILL')),
  }
}

async function end(child: ChildProcess, how: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  how()
  await exited
}

function waitFor(
  condition: (messages: string[]) => boolean,
  messages: () => string[],
  waiting: Set<() => void>,
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const done = () => {
      waiting.delete(look)
      clearTimeout(timer)
    }
    const timer = setTimeout(() => {
      done()
      reject(new Error(`Not logged in time. Logged was:\n${messages().join('\n')}`))
    }, patience)
    const look = () => {
      if (!condition(messages())) return
      done()
      resolve(messages())
    }
    waiting.add(look)
    look()
  })
}
