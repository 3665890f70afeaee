import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Container, CosmosClient } from '@azure/cosmos'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readFaultFile } from '../../../local/cosmos/src/fault-file.ts'
import type { Fault } from '../../../local/cosmos/src/faults.ts'
import { virtualClock } from '../../../local/cosmos/src/virtual-clock.ts'
import { refusal } from './doors.ts'
import { doors, newContainer, openThrough } from './open-through.ts'

const item = (id: string) => ({ id, pk: 'x' })

/** Creates items one after the other; says the status of each. */
async function statuses(container: Container, count: number): Promise<unknown[]> {
  const found: unknown[] = []
  for (let n = 0; n < count; n++) {
    const created = await container.items.create(item(`s${n}`)).catch(error => error)
    found.push(created.statusCode ?? created.code)
  }
  return found
}

describe.each(doors)('faults, %s', door => {
  async function open() {
    const faults: Fault[] = []
    const clock = virtualClock(1_700_000_000_000)
    const client = await openThrough(door, { ...clock, faults })
    const container = await newContainer(client)
    const isThere = async (id: string) => (await container.item(id, 'x').read()).statusCode === 200
    return { faults, clock, client, container, isThere }
  }

  it('are met by the operation, the container and the method they name, and by no other', async () => {
    const { faults, client, container } = await open()
    const other = await newContainer(client, { id: 'other' })
    faults.push({ operation: 'items.create', container: 'other', status: 500 })
    faults.push({ operation: '*', method: 'put', status: 449, substatus: 5352, retryAfterMs: 70 })
    expect((await container.items.create(item('1'))).statusCode).toBe(201)
    expect((await other.items.upsert(item('1'))).statusCode).toBe(201)
    expect(await refusal(other.items.create(item('2')))).toMatchObject({ code: 500 })
    const replaced = await container
      .item('1', 'x')
      .replace(item('1'))
      .catch(error => error)
    expect(replaced).toMatchObject({ code: 449, substatus: 5352, headers: { 'x-ms-retry-after-ms': '70' } })
    expect(faults).toEqual([])
  })

  it('hit the nth request that fits, as often as they say', async () => {
    const { faults, container } = await open()
    faults.push({ operation: 'items.create', nth: 3, times: 2, status: 408 })
    expect(await statuses(container, 6)).toEqual([201, 201, 408, 408, 201, 201])
    expect(faults).toEqual([])
  })

  it('hit by chance, the same with the same seed', async () => {
    const play = async (seed: number) => {
      const { faults, container } = await open()
      faults.push({ operation: 'items.create', probability: 0.3, seed, status: 449 })
      const found = await statuses(container, 60)
      expect(faults).toHaveLength(1)
      return found
    }
    const first = await play(7)
    const hits = first.filter(status => status === 449).length
    expect(hits).toBeGreaterThan(6)
    expect(hits).toBeLessThan(36)
    expect(await play(7)).toEqual(first)
    expect(await play(8)).not.toEqual(first)
  })

  it.each(['before', 'after'] as const)('come %s a write, a batch and a delete took effect', async when => {
    const { faults, container, isThere } = await open()
    await container.items.create(item('old'))
    faults.push({ operation: 'items.upsert', status: 503, when })
    expect(await refusal(container.items.upsert(item('1')))).toMatchObject({ code: 503 })
    faults.push({ operation: 'items.batch', status: 500, when })
    const batch = [{ operationType: 'Create' as const, resourceBody: item('2') }]
    expect((await refusal(container.items.batch(batch, 'x'))).message).toContain('Injected fault: 500')
    faults.push({ operation: 'items.delete', status: 410, substatus: 1007, when })
    expect(await refusal(container.item('old', 'x').delete())).toMatchObject({ code: 410, substatus: 1007 })
    expect(await isThere('1')).toBe(when === 'after')
    expect(await isThere('2')).toBe(when === 'after')
    expect(await isThere('old')).toBe(when === 'before')
  })

  it.each(['before', 'after'] as const)('lose the answer, %s', async when => {
    const { faults, container, isThere } = await open()
    faults.push({ operation: 'items.create', loseAnswer: true, when })
    expect(await refusal(container.items.create(item('1')))).toMatchObject({ code: 'ECONNRESET' })
    expect(await isThere('1')).toBe(when === 'after')
  })

  it('lose the answer of a refusal as well', async () => {
    const { faults, container } = await open()
    await container.items.create(item('1'))
    faults.push({ operation: 'items.create', loseAnswer: true, when: 'after' })
    expect(await refusal(container.items.create(item('1')))).toMatchObject({ code: 'ECONNRESET' })
  })

  it.each(['before', 'after'] as const)('make an answer late, %s, by the clock of the server', async when => {
    const { faults, clock, container, isThere } = await open()
    faults.push({ operation: 'items.create', latencyMs: 250, when })
    let answered = false
    const creating = container.items.create(item('1')).finally(() => {
      answered = true
    })
    await expect.poll(clock.sleepers).toBe(1)
    clock.advance(249)
    expect(await isThere('1')).toBe(when === 'after')
    expect([answered, clock.sleepers()]).toEqual([false, 1])
    clock.advance(1)
    expect((await creating).statusCode).toBe(201)
    expect(await isThere('1')).toBe(true)
  })

  it('make an error late', async () => {
    const { faults, clock, container } = await open()
    faults.push({ operation: 'items.create', latencyMs: 10_000, status: 503 })
    const creating = refusal(container.items.create(item('1')))
    await expect.poll(clock.sleepers).toBe(1)
    clock.advance(10_000)
    expect(await creating).toMatchObject({ code: 503 })
  })

  it('hit single operations inside bulk, before and after', async () => {
    const { faults, container, isThere } = await open()
    faults.push({ operation: 'bulk.create', nth: 2, status: 449 })
    faults.push({ operation: 'bulk.create', nth: 2, status: 408, when: 'after' })
    const operations = ['1', '2', '3', '4'].map(id => ({ operationType: 'Create' as const, resourceBody: item(id) }))
    const results = await container.items.bulk(operations, { continueOnError: true })
    expect(results.map(({ statusCode }) => statusCode)).toEqual([201, 449, 408, 201])
    expect(await Promise.all(['1', '2', '3', '4'].map(isThere))).toEqual([true, false, true, true])
  })

  it('of any operation count requests, not what is inside bulk', async () => {
    const { faults, container } = await open()
    faults.push({ operation: '*', method: 'POST', nth: 2, status: 500 })
    const operations = ['1', '2', '3'].map(id => ({ operationType: 'Create' as const, resourceBody: item(id) }))
    const results = await container.items.bulk(operations)
    expect(results.map(({ statusCode }) => statusCode)).toEqual([201, 201, 201])
  })
})

describe('a file of faults', () => {
  function fileWith(content: unknown): string {
    const folder = mkdtempSync(join(tmpdir(), 'faults-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'faults.json')
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
    return file
  }

  it.each([
    ['no JSON', '[', 'cannot be read'],
    ['no array', {}, 'no JSON array'],
    ['no operation', [{ status: 500 }], 'Rule 1 of .*: operation'],
    [
      'an operation that is none',
      [{ operation: 'items.read' }, { operation: 'items.reed' }],
      'Rule 2 of .*: operation',
    ],
    ['a member that is none', [{ operation: '*', chance: 1 }], 'chance'],
    ['a chance above 1', [{ operation: '*', probability: 2 }], 'probability'],
    ['a status that is no error', [{ operation: '*', status: 200 }], 'status'],
  ])('with %s is refused by name', (_, content, words) => {
    expect(() => readFaultFile(fileWith(content))).toThrow(new RegExp(words))
  })

  const main = new URL('../../../local/cosmos/src/main.ts', import.meta.url).pathname
  function start(file: string) {
    const child = spawn(process.execPath, [main, '--port', '0', '--faults', file], { stdio: 'pipe' })
    onTestFinished(() => void child.kill('SIGKILL'))
    return child
  }

  it('is what the command line takes', async () => {
    const child = start(fileWith([{ operation: 'databases.create', status: 503, when: 'after' }]))
    const [line] = await once(child.stdout, 'data')
    const [, endpoint = '', key = ''] = /ready at (\S+) with key (\S+)/.exec(String(line)) ?? []
    const client = new CosmosClient({ endpoint, key, connectionPolicy: { enableEndpointDiscovery: false } })
    expect(await refusal(client.databases.create({ id: 'd' }))).toMatchObject({ code: 503 })
    expect((await client.database('d').read()).statusCode).toBe(200)
    client.dispose()
  })

  it('stops the command line when it is wrong', async () => {
    const child = start(fileWith([{ operation: 'items.reed' }]))
    const [[text], [code]] = await Promise.all([once(child.stderr, 'data'), once(child, 'exit')])
    expect(String(text)).toContain('Rule 1')
    expect(code).toBe(1)
  })
})
