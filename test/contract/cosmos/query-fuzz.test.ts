import { afterAll, beforeAll, expect, it } from 'vitest'
import { Random } from '../../simulation/random.ts'
import { Grammar, mutate, noise } from './statement-grammar.ts'
import { openForStatements, type Reply, type Statement, type targets } from './statements.ts'

const SEED = Number(process.env.SEED ?? 1)
const STATEMENTS = Number(process.env.STATEMENTS ?? 6_000)
/** How long one statement may take, in milliseconds: far more than it needs, far less than for ever. */
const PATIENCE = 10_000

const items = Array.from({ length: 12 }, (_, n) => ({
  id: `i${n}`,
  n: n % 3 === 0 ? n : `${n}`,
  tags: ['a', 'b', n],
  deep: { a: [1, { 'a b': n }], n, value: null },
  text: 'a'.repeat(n * 3),
}))
let server: Awaited<ReturnType<typeof openForStatements>>
beforeAll(async () => {
  server = await openForStatements(items)
})
afterAll(() => server.close())

const parameters = [
  { name: '@p', value: 2 },
  { name: '@q', value: ['a', { b: null }] },
]

type Rows = { Documents: unknown[] }

/** An answer that is JSON, or a refusal that says why; nothing else, and soon. */
function check(reply: Reply, statement: string): void {
  const context = `seed ${SEED}: ${statement.slice(0, 2_000)}\n${reply.text.slice(0, 2_000)}`
  const body = JSON.parse(reply.text)
  expect(reply.milliseconds, context).toBeLessThan(PATIENCE)
  if (reply.status === 200) return
  expect([400, 501], context).toContain(reply.status)
  expect(body, context).toMatchObject({ code: expect.any(String), message: expect.any(String) })
  if (reply.status === 501) expect(body.message, context).toContain('is not emulated')
}

async function ask(query: unknown, target: keyof typeof targets, more: Partial<Statement> = {}): Promise<Reply> {
  const reply = await server.run({ query, parameters, ...more }, target)
  check(reply, String(query))
  return reply
}

/** All rows, page by page of this size. */
async function rowsOf(query: string, size: number): Promise<unknown[] | undefined> {
  const rows: unknown[] = []
  let continuation: string | undefined
  for (let pages = 0; pages < 2_000; pages++) {
    const headers = { 'x-ms-max-item-count': String(size), ...(continuation && { 'x-ms-continuation': continuation }) }
    const reply = await ask(query, 'partition', { headers })
    if (reply.status !== 200) return undefined
    rows.push(...(JSON.parse(reply.text) as Rows).Documents)
    continuation = reply.continuation
    if (continuation === undefined) return rows
  }
  throw new Error(`The pages never end: ${query}`)
}

const placeholder = '{documentdb-formattableorderbyquery-filter}'

/** A statement that has a plan can be run on a range as the plan rewrites it. */
async function followPlan(query: string): Promise<boolean> {
  const plan = await ask(query, 'plan')
  if (plan.status !== 200) return false
  const { rewrittenQuery } = JSON.parse(plan.text).queryInfo as { rewrittenQuery: string }
  if (rewrittenQuery === '') return true
  const reply = await ask(rewrittenQuery.replaceAll(placeholder, 'true'), 'range')
  const message = reply.status === 200 ? '' : JSON.parse(reply.text).message
  expect(message, `${query}\n${rewrittenQuery}`).not.toMatch(/SC\d{4}/)
  return true
}

it(`answers or refuses ${STATEMENTS} random statements (seed ${SEED})`, { timeout: 3_600_000 }, async () => {
  const random = new Random(SEED)
  const grammar = new Grammar(random)
  const seen = { answered: 0, refused: 0, planned: 0, paged: 0 }
  for (let count = 0; count < STATEMENTS; count++) {
    const grown = grammar.statement()
    const dice = random.between(0, 9)
    const statement = dice < 5 ? grown : dice < 9 ? mutate(grown, random) : noise(random)
    const reply = await ask(statement, random.pick(['partition', 'range', 'gateway']))
    if (reply.status === 200) seen.answered++
    else seen.refused++
    if (await followPlan(statement)) seen.planned++
    if (reply.status !== 200 || /RAND|CURRENT/i.test(statement)) continue
    const all = await rowsOf(statement, 1_000)
    expect(await rowsOf(statement, random.between(1, 3)), `seed ${SEED}: ${statement}`).toEqual(all)
    seen.paged++
  }
  expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(STATEMENTS / 20)
})
