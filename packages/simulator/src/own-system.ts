import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export type OwnSystem = { readonly address: string; readonly stop: () => Promise<void> }

const root = fileURLToPath(new URL('../../..', import.meta.url))
/** Longest time the system may take to stop before it is killed, in milliseconds. */
const STOP_WAIT = 30_000
/** Lines shown of a system that does not start. */
const SHOWN = 10

/**
 * Starts a system of one's own on a free port. It ends with this process, however that ends.
 *
 * @param data folder of its data; without it everything is forgotten.
 * @throws Error when it does not become ready.
 */
export function startOwnSystem(data: string | undefined): Promise<OwnSystem> {
  const store = data === undefined ? ['--memory'] : ['--data', data]
  const args = ['--disable-warning=ExperimentalWarning', 'start/main.ts', '--bare', ...store, '--port', '0']
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true })
  const said: string[] = []
  return new Promise((resolve, reject) => {
    const hear = (line: string) => {
      said.push(line)
      if (said.length > SHOWN) said.shift()
      const address = /Remit is ready at (\S+)/.exec(line)?.[1]
      if (address !== undefined) resolve({ address, stop: () => stopSystem(child) })
    }
    for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', hear)
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`the system ended (${code}) before it was ready:\n${said.join('\n')}`)))
  })
}

async function stopSystem(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WAIT)
  child.kill('SIGTERM')
  await ended
  clearTimeout(timer)
}
