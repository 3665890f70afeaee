import type { AddressInfo } from 'node:net'
import { Engine, type EngineOptions, wellKnownKey } from './engine.ts'
import { openHttpDoor } from './http-door.ts'
import { openInProcessDoor } from './in-process-door.ts'

export type ServerOptions = EngineOptions & {
  /** Default 0: chosen by the system. */
  port?: number
  /** Default 127.0.0.1. */
  host?: string
}

export type RunningCosmos = {
  endpoint: string
  key: string
  /** Splits a range of a container, the first one unless said otherwise; says the ids of the new ones. */
  split(database: string, container: string, rangeId?: string): string[]
  /** Stops listening, cuts open connections and closes the data file. */
  close(): Promise<void>
}

/** Starts a server. Rejects if the port is taken or the data folder is in use by another process. */
export async function startCosmos(options: ServerOptions = {}): Promise<RunningCosmos> {
  const engine = new Engine(options)
  const server = openHttpDoor(engine)
  const host = options.host ?? '127.0.0.1'
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(options.port ?? 0, host, resolve)
    })
  } catch (error) {
    engine.close()
    throw error
  }
  const { port } = server.address() as AddressInfo
  const close = async () => {
    const closed = new Promise(resolve => server.close(resolve))
    server.closeAllConnections()
    await closed
    engine.close()
  }
  const split: RunningCosmos['split'] = (...where) => engine.split(...where)
  return { endpoint: `http://${host}:${port}`, key: options.key ?? wellKnownKey, split, close }
}

/** The same engine without a port: hand `httpClient` to the SDK's client. */
export function openCosmos(options: EngineOptions = {}) {
  const engine = new Engine(options)
  return {
    endpoint: 'http://local-cosmos',
    key: options.key ?? wellKnownKey,
    httpClient: openInProcessDoor(engine),
    split: (...where: Parameters<Engine['split']>) => engine.split(...where),
    close: () => engine.close(),
  }
}
