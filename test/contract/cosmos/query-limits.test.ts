import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openForStatements } from './statements.ts'

/** How long one statement may take, in milliseconds, on a busy machine. */
const PATIENCE = 15_000
const times = (count: number, text: string) => text.repeat(count)
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n)
const doubled = (what: string, levels: number) =>
  `SELECT VALUE s FROM ${times(levels, `(SELECT VALUE ${what} FROM `)}(SELECT VALUE [1]) s${times(levels, ') s')}`

let server: Awaited<ReturnType<typeof openForStatements>>
beforeAll(async () => {
  server = await openForStatements([
    { id: 'i1', n: 1, tags: numbers(200), text: 'a'.repeat(10_000) },
    { id: 'i2', n: 2, tags: [], text: 'b' },
  ])
})
afterAll(() => server.close())

const nested = {
  parentheses: ['SELECT VALUE ', '(', '1', ')'],
  'NOT chains': ['SELECT VALUE ', 'NOT ', 'true', ''],
  signs: ['SELECT VALUE ', '- ', '1', ''],
  arrays: ['SELECT VALUE ', '[', '1', ']'],
  objects: ['SELECT VALUE ', '{a: ', '1', '}'],
  calls: ['SELECT VALUE ', 'ABS(', '1', ')'],
  conditions: ['SELECT VALUE ', '1 ? 2 : ', '3', ''],
  subqueries: ['SELECT VALUE ', '(SELECT VALUE ', '1', ')'],
  'EXISTS in EXISTS': ['SELECT VALUE ', 'EXISTS(SELECT VALUE ', '1', ')'],
  'FROM in FROM': ['SELECT * FROM ', '(SELECT VALUE s FROM ', '(SELECT VALUE 1) s', ') s'],
} as const

describe.each(Object.entries(nested))('%s', (_, [before, open, inner, close]) => {
  it.each([
    [40, 200],
    [20_000, 400],
  ])('nested %i deep answer %i', async (levels, status) => {
    const query = before + times(levels, open) + inner + times(levels, close)
    expect((await server.run({ query }, 'partition')).status).toBe(status)
  })
})

const chained = {
  sums: ['SELECT VALUE 1', ' + 1', ''],
  AND: ['SELECT * FROM c WHERE true', ' AND true', ''],
  OR: ['SELECT * FROM c WHERE false', ' OR c.id = "i1"', ''],
  '??': ['SELECT VALUE c.a', ' ?? c.a', ' FROM c'],
  properties: ['SELECT VALUE c', '.a', ' FROM c'],
  elements: ['SELECT VALUE c', '[0]', ' FROM c'],
  comparisons: ['SELECT VALUE 1', ' IN (1)', ''],
} as const

describe.each(Object.entries(chained))('a chain of %s', (_, [before, link, after]) => {
  it.each([
    [1_000, 200],
    // The longest there can be.
    [Math.floor((512 * 1024 - 100) / link.length), 400],
  ])('with %i links answers %i', async (links, status) => {
    for (const target of ['partition', 'plan'] as const) {
      const reply = await server.run({ query: before + times(links, link) + after }, target)
      expect(reply.status).toBe(status)
      expect(reply.milliseconds).toBeLessThan(PATIENCE)
    }
  })
})

it.each([
  ['a text as long as can be', `SELECT VALUE "${times(500_000, 'x')}"`, 200],
  ['a longer statement', `SELECT VALUE "${times(600_000, 'x')}"`, 'SC3020'],
  ['a text without an end', `SELECT VALUE "${times(250_000, '\\"')}`, 'SC1001'],
  ['a name of half a million letters', `SELECT ${times(500_000, 'ä')} FROM c`, 'SC2001'],
  ['half a million symbols', `SELECT ${times(500_000, ',')}`, 'SC1001'],
  ['half a million blanks', `SELECT${times(500_000, ' ')}1`, 200],
  ['a number beyond all numbers', 'SELECT VALUE 1e400', 'SC1001'],
  ['as many digits as can be', `SELECT VALUE 1${times(500_000, '0')}`, 'SC1001'],
  ['as many decimals as can be', `SELECT VALUE 0.${times(500_000, '1')}`, 200],
  ['huge counts', 'SELECT * FROM c OFFSET 4294967295 LIMIT 4294967295', 200],
  ['an OFFSET beyond all counts', 'SELECT * FROM c OFFSET 1e300 LIMIT 1', 'SC2062'],
  ['a list of 16,000', `SELECT * FROM c WHERE c.n IN (${numbers(16_000).join()})`, 200],
  ['a list of 16,001', `SELECT * FROM c WHERE c.n IN (${numbers(16_001).join()})`, 'more than 16000 items'],
  ['an array of 200,000', `SELECT VALUE [${times(200_000, '1,')}1]`, 200],
  ['100,000 arguments', `SELECT VALUE CONCAT("a"${times(100_000, ',"a"')})`, 'more than 16000 items'],
  ['20,000 columns', `SELECT ${numbers(20_000).map(n => `COUNT(1) a${n}`)} FROM c`, 200],
  ['10 JOINs', `SELECT c.id FROM c${numbers(10).map(n => ` JOIN t${n} IN c.tags`)}`.replaceAll(',', ''), 'too complex'],
  ['11 JOINs', `SELECT * FROM c${times(11, ' JOIN t IN c.tags')}`, 'maximum number of joins'],
  ['a pattern of many %', `SELECT VALUE c.text LIKE "${times(5_000, '%a')}%b" FROM c`, 200],
  ['a pattern of many _', `SELECT VALUE c.text LIKE "${times(100_000, '%_')}b" FROM c`, 200],
  ['a pattern of many [', `SELECT VALUE c.text LIKE "${times(200_000, '[')}" FROM c`, 200],
  ['a span from z to a', 'SELECT VALUE c.text LIKE "[z-a]" FROM c', 200],
  ['an expression that tries for ever', 'SELECT VALUE RegexMatch(c.text, "^(a|aa)+b") FROM c', 'too complex'],
  [
    'an expression too large',
    `SELECT VALUE RegexMatch("", "${times(20_000, '(')}${times(20_000, ')')}")`,
    'too complex',
  ],
  ['texts that grow', `SELECT VALUE ${times(50, 'REPLACE(')}"a"${times(50, ',"a","aaaaaaaa")')}`, 'too complex'],
  ['texts put together', `SELECT VALUE CONCAT(${times(9_000, 'REPLICATE("x",10000),')}"")`, 'too complex'],
  ['arrays that double', doubled('ARRAY_CONCAT(s, s)', 60), 'too complex'],
  ['values that double', doubled('[s, s]', 60), 'too complex'],
  [
    'arrays in arrays in a text',
    `SELECT VALUE StringToArray("${times(99_999, '[')}${times(99_999, ']')}")`,
    'too complex',
  ],
  ['large sets', `SELECT VALUE ARRAY_LENGTH(SETUNION([${numbers(30_000)}],[${numbers(30_000)}]))`, 200],
  ['nothing', '', 'SC1001'],
])('%s: %#', async (_, query, expected) => {
  const reply = await server.run({ query }, 'partition')
  expect(reply.milliseconds).toBeLessThan(PATIENCE)
  if (typeof expected === 'number') expect(reply).toMatchObject({ status: expected })
  else expect(reply).toMatchObject({ status: 400, text: expect.stringContaining(expected) })
})

it.each([
  ['SELECT VALUE c.id LIKE "i_" FROM c', [true, true]],
  ['SELECT VALUE "abc" LIKE "%b%"', [true]],
  ['SELECT VALUE "abc" LIKE "a%c%"', [true]],
  ['SELECT VALUE "ab" LIKE "%ab_"', [false]],
  ['SELECT VALUE "aab" LIKE "%ab"', [true]],
  ['SELECT VALUE "a%b" LIKE "a!%b" ESCAPE "!"', [true]],
  ['SELECT VALUE "axb" LIKE "a!%b" ESCAPE "!"', [false]],
  ['SELECT VALUE "b" LIKE "[a-c]"', [true]],
  ['SELECT VALUE "b" LIKE "[^a-c]"', [false]],
  ['SELECT VALUE "-" LIKE "[a-]"', [true]],
  ['SELECT VALUE "a\\nb" LIKE "a%"', [true]],
  ['SELECT VALUE "" LIKE "%"', [true]],
  ['SELECT VALUE "[" LIKE "["', [true]],
  ['SELECT VALUE RegexMatch("xABCx", "a(b|c)+", "i")', [true]],
  ['SELECT VALUE RegexMatch("x", "(")', []],
  ['SELECT VALUE [POWER(10, 400), LOG(0), LOG(-1), SUM(1e308)]', [[null, null, null, 1e308]]],
  ['SELECT VALUE SUM(x) FROM x IN (SELECT VALUE [1e308, 1e308])', []],
  ['SELECT VALUE TRIM("  a b ")', ['a b']],
  ['SELECT VALUE SETUNION([1, {a: 1, b: 2}], [{b: 2, a: 1}, "1"])', [[1, { a: 1, b: 2 }, '1']]],
  ['SELECT VALUE SETINTERSECT([1, 2, 2], [2, 3])', [[2]]],
  ['SELECT VALUE ARRAY_CONTAINS_ALL([1, "a"], 1, "a")', [true]],
  ['SELECT VALUE REPLACE("a.b.", ".", "$&")', ['a$&b$&']],
])('%s', async (query, expected) => {
  const { text } = await server.run({ query }, 'partition')
  expect(JSON.parse(text).Documents, text).toEqual(expected)
})

it('keeps a property called __proto__', async () => {
  const { text } = await server.run({ query: 'SELECT {"__proto__": 1} AS a, 2 AS __proto__' }, 'partition')
  expect(text).toContain('[{"a":{"__proto__":1},"__proto__":2}]')
})

it.each([null, 1, '', {}, [], { query: 1 }])('refuses the statement %j', async query => {
  expect((await server.run({ query }, 'partition')).status).toBe(400)
})

it('takes a parameter with a long list', async () => {
  const parameters = [{ name: '@p', value: numbers(100_000) }]
  const reply = await server.run({ query: 'SELECT DISTINCT VALUE ARRAY_LENGTH(@p) FROM c', parameters }, 'partition')
  expect(JSON.parse(reply.text).Documents).toEqual([100_000])
})
