import type { Container, SqlQuerySpec } from '@azure/cosmos'
import { expect, it } from 'vitest'
import { Random } from '../../simulation/random.ts'
import { newContainer, openThrough } from './open-through.ts'

const PARTITIONS = 40
const SEED = Number(process.env.SEED ?? 1)

/** Two containers alike, one of which has so many ranges that none is worth an index. */
async function openBoth() {
  const client = await openThrough('in process', {})
  const plain = await newContainer(client, { id: 'plain', throughput: 48_000 })
  const indexed = await newContainer(client, { id: 'indexed' })
  const both = (work: (container: Container) => Promise<unknown>) => Promise.all([work(plain), work(indexed)])
  return { plain, indexed, both }
}

async function fill(container: Container, items: readonly { id: string; pk: string }[]) {
  for (let start = 0; start < items.length; start += 100) {
    const wishes = items.slice(start, start + 100).map(resourceBody => {
      return { operationType: 'Create' as const, partitionKey: resourceBody.pk, resourceBody }
    })
    await container.items.bulk(wishes)
  }
}

type Found = { id: string; n: number }

function simple(random: Random): unknown {
  const some = [
    null,
    true,
    false,
    random.between(-3, 300),
    random.between(0, 9) / 4,
    `t${random.between(0, 200)}`,
    '',
    'ü',
    '\ud7ff',
    '\ue000',
    '😀',
  ]
  return random.chance(0.05) ? undefined : random.pick(some)
}

/** A value of any type; the same ones come again. */
function anything(random: Random): unknown {
  return random.chance(0.1) ? random.pick([{ a: 1 }, [1]]) : simple(random)
}

it(`finds what looking at every item finds, whatever is compared and changed (seed ${SEED})`, {
  timeout: 120_000,
}, async () => {
  const random = new Random(SEED)
  const { plain, indexed, both } = await openBoth()
  const item = (n: number) => {
    const rest = {
      v: anything(random),
      deep: { w: anything(random) },
      m: simple(random),
      ...(n % 9 > 0 ? { t: `t${random.between(0, 50)}` } : {}),
      n,
    }
    return { id: `i${n}`, pk: `p${n % PARTITIONS}`, ...JSON.parse(JSON.stringify(rest)) }
  }
  const items = Array.from({ length: 6_000 }, (_, n) => item(n))
  await both(container => fill(container, items))
  for (let round = 0; round < 100; round++) {
    const query = condition(random)
    const options = { maxItemCount: random.between(10, 200), ...(random.chance(0.3) ? { partitionKey: 'p1' } : {}) }
    const found = await both(async container => {
      const { resources } = await container.items.query<Found>(query, { ...options }).fetchAll()
      // Of items alike in what they are ordered by, either may come first.
      const path = /ORDER BY c\.(n|t)/.exec(query.query)?.[1] as 'n' | undefined
      return path ? resources.map(item => item[path] ?? 'missing') : resources.map(({ id }) => id).sort()
    })
    expect(found[1], JSON.stringify(query)).toEqual(found[0])
    const n = random.between(0, items.length - 1)
    const [id, pk] = [`i${n}`, `p${n % PARTITIONS}`]
    const change = item(n)
    const dice = random.between(0, 4)
    const what = anything(random) ?? null
    await both(async container => {
      if (dice === 0) return container.item(id, pk).delete()
      if (dice === 1) return container.items.upsert(change)
      if (dice === 2) return container.item(id, pk).patch([{ op: 'set', path: '/v', value: what }])
      const upsert = { operationType: 'Upsert' as const, resourceBody: change }
      const failing = { operationType: 'Create' as const, resourceBody: { id: 'i1', pk } }
      return container.items.batch(dice === 3 ? [upsert] : [upsert, failing, failing], pk)
    }).catch(() => undefined)
  }
  expect(plain.id).not.toBe(indexed.id)
})

function condition(random: Random): SqlQuerySpec {
  const parameters: { name: string; value: never }[] = []
  const one = () => {
    const name = `@p${parameters.length}`
    parameters.push({ name, value: (anything(random) ?? null) as never })
    const path = random.pick(['c.v', 'c.deep.w', 'c["v"]', 'c.m', 'c.n'])
    if (random.chance(0.2)) return `${path} BETWEEN ${name} AND ${random.between(0, 300)}`
    if (random.chance(0.1)) return `STARTSWITH(${path}, "t1")`
    const operator = random.pick(['=', '=', '<', '<=', '>', '>=', '!='])
    return random.chance(0.3) ? `${name} ${operator} ${path}` : `${path} ${operator} ${name}`
  }
  const parts = Array.from({ length: random.between(1, 3) }, one)
  const where = random.chance(0.8) ? `WHERE ${parts.join(random.chance(0.8) ? ' AND ' : ' OR ')}` : ''
  if (where === '') parameters.length = 0
  return { query: `SELECT * FROM c ${where} ${orderBy(random)}`, parameters }
}

/** By values of one type: the client merges no others. */
function orderBy(random: Random): string {
  if (random.chance(0.6)) return ''
  const limit = random.chance(0.3) ? ` OFFSET ${random.between(0, 20)} LIMIT ${random.between(1, 50)}` : ''
  return `ORDER BY ${random.pick(['c.n', 'c.t'])} ${random.pick(['ASC', 'DESC'])}${limit}`
}

it('looks at no more items than fit, among 100,000', { timeout: 120_000 }, async () => {
  const { indexed } = await openBoth()
  await fill(
    indexed,
    Array.from({ length: 100_000 }, (_, n) => ({ id: `${n}`, pk: `p${n % 50}`, owner: `o${n % 25_000}`, n })),
  )
  const looked = async (query: string, options: object = {}) => {
    const pages = indexed.items.query(query, { populateQueryMetrics: true, ...options })
    let seen = 0
    let found = 0
    while (pages.hasMoreResults()) {
      const { resources, queryMetrics } = await pages.fetchNext()
      found += resources?.length ?? 0
      seen += Number(/"retrievedDocumentCount":(\d+)/.exec(JSON.stringify(queryMetrics))?.[1] ?? 0)
    }
    return { found, seen }
  }
  expect(await looked("SELECT * FROM c WHERE c.owner = 'o77'")).toEqual({ found: 4, seen: 4 })
  expect(await looked('SELECT * FROM c WHERE c.n >= 500 AND c.n < 600')).toEqual({ found: 100, seen: 101 })
  expect(await looked('SELECT * FROM c WHERE c.n > 99990')).toEqual({ found: 9, seen: 10 })
  expect(await looked('SELECT * FROM c WHERE c.n = 51', { partitionKey: 'p1' })).toEqual({ found: 1, seen: 1 })
  expect(await looked("SELECT * FROM c WHERE c.owner = 'nobody'")).toEqual({ found: 0, seen: 0 })
  for (const order of ['c.n', 'c.n DESC']) {
    const { found, seen } = await looked(`SELECT TOP 20 * FROM c WHERE c.pk != 'p3' ORDER BY ${order}`, {
      maxItemCount: 20,
    })
    expect(found).toBe(20)
    expect(seen).toBeLessThan(100)
  }
})
