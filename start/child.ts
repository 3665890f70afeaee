import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** One part of the system in a process of its own. It ends when this process ends, however that happens. */
export type Child = {
  readonly name: string
  /** The match of the line that said it was ready. */
  readonly ready: RegExpMatchArray
  readonly process: ChildProcess
  /** Asks it to end, and resolves when it has. */
  readonly stop: () => Promise<void>
}

export type Part = {
  readonly name: string
  readonly file: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  readonly readyLine: RegExp
  /** Gets every other line the part prints. */
  readonly onLine: (line: string) => void
}

/** How long a part may take to stop before it is killed, in milliseconds. */
const STOP_WAIT = 15_000

/** A process that may not be ready yet. */
export type Starting = Pick<Child, 'process' | 'stop'> & {
  /** Resolves with the line that says it is ready. Rejects when it ends before. */
  readonly ready: Promise<Child>
}

/** Starts a part and waits for the line that says it is ready. Rejects when it ends before. */
export function startChild(part: Part): Promise<Child> {
  return spawnChild(part).ready
}

/** Starts a part. */
export function spawnChild({ name, file, args, env, readyLine, onLine }: Part): Starting {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A process group of its own: Ctrl-C reaches only the first process, which stops the parts in order.
    detached: true,
  })
  const stop = () => stopChild(child)
  const said: string[] = []
  const ready = new Promise<Child>((resolve, reject) => {
    const hear = (line: string) => {
      const found = line.match(readyLine)
      if (found) resolve({ name, ready: found, process: child, stop })
      else onLine(line)
      said.push(line)
      if (said.length > 20) said.shift()
    }
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', hear)
    }
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`${name} ended (${code}) before it was ready:\n${said.join('\n')}`)))
  })
  return { process: child, ready, stop }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WAIT)
  child.kill('SIGTERM')
  await ended
  clearTimeout(timer)
}
