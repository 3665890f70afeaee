import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { basename } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Apps that each have a process and an address of their own. */
export interface IsolatedApps {
  /** By folder, as it was given. */
  endpoints: Map<string, string>
  /** Processes by folder, as they are now; for those who want to see one die. */
  processes: Map<string, ChildProcess>
  stop(): Promise<void>
}

export interface IsolationOptions {
  folders: string[]
  /** Of the first app; the next ones follow. 0 lets the system choose. */
  port: number
  /** What a process gets beside its folder and its port. */
  arguments?: (folder: string) => string[]
  environment?: NodeJS.ProcessEnv
  /** Milliseconds before a process that died is started again: doubled each time, up to a minute. */
  restartWait?: number
  /** Gets what the processes print, and when they die. */
  onLine(folder: string, line: string): void
}

const program = fileURLToPath(new URL('main.ts', import.meta.url))
const readyLine = /^Functions are ready at (\S+)$/
const firstWait = 1_000
const longestWait = 60_000

/**
 * Starts a process per app. One that dies is started again at its old address, after a wait that doubles while it
 * keeps dying. Rejects when an app cannot start the first time: the others are stopped then.
 */
export async function startIsolated(options: IsolationOptions): Promise<IsolatedApps> {
  const apps = options.folders.map((folder, index) =>
    superviseApp(folder, options.port === 0 ? 0 : options.port + index, options),
  )
  const stop = async () => void (await Promise.all(apps.map(app => app.stop())))
  try {
    const addresses = await Promise.all(apps.map(app => app.ready))
    return {
      endpoints: new Map(options.folders.map((folder, index) => [folder, addresses[index] as string])),
      get processes() {
        return new Map(options.folders.map((folder, index) => [folder, apps[index]?.process() as ChildProcess]))
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

interface SupervisedApp {
  /** Its address, once it is ready the first time. */
  ready: Promise<string>
  process(): ChildProcess
  stop(): Promise<void>
}

function superviseApp(folder: string, port: number, options: IsolationOptions): SupervisedApp {
  const { promise: ready, resolve, reject } = Promise.withResolvers<string>()
  const say = (line: string) => options.onLine(folder, line)
  let ownPort = port
  let wait = options.restartWait ?? firstWait
  let begun = false
  let stopping = false
  let restart: NodeJS.Timeout | undefined
  let child = start()

  function start(): ChildProcess {
    const started = Date.now()
    const last: string[] = []
    const process = fork(program, [folder, '--port', String(ownPort), ...(options.arguments?.(folder) ?? [])], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...globalThis.process.env, ...options.environment },
      // Ctrl-C reaches only the first process of the terminal, which then stops these.
      detached: true,
    })
    for (const stream of [process.stdout, process.stderr]) {
      if (!stream) continue
      createInterface({ input: stream }).on('line', line => {
        const address = readyLine.exec(line)?.[1]
        if (address === undefined) {
          if (last.push(line) > 20) last.shift()
          return say(line)
        }
        begun = true
        ownPort = Number(new URL(address).port)
        resolve(address)
      })
    }
    process.once('exit', (code, signal) => {
      if (stopping) return
      if (!begun) return reject(new Error(last.join('\n') || `${folder} ended (${signal ?? code}).`))
      if (Date.now() - started > longestWait) wait = options.restartWait ?? firstWait
      say(`${basename(folder)} ended (${signal ?? code}) and is started again in ${wait} ms.`)
      restart = setTimeout(() => {
        child = start()
      }, wait)
      wait = Math.min(wait * 2, longestWait)
    })
    return process
  }

  return {
    ready,
    process: () => child,
    async stop() {
      stopping = true
      clearTimeout(restart)
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    },
  }
}
