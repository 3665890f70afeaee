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

async function start(): Promise<CosmosClient> {
  child = spawn(process.execPath, [main, '--port', '0', '--data', folder], { stdio: ['ignore', 'pipe', 'ignore'] })
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

it('opens a data folder only once', async () => {
  await start()
  await expect(startCosmos({ data: folder })).rejects.toThrow(/locked/)
})
