import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { wellKnownKey } from '../local/cosmos/src/engine.ts'
import { startChild } from '../start/child.ts'
import { freePorts } from '../start/parts.ts'

/** A server in a process of its own. */
export type Server = {
  readonly endpoint: string
  readonly key: string
  readonly pid: number | undefined
  readonly stop: () => Promise<void>
}

const ours = fileURLToPath(new URL('../local/cosmos/src/main.ts', import.meta.url))
const peers = fileURLToPath(new URL('peers/', import.meta.url))

/** Fetches what is compared with, the first time. Nothing else of the project needs it. */
export async function installPeers(): Promise<void> {
  if (existsSync(`${peers}node_modules`)) return
  process.stderr.write('Installing the peers …\n')
  const args = ['--yes', 'pnpm@10.34.9', 'install', '--ignore-workspace', '--frozen-lockfile']
  await promisify(execFile)('npx', args, { cwd: peers })
}

/** @param args of `pnpm cosmos`. */
export async function startOurs(args: readonly string[]): Promise<Server> {
  const all = ['--port', '0', '--ranges', '1', ...args]
  const { ready, process, stop } = await startChild({
    ...part,
    file: ours,
    args: all,
    readyLine: /ready at (\S+) with key (\S+)/,
  })
  return { endpoint: ready[1] ?? '', key: ready[2] ?? '', pid: process.pid, stop }
}

export async function startPeer(): Promise<Server> {
  const file = createRequire(peers).resolve('@vercel/cosmosdb-server/lib/cli.js')
  const [port] = await freePorts(1)
  const args = ['--no-ssl', '--port', String(port), '--host', '127.0.0.1']
  const { process, stop } = await startChild({ ...part, file, args, readyLine: /^Ready/ })
  return { endpoint: `http://127.0.0.1:${port}`, key: wellKnownKey, pid: process.pid, stop }
}

const part = { name: 'server', onLine: () => {} }
