import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Container, CosmosClient } from '@azure/cosmos'
import { Engine, type EngineOptions, wellKnownKey } from 'local-cosmos/engine'
import { openInProcessDoor } from 'local-cosmos/in-process-door'
import { sortable, unsorted } from 'local-cosmos/store/sortable-text'
import { expect, it, onTestFinished } from 'vitest'
import { Random } from '../../simulation/random.ts'

const SEED = Number(process.env.SEED ?? 1)
/** Where the order of UTF-8 and that of UTF-16 part, and what has no UTF-8 at all. */
const unusual = [
  '',
  '\0',
  'a',
  'ü',
  '\ud7fe',
  '\ud7ff',
  '\ud800',
  '\udbff',
  '\udc00',
  '\udfff',
  '\ue000',
  '\uffff',
  '😀',
]

function textOf(random: Random): string {
  return Array.from({ length: random.between(0, 4) }, () => random.pick(unusual)).join('')
}

const inCodeUnits = (a: string, b: string) => (a < b ? -1 : Number(a > b))
const inBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

it(`keeps texts so that their bytes sort like their code units (seed ${SEED})`, () => {
  const random = new Random(SEED)
  for (let round = 0; round < 5_000; round++) {
    const [a, b] = [textOf(random), textOf(random)]
    const [x, y] = [sortable(a), sortable(b)]
    expect(Math.sign(inBytes(x, y)), JSON.stringify([a, b])).toBe(inCodeUnits(a, b))
    expect(Buffer.from(x).toString(), JSON.stringify(a)).toBe(x)
    expect(unsorted(x)).toBe(a)
  }
})

function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cosmos-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

async function openContainer(options: EngineOptions, defaultTtl?: number) {
  const engine = new Engine(options)
  const connectionPolicy = { enableEndpointDiscovery: false }
  const httpClient = openInProcessDoor(engine) as never
  const client = new CosmosClient({ endpoint: 'http://local', key: wellKnownKey, httpClient, connectionPolicy })
  const { database } = await client.databases.createIfNotExists({ id: 'd' })
  const request = { id: 'c', partitionKey: '/pk', ...(defaultTtl && { defaultTtl }) }
  const { container } = await database.containers.createIfNotExists(request)
  const close = () => {
    client.dispose()
    engine.close()
  }
  return { engine, container, close }
}

const idsOf = async (container: Container, order: string) =>
  (await container.items.query<string>(`SELECT VALUE c.id FROM c ${order}`, { partitionKey: 'p' }).fetchAll()).resources

it('orders items by ids and by texts as the language does, before and after a restart', async () => {
  const data = openFolder()
  const ids = unusual.filter(text => text !== '' && text.isWellFormed()).map(text => `x${text}`)
  const first = await openContainer({ data })
  for (const id of ids.toReversed()) await first.container.items.create({ id, pk: 'p', text: id })
  const sorted = ids.toSorted(inCodeUnits)
  const check = async (container: Container) => {
    for (const order of ['ORDER BY c.id', 'ORDER BY c.text', "WHERE c.id >= 'x\ud7ff' ORDER BY c.id"]) {
      const from = order.startsWith('WHERE') ? sorted.filter(id => inCodeUnits(id, 'x\ud7ff') >= 0) : sorted
      expect(await idsOf(container, order), order).toEqual(from)
    }
    for (const id of ids) expect((await container.item(id, 'p').read()).resource?.text).toBe(id)
  }
  await check(first.container)
  first.close()
  const second = await openContainer({ data })
  await check(second.container)
  second.close()
})

it('goes on with indexes after a restart, for old items and new ones', async () => {
  const data = openFolder()
  const all = Array.from({ length: 1_500 }, (_, n) => ({ id: `${n}`, pk: 'p', n }))
  const create = (items: typeof all) => Promise.all(items.map(item => first.container.items.create(item)))
  const first = await openContainer({ data })
  await create(all.slice(0, 1_200))
  const query = 'WHERE c.n >= 1190 AND c.n < 1300 ORDER BY c.n'
  expect(await idsOf(first.container, query)).toHaveLength(10)
  await create(all.slice(1_200, 1_250))
  first.close()
  const second = await openContainer({ data })
  await second.container.items.create(all[1_250] as (typeof all)[0])
  await second.container.item('1195', 'p').delete()
  await second.container.item('1196', 'p').patch([{ op: 'set', path: '/n', value: 1_298 }])
  const expected = all.slice(1_190, 1_251).map(({ id }) => id)
  const left = expected.filter(id => id !== '1195' && id !== '1196')
  expect(await idsOf(second.container, query)).toEqual([...left, '1196'])
  second.close()
})

it('frees what has expired, by the time to live of the container and of the item', async () => {
  let now = 1_000_000
  const { engine, container, close } = await openContainer({ now: () => now }, 100)
  for (const [id, ttl] of [
    ['default', undefined],
    ['short', 10],
    ['never', -1],
  ] as const)
    await container.items.create({ id, pk: 'p', ...(ttl && { ttl }) })
  const stored = () => engine.databases.get('d')?.containers.get('c')?.ranges[0]?.size
  engine.sweep()
  expect(stored()).toBe(3)
  now += 10_000
  engine.sweep()
  expect(stored()).toBe(2)
  now += 89_999
  engine.sweep()
  expect(stored()).toBe(2)
  now += 1
  engine.sweep()
  expect(stored()).toBe(1)
  expect(await idsOf(container, '')).toEqual(['never'])
  close()
})

it('leaves a folder alone that another version has written', () => {
  const data = openFolder()
  const file = new DatabaseSync(join(data, 'cosmos.sqlite'))
  file.exec('CREATE TABLE items (key INTEGER PRIMARY KEY); PRAGMA user_version = 1')
  file.close()
  expect(() => new Engine({ data })).toThrow('written by another version')
})
