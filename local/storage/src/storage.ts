import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A running storage account. */
export interface LocalStorage {
  /** What Azure's storage clients take: blobs, queues and tables of the well-known development account. */
  connectionString: string
  stop(): Promise<void>
}

export interface LocalStorageOptions {
  /** Where blobs, queues and tables are kept; without it a restart forgets them. */
  folder?: string
}

const readyLine = /^Storage is ready with (\S+)$/

/** Milliseconds it gets to write down what it holds before it is killed. */
const stopPatience = 10_000

/**
 * Starts Azurite in a process of its own, on ports the system chooses. It ends when this process ends, however that
 * happens. Rejects with what Azurite said when it cannot start.
 */
export async function startStorage({ folder }: LocalStorageOptions = {}): Promise<LocalStorage> {
  const program = fileURLToPath(new URL('main.ts', import.meta.url))
  const child = fork(program, folder === undefined ? [] : ['--data', folder], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Ctrl-C reaches only the first process of the terminal, which then stops this one.
    detached: true,
  })
  const exited = once(child, 'exit')
  const said: string[] = []
  const connectionString = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue
      createInterface({ input: stream }).on('line', line => {
        if (said.push(line) > 20) said.shift()
        const ready = readyLine.exec(line)?.[1]
        if (ready !== undefined) resolve(ready)
      })
    }
    child.once('error', reject)
    void exited.then(([code]) => reject(new Error(`Azurite ended (${code}) before it was ready:\n${said.join('\n')}`)))
  })
  return {
    connectionString,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const late = setTimeout(() => child.kill('SIGKILL'), stopPatience)
      child.kill('SIGTERM')
      await exited
      clearTimeout(late)
    },
  }
}
