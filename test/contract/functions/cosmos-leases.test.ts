import { afterEach, describe, expect, test } from 'vitest'
import { appFolder, removeAppFolders } from './app-folder.ts'
import { type HostProcess, startHost } from './host-process.ts'
import { shop, told } from './shop.ts'

/** A change feed function with whatever options. */
const feed = (name: string, options: string) => `
  app.cosmosDB('${name}', {
    connection: 'COSMOS', databaseName: 'shop', containerName: 'items', leaseContainerName: 'leases',
    feedPollDelay: 10, leaseAcquireInterval: 50, leaseRenewInterval: 50, leaseExpirationInterval: 500, ${options}
    handler: (items, context) => context.log('${name} ' + items.map(item => item.id).join(' ')),
  })
`

describe('leases of a Cosmos DB trigger', () => {
  const current = shop(2)
  const hosts: HostProcess[] = []
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map(host => host.kill()))
    await removeAppFolders()
  })

  async function start(source: string) {
    const { endpoint, key } = current().cosmos
    const COSMOS = `AccountEndpoint=${endpoint};AccountKey=${key};`
    const host = await startHost({ apps: [{ folder: await appFolder(source), settings: { COSMOS } }] })
    hosts.push(host)
    return host
  }
  const add = (id: string, pk = id) => current().items.items.create({ id, pk, number: 0 })
  const leases = async () => (await current().leases.items.readAll().fetchAll()).resources

  test('there is one per range, with owner, continuation and the time it was last heard of', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    for (const id of ids) await add(id)
    const host = await start(feed('changes', 'startFromBeginning: true,'))
    await host.logged(lines => told(lines, 'changes').length === ids.length)
    await expect.poll(async () => (await leases()).every(lease => lease.ContinuationToken !== null)).toBe(true)
    const found = await leases()
    expect(found.map(lease => lease.LeaseToken).sort()).toEqual(['0', '1'])
    const first = found.find(lease => lease.LeaseToken === '0')
    expect(first).toMatchObject({ version: 0, properties: {}, FeedRange: { Range: { min: '' } } })
    expect(new Set(found.map(lease => lease.Owner)).size).toBe(1)
    expect(first?.id).toMatch(/^127\.0\.0\.1_.+\.\.0$/)
    await host.stop()
    expect((await leases()).map(lease => lease.Owner)).toEqual([null, null])
  })

  test('an owner that stood still for too long handles its batch although another has it by now', async () => {
    const { items } = current()
    const first = await current().start('cosmos-feed')
    await items.items.create({ id: 'slow', pk: 'p', number: 1 })
    const of = (host: HostProcess, kind: string) =>
      told(
        host.entries.map(entry => entry.message),
        kind,
      ).filter(change => change === 'p/1').length
    await first.logged(() => of(first, 'batch') === 1)
    first.pause()
    const second = await current().start('cosmos-feed')
    await second.logged(() => of(second, 'through') === 1)
    first.resume()
    await first.logged(() => of(first, 'through') === 1)
    // The late owner's checkpoint counts for nothing: the new owner goes on where it was itself.
    await items.items.create({ id: 'next', pk: 'p', number: 2 })
    const all = () =>
      current().hosts.flatMap(host =>
        told(
          host.entries.map(entry => entry.message),
          'through',
        ),
      )
    await expect.poll(() => all().filter(change => change === 'p/2').length, { timeout: 10_000 }).toBe(1)
    expect(all().filter(change => change === 'p/1').length).toBe(2)
  })

  test('two functions with a prefix each hear everything; without one they share it', async () => {
    const prefixed = ['one', 'two'].map(name =>
      feed(name, `startFromBeginning: true, leaseContainerPrefix: '${name}',`),
    )
    const host = await start(prefixed.join(''))
    for (const id of ['a', 'b', 'c', 'd']) await add(id)
    const heard = (lines: string[], name: string) => told(lines, name).sort().join(' ')
    await host.logged(lines => ['one', 'two'].every(name => heard(lines, name) === 'a b c d'))
    await host.stop()
    for (const lease of await leases()) await current().leases.item(String(lease.id), lease.id).delete()
    const sharing = await start(['three', 'four'].map(name => feed(name, 'startFromBeginning: true,')).join(''))
    await sharing.logged(lines => [...told(lines, 'three'), ...told(lines, 'four')].length === 4)
    const lines = sharing.entries.map(entry => entry.message)
    expect([...told(lines, 'three'), ...told(lines, 'four')].sort()).toEqual(['a', 'b', 'c', 'd'])
  })

  test('startFromTime counts only while there is no lease', async () => {
    await add('old')
    const options = "startFromTime: '2020-01-01T00:00:00Z',"
    const first = await start(feed('changes', options))
    await first.logged(lines => told(lines, 'changes').includes('old'))
    await first.stop()
    const second = await start(feed('changes', options))
    await add('new', 'old')
    const lines = await second.logged(all => told(all, 'changes').includes('new'))
    expect(told(lines, 'changes')).toEqual(['new'])
  })

  test('items of one transaction arrive together although there are more than asked for', async () => {
    const operations = Array.from({ length: 5 }, (_, n) => ({
      operationType: 'Create' as const,
      resourceBody: { id: `t${n}`, pk: 'p', number: n },
    }))
    await current().items.items.batch(operations, 'p')
    const host = await start(feed('changes', 'startFromBeginning: true, maxItemsPerInvocation: 2,'))
    await host.logged(lines => told(lines, 'changes').length === 5)
    const [batch] = host.entries.map(entry => entry.message).filter(line => line.startsWith('changes '))
    expect(batch).toBe('changes t0 t1 t2 t3 t4')
  })

  test.each([
    ['both starts', "startFromBeginning: true, startFromTime: '2026-01-01T00:00:00Z',", 'exclude each other'],
    ['a time that is none', "startFromTime: 'yesterday',", 'is not a time'],
    ['the monitored container as lease container', "leaseContainerName: 'items',", 'must not be the same'],
    ['a container that is not there', "containerName: 'nothing',", 'The container "nothing" does not exist'],
    ['a batch of none', 'maxItemsPerInvocation: 0,', '"maxItemsPerInvocation" must be a whole number from 1'],
    [
      'all versions',
      "changeFeedMode: 'AllVersionsAndDeletes',",
      'changeFeedMode "AllVersionsAndDeletes" is not emulated',
    ],
  ])('%s is a start error', async (_, options, says) => {
    await expect(start(feed('changes', options))).rejects.toThrow(says)
  })
})
