import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CosmosClient } from '@azure/cosmos'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startCosmos } from '../../../local/cosmos/src/server.ts'

const main = new URL('../../../local/cosmos/src/main.ts', import.meta.url).pathname
let folder: string
let child: ChildProcess | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cosmos-'))
})
afterEach(() => {
  child?.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

/** @param blocks that a file of the server may have at most, of 512 bytes: so a disk is full for it alone. */
async function start(blocks: number | 'unlimited' = 'unlimited'): Promise<CosmosClient> {
  const command = ['-c', `ulimit -f ${blocks} && exec "$0" "$@"`, process.execPath]
  const args = [main, '--port', '0', '--data', folder]
  child = spawn('sh', [...command, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  const [line] = await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
  const [, endpoint = '', key = ''] = /ready at (\S+) with key (\S+)/.exec(String(line)) ?? []
  return new CosmosClient({
    endpoint,
    key,
    connectionPolicy: { enableEndpointDiscovery: false, requestTimeout: 2_000 },
  })
}

async function kill(): Promise<void> {
  const exited = once(child as ChildProcess, 'exit')
  child?.kill('SIGKILL')
  await exited
}

it('keeps every acknowledged write through SIGKILL, and LSNs go on rising', async () => {
  const client = await start()
  const { database } = await client.databases.create({ id: 'd' })
  const { container } = await database.containers.create({ id: 'c', partitionKey: '/pk' })
  const acknowledged: string[] = []
  const writer = async (name: string) => {
    for (let n = 0; n < 40; n++) {
      await container.items.create({ id: `${name}${n}`, pk: name })
      acknowledged.push(`${name}${n}`)
    }
  }
  await Promise.all(['a', 'b', 'c', 'd'].map(writer))
  const lsnOf = (token: unknown) => Number(String(token).split('#')[1])
  const last = await container.items.upsert({ id: 'a0', pk: 'a', again: true })
  await container.item('b0', 'b').delete()
  await kill()
  client.dispose()

  const again = await start()
  const reopened = again.database('d').container('c')
  const { resources } = await reopened.items.query<string>('SELECT VALUE c.id FROM c').fetchAll()
  expect(resources.sort()).toEqual(acknowledged.filter(id => id !== 'b0').sort())
  expect((await reopened.item('a0', 'a').read()).etag).toBe(last.etag)
  const next = await reopened.items.create({ id: 'next', pk: 'a' })
  expect(lsnOf(next.headers['x-ms-session-token'])).toBeGreaterThan(lsnOf(last.headers['x-ms-session-token']))
  again.dispose()
})

it('opens a data folder only once, and says so', async () => {
  await start()
  await expect(startCosmos({ data: folder })).rejects.toThrow(/locked/)
  const second = spawn(process.execPath, ['--no-warnings', main, '--port', '0', '--data', folder], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const [words] = await once(second.stderr, 'data')
  expect(String(words)).toContain('Cosmos cannot start: database is locked')
  if (second.exitCode === null) await once(second, 'exit')
  expect(second.exitCode).toBe(1)
})

it('says of every write that a full disk refuses that it is not stored, and goes on answering', async () => {
  const client = await start(2_000)
  const { database } = await client.databases.create({ id: 'd' })
  const { container } = await database.containers.create({ id: 'c', partitionKey: '/pk' })
  const fates = new Map<string, number>()
  const writer = async (name: string) => {
    for (let n = 0; n < 30; n++) {
      const id = `${name}${n}`
      const status = container.items.create({ id, pk: name, text: 'x'.repeat(10_000) }).then(
        ({ statusCode }) => statusCode,
        ({ code }) => Number(code),
      )
      fates.set(id, await status)
    }
  }
  const check = async (account: CosmosClient) => {
    const stored = account.database('d').container('c').items
    const { resources } = await stored.query<string>('SELECT VALUE c.id FROM c').fetchAll()
    const acknowledged = [...fates].filter(([, status]) => status === 201).map(([id]) => id)
    expect(resources.sort()).toEqual(acknowledged.sort())
  }
  await Promise.all(['a', 'b', 'c', 'd'].map(writer))
  expect(new Set(fates.values())).toEqual(new Set([201, 503]))
  await check(client)
  await kill()
  client.dispose()
  const again = await start()
  await check(again)
  await again.database('d').container('c').items.create({ id: 'next', pk: 'a' })
  again.dispose()
})
