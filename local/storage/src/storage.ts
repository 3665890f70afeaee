import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A running storage account. */
export interface LocalStorage {
  /** What Azure's storage clients take: blobs, queues and tables with the well-known development account. */
  connectionString: string
  stop(): Promise<void>
}

export interface LocalStorageOptions {
  /** Where blobs, queues and tables are kept; without it a restart forgets them. */
  folder?: string
}

/** Azurite's account and key are public: https://learn.microsoft.com/azure/storage/common/storage-use-azurite */
const account = 'devstoreaccount1'
const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

const services = ['Blob', 'Queue', 'Table'] as const

/** Milliseconds it gets to write down what it holds before it is killed. */
const stopPatience = 10_000

/**
 * Starts Azurite on ports the system chooses. It ends when this process ends, however that happens.
 * Rejects with what Azurite said when it cannot start.
 */
export async function startStorage({ folder }: LocalStorageOptions = {}): Promise<LocalStorage> {
  const place = folder === undefined ? ['--inMemoryPersistence'] : ['--location', folder]
  const ports = services.flatMap(service => [`--${service.toLowerCase()}Port`, '0'])
  const program = fileURLToPath(new URL('emulator.ts', import.meta.url))
  const child = fork(program, [...place, ...ports, '--silent', '--disableTelemetry', '--skipApiVersionCheck'], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Ctrl-C reaches only the first process of the terminal, which then stops this one.
    detached: true,
  })
  const exited = once(child, 'exit')
  const addresses = new Map<string, string>()
  const said: string[] = []
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue
      createInterface({ input: stream }).on('line', line => {
        said.push(line)
        if (said.length > 20) said.shift()
        const listening = /^Azurite (\w+) service is successfully listening at (\S+)$/.exec(line)
        if (listening) addresses.set(listening[1] as string, listening[2] as string)
        if (addresses.size === services.length) resolve()
      })
    }
    child.once('error', reject)
    void exited.then(([code]) => reject(new Error(`Azurite ended (${code}) before it was ready:\n${said.join('\n')}`)))
  })
  const endpoints = services.map(service => `${service}Endpoint=${addresses.get(service)}/${account};`)
  return {
    connectionString: `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};${endpoints.join('')}`,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const late = setTimeout(() => child.kill('SIGKILL'), stopPatience)
      child.kill('SIGTERM')
      await exited
      clearTimeout(late)
    },
  }
}
