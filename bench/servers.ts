import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startChild } from '../start/child.ts'

/** A server in a process of its own. */
export type Server = { readonly endpoint: string; readonly key: string; readonly stop: () => Promise<void> }

const ours = fileURLToPath(new URL('../local/cosmos/src/main.ts', import.meta.url))
const peers = fileURLToPath(new URL('peers/', import.meta.url))
/** The key of every emulator; no secret. */
const KEY = 'C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=='

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
  const { ready, stop } = await startChild({
    ...part,
    file: ours,
    args: all,
    readyLine: /ready at (\S+) with key (\S+)/,
  })
  return { endpoint: ready[1] ?? '', key: ready[2] ?? '', stop }
}

export async function startPeer(): Promise<Server> {
  const file = createRequire(peers).resolve('@vercel/cosmosdb-server/lib/cli.js')
  const port = await freePort()
  const args = ['--no-ssl', '--port', String(port), '--host', '127.0.0.1']
  const { stop } = await startChild({ ...part, file, args, readyLine: /^Ready/ })
  return { endpoint: `http://127.0.0.1:${port}`, key: KEY, stop }
}

const part = { name: 'server', onLine: () => {} }

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
