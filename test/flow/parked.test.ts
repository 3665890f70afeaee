import { CosmosClient } from '@azure/cosmos'
import { expect, test } from 'vitest'
import { runProgram } from '../run-program.ts'
import { remit } from './remit.ts'

const { running, crowd } = remit()

/** Runs the operator's console and says what it printed. */
function parked(...args: string[]): Promise<string> {
  return runProgram('packages/operator/src/main.ts', '--address', running().address, ...args)
}

test('a command nobody can read is parked, and with it its account, until an operator has discarded it', {
  timeout: 60_000,
}, async () => {
  const { alice, till } = await crowd()
  const { body: account } = await alice.post('/v1/accounts', { kind: 'personal', name: 'Alice' })
  const streamId = String(account.accountId)
  expect(await parked()).toContain('Nothing is parked.')
  const id = `${streamId}_00000000-0000-4000-8000-00000000dead`
  const commands = new CosmosClient(running().cosmos).database('remit').container('commands')
  await commands.items.create({ id, streamId, type: 'Unheard' })
  const load = { amount: '1000', paymentReference: 'card' }
  const behind = await till.post(`/v1/accounts/${streamId}/loads`, load, { headers: { prefer: 'wait=1' } })
  expect(behind.status).toBe(202)
  const operation = async () => (await till.get(String(behind.headers.get('location')))).body.status
  await expect.poll(operation, { timeout: 20_000 }).toBe('parked')
  const listed = await parked('list')
  expect(listed).toContain('2 parked.')
  expect(listed).toContain(`waits behind ${id}`)
  const [parkedId = ''] = listed.split('\n')
  await expect(parked('discard', 'YSBi', '--reason', 'x')).rejects.toThrow('404')
  expect(await parked('retry', parkedId)).toContain('retrying')
  await expect.poll(() => parked(), { timeout: 20_000 }).toContain('tried 2 times')
  expect(await parked('discard', parkedId, '--reason', 'stored by mistake')).toContain('discarding')
  await expect.poll(operation, { timeout: 20_000 }).toBe('applied')
  await expect.poll(() => parked(), { timeout: 20_000 }).toContain('Nothing is parked.')
  const verify = () => runProgram('packages/verify/src/main.ts', '--connection', running().cosmos)
  await expect.poll(verify, { timeout: 20_000 }).toContain('Everything fits together.')
})
