import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CosmosClient, type Database, type ItemDefinition } from '@azure/cosmos'
import { databaseName } from '@remit/documents/containers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, opened, remit } from '../flow/remit.ts'

const main = fileURLToPath(new URL('../../packages/verify/src/main.ts', import.meta.url))
const { running, crowd } = remit()
const folder = mkdtempSync(join(tmpdir(), 'remit-verify-'))
const heads = join(folder, 'heads.json')
let client: CosmosClient
let database: Database
afterAll(() => {
  client?.dispose()
  rmSync(folder, { recursive: true })
})

/** The real process, as an operator starts it. */
function verify(...args: string[]): Promise<{ code: number | null; out: string; error: string }> {
  const env = { ...process.env, COSMOS: running().cosmos, VERIFY_SIGNING_KEY: 'a key for this test only' }
  const child = spawn(process.execPath, [main, '--workers', '2', ...args], { env })
  const said = { out: '', error: '' }
  child.stdout.on('data', chunk => {
    said.out += chunk
  })
  child.stderr.on('data', chunk => {
    said.error += chunk
  })
  return new Promise(resolve => child.once('close', code => resolve({ code, ...said })))
}

let from = ''
let to = ''
beforeAll(async () => {
  client = new CosmosClient(running().cosmos)
  database = client.database(databaseName)
  const { alice, bob, till, rita } = await crowd()
  from = await opened(alice, till, { load: 500_000 })
  to = await opened(bob, till)
  const pay = (amount: string, receiver = to) => alice.post('/v1/transfers', { from, to: receiver, amount })
  await Promise.all(['100', '200', '300', '9000000'].map(amount => pay(amount)))
  await pay('400', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')
  const { body } = await pay('150000')
  await rita.post(`/v1/transfers/${body.transferId}/approve`, {})
  await pay('120000')
  await eventually(
    () => bob.get(`/v1/accounts/${to}`),
    account => account.balance === '150600',
  )
}, 60_000)

test('what a running system has stored fits together, and its heads are written down', async () => {
  const { code, out } = await verify('--export', heads)
  expect(code).toBe(0)
  expect(out).toContain('Everything fits together.')
  expect(out).toContain('heads are in')
})

test('a statement line that somebody edited is named', async () => {
  const entries = database.container('accounts')
  const { resources } = await entries.items
    .query<ItemDefinition>('SELECT * FROM c WHERE IS_DEFINED(c.line)', { partitionKey: to })
    .fetchAll()
  const [entry] = resources
  await entries.items.upsert({ ...entry, line: { ...(entry as { line?: object }).line, balance: 1 } })
  const { code, error } = await verify()
  expect(code).toBe(1)
  expect(error).toContain(`accounts ${to} ${entry?.id}: view: the events give`)
  await entries.items.upsert(entry as ItemDefinition)
})

test('a tail that was cut off is found by an earlier export', async () => {
  const events = database.container('events')
  const query = 'SELECT * FROM c ORDER BY c.id DESC'
  const { resources } = await events.items.query<ItemDefinition>(query, { partitionKey: to }).fetchAll()
  const [last] = resources
  expect(await verify('--against', heads)).toMatchObject({ code: 0 })
  await events.item(String(last?.id), to).delete()
  const { code, error } = await verify('--against', heads)
  expect(code).toBe(1)
  expect(error).toContain(`events ${to} ${last?.id}: end: missing`)
})

test('a wrong command line is said to be wrong', async () => {
  expect((await verify('--grace', 'never')).code).toBe(2)
})
