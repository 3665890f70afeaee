import { startCosmos } from 'local-cosmos/server'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sample, startHost } from './host-process.ts'
import { shop, told } from './shop.ts'

const current = shop(2)
const start = (app?: string, settings?: Record<string, string>) => current().start(app, settings)
const add = (pk: string, number: number, id = `${number}`) => current().items.items.create({ id, pk, number })

describe('Cosmos DB trigger', () => {
  test('hands over every item, those of one key in order, in batches of the given size', async () => {
    for (let number = 0; number < 20; number++) await add(`key-${number % 4}`, number)
    const host = await start()
    const messages = await host.logged(lines => told(lines, 'through').length === 20)
    for (const key of ['key-0', 'key-1', 'key-2', 'key-3']) {
      const numbers = told(messages, 'through')
        .filter(item => item.startsWith(key))
        .map(item => Number(item.split('/')[1]))
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
      expect(numbers).toHaveLength(5)
    }
    for (const line of messages.filter(line => line.startsWith('through '))) {
      expect(line.split(' ').length - 1).toBeLessThanOrEqual(3)
    }
    await add('key-1', 100)
    await host.logged(lines => told(lines, 'through').includes('key-1/100'))
  })

  test('goes on after a restart, also when the process was killed', async () => {
    const first = await start()
    await add('a', 1)
    await first.logged(lines => told(lines, 'through').includes('a/1'))
    await add('a', 2, 'slow')
    await first.logged(lines => told(lines, 'batch').includes('a/2'))
    await first.kill()
    const second = await start()
    const lines = await second.logged(all => told(all, 'through').includes('a/2'))
    expect(told(lines, 'through')).toEqual(['a/2'])
  })

  test('checkpoints a batch that failed: it does not come again', async () => {
    const first = await start()
    await add('a', 1, 'poison')
    await first.logged(lines => lines.some(line => line.includes('encountered an unhandled user exception')))
    await add('a', 2)
    await first.logged(lines => told(lines, 'through').includes('a/2'))
    expect(
      told(
        first.entries.map(entry => entry.message),
        'batch',
      ),
    ).toEqual(['a/1', 'a/2'])
  })

  test('does not checkpoint the batch that runs while the host stops, and releases its leases', async () => {
    const first = await start()
    await add('a', 1, 'slow')
    await first.logged(lines => told(lines, 'batch').includes('a/1'))
    await first.stop()
    expect(
      told(
        first.entries.map(entry => entry.message),
        'through',
      ),
    ).toEqual(['a/1'])
    const { resources } = await current().leases.items.readAll<{ Owner: string | null }>().fetchAll()
    expect(resources).toHaveLength(2)
    expect(resources.every(lease => lease.Owner === null)).toBe(true)
    const second = await start()
    await second.logged(lines => told(lines, 'through').includes('a/1'))
  })

  test('two hosts share the ranges, and one takes over when the other dies', async () => {
    const first = await start()
    const second = await start()
    const owners = async () => {
      const { resources } = await current().leases.items.readAll<{ Owner: string | null }>().fetchAll()
      return new Set(resources.map(lease => lease.Owner))
    }
    await expect.poll(async () => (await owners()).size, { timeout: 5_000 }).toBe(2)
    await first.kill()
    for (let number = 0; number < 8; number++) await add(`key-${number}`, number)
    await second.logged(lines => new Set(told(lines, 'through')).size === 8)
  })

  test('begins from now unless told otherwise', async () => {
    await add('a', 1)
    const host = await start('cosmos-feed', { FROM_NOW: 'true' })
    await expect
      .poll(async () => {
        await current().items.items.upsert({ id: 'later', pk: 'a', number: 2 })
        return told(
          host.entries.map(entry => entry.message),
          'through',
        ).includes('a/2')
      })
      .toBe(true)
    expect(
      told(
        host.entries.map(entry => entry.message),
        'through',
      ),
    ).not.toContain('a/1')
  })

  test('repeats a batch by the retry policy, and gives up when it is exhausted', async () => {
    await add('a', 1)
    const host = await start('cosmos-retries', { FAILURES: '3', RETRIES: '2' })
    const lines = await host.logged(all => all.some(line => line.includes('encountered an unhandled user exception')))
    const tries = lines.filter(line => line.startsWith('try ')).map(line => JSON.parse(line.slice('try 1 '.length)))
    expect(tries.map(one => [one.retryCount, one.maxRetryCount])).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
    ])
    expect(
      new Set(host.entries.filter(entry => entry.message.startsWith('try ')).map(one => one.invocationId)).size,
    ).toBe(3)
    await add('a', 2)
    await host.logged(all => all.includes('through 1'))
  })

  test('repeats for ever with maxRetryCount -1', async () => {
    await add('a', 1)
    const host = await start('cosmos-retries', { FAILURES: '30', RETRIES: '-1' })
    const lines = await host.logged(all => all.includes('through 1'))
    expect(lines.filter(line => line.startsWith('try '))).toHaveLength(31)
  })

  test('survives a server that goes away for a while', async () => {
    const host = await start()
    await add('a', 1)
    await host.logged(lines => told(lines, 'through').includes('a/1'))
    const { cosmos } = current()
    await cosmos.close()
    await host.logged(lines => lines.some(line => line.includes('does not answer')))
    const again = await startCosmos({ port: Number(new URL(cosmos.endpoint).port), ranges: 2 })
    onTestFinished(() => again.close())
    await host.logged(lines => lines.some(line => line.includes('answers again')))
  })

  test('a missing lease container is a start error', async () => {
    await current().leases.delete()
    await expect(start()).rejects.toThrow('The container "leases" does not exist in the database "shop"')
  })

  test('a missing setting is a start error that names it', async () => {
    const settings = { DATABASE: 'shop' }
    await expect(startHost({ apps: [{ folder: sample('cosmos-feed'), settings }] })).rejects.toThrow('"COSMOS"')
  })
})
