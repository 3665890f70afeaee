import type { Container, FeedOptions, JSONValue } from '@azure/cosmos'
import { beforeAll, describe, expect, it } from 'vitest'
import { refusal, throughEachDoor } from './doors.ts'

const people = [
  {
    id: '1',
    pk: 'x',
    name: 'Ada',
    age: 36,
    city: 'London',
    pets: [
      { name: 'Rex', kind: 'dog' },
      { name: 'Tom', kind: 'cat' },
    ],
  },
  { id: '2', pk: 'x', name: 'Bob', age: 25, city: 'Paris', pets: [] },
  { id: '3', pk: 'x', name: 'Cid', age: 25, city: 'London', pets: [{ name: 'Kit', kind: 'cat' }], nick: 'C' },
  { id: '4', pk: 'x', name: 'Dan', city: 'Rome', nick: null },
  { id: '5', pk: 'y', name: 'Eve', age: 52, city: 'Paris', address: { street: 'Rue', 'house number': 7 } },
]

type Case = [query: string, expected: JSONValue[]]

/** Of one partition, in the order of creation unless the statement says otherwise. */
const within: Case[] = [
  ['SELECT c.name FROM c WHERE c.id = "1"', [{ name: 'Ada' }]],
  ['SELECT c.name AS who, c.age years FROM c WHERE c.id = "2"', [{ who: 'Bob', years: 25 }]],
  ['SELECT c["name"] FROM c WHERE c.id = "2"', [{ name: 'Bob' }]],
  ['SELECT c.missing FROM c WHERE c.id = "2"', [{}]],
  ['SELECT VALUE c.missing FROM c', []],
  ['SELECT VALUE c.nick FROM c', ['C', null]],
  ['SELECT 1, 2 AS two, "a" FROM c WHERE c.id = "1"', [{ $1: 1, two: 2, $2: 'a' }]],
  ['SELECT c["value"], c["order"] FROM c WHERE c.id = "2"', [{}]],
  ['SELECT VALUE {value: c.id, "order": 1} FROM c WHERE c.id = "2"', [{ value: '2', order: 1 }]],
  ['SELECT {"who": c.name} AS person FROM c WHERE c.id = "1"', [{ person: { who: 'Ada' } }]],
  ['SELECT VALUE {"who": c.name} FROM c WHERE c.id = "1"', [{ who: 'Ada' }]],
  ['SELECT VALUE [c.name, c.age] FROM c WHERE c.id = "4"', [['Dan', null]]],
  ['SELECT VALUE p.name FROM people p WHERE p.id = "1"', ['Ada']],
  ['SELECT VALUE people.name FROM people WHERE people.id = "1"', ['Ada']],
  ['SELECT VALUE root.name FROM root WHERE root.id = "1"', ['Ada']],
  ['SELECT VALUE p.name FROM p IN c.pets', ['Rex', 'Tom', 'Kit']],
  [
    'SELECT * FROM c.pets[0] p',
    [
      { name: 'Rex', kind: 'dog' },
      { name: 'Kit', kind: 'cat' },
    ],
  ],
  ['SELECT VALUE c.name FROM c WHERE c.age > 30', ['Ada']],
  ['SELECT VALUE c.name FROM c WHERE c.age != 25', ['Ada']],
  ['SELECT VALUE c.name FROM c WHERE NOT IS_DEFINED(c.age)', ['Dan']],
  ['SELECT VALUE c.name FROM c WHERE IS_NULL(c.nick)', ['Dan']],
  ['SELECT VALUE c.name FROM c WHERE c.pets[0].kind = "cat"', ['Cid']],
  ['SELECT VALUE c.name FROM c WHERE c.name LIKE "_i%"', ['Cid']],
  ['SELECT VALUE c.name FROM c WHERE c.city IN ("Rome", "Oslo")', ['Dan']],
  ['SELECT VALUE c.name FROM c WHERE c.age BETWEEN 25 AND 36 AND c.city = "London"', ['Ada', 'Cid']],
  ['SELECT VALUE c.name FROM c WHERE "true"', []],
  ['SELECT VALUE c.name FROM c WHERE 1', []],
  ['SELECT VALUE c.name FROM c WHERE c.missing', []],
  [
    'SELECT c.name, p.name AS pet FROM c JOIN p IN c.pets WHERE p.kind = "cat"',
    [
      { name: 'Ada', pet: 'Tom' },
      { name: 'Cid', pet: 'Kit' },
    ],
  ],
  [
    'SELECT VALUE [a.name, b.name] FROM c JOIN a IN c.pets JOIN b IN c.pets WHERE c.id = "1" AND a.name < b.name',
    [['Rex', 'Tom']],
  ],
  ['SELECT VALUE p.name FROM c JOIN (SELECT VALUE q FROM q IN c.pets WHERE q.kind = "dog") p', ['Rex']],
  ['SELECT VALUE c.name FROM c WHERE EXISTS(SELECT VALUE p FROM p IN c.pets WHERE p.kind = "cat")', ['Ada', 'Cid']],
  ['SELECT VALUE c.name FROM c WHERE NOT EXISTS(SELECT VALUE p FROM p IN c.pets)', ['Bob', 'Dan']],
  ['SELECT VALUE EXISTS(SELECT VALUE undefined) FROM c WHERE c.id = "1"', [false]],
  ['SELECT VALUE EXISTS(SELECT undefined) FROM c WHERE c.id = "1"', [true]],
  ['SELECT VALUE ARRAY(SELECT VALUE p.name FROM p IN c.pets) FROM c WHERE c.age = 25', [[], ['Kit']]],
  ['SELECT VALUE (SELECT VALUE COUNT(1) FROM p IN c.pets WHERE p.kind = "cat") FROM c WHERE c.id = "1"', [1]],
  ['SELECT VALUE c.name FROM c WHERE ARRAY_LENGTH(c.pets) > 1', ['Ada']],
  ['SELECT TOP 2 VALUE c.name FROM c', ['Ada', 'Bob']],
  ['SELECT TOP 0 VALUE c.name FROM c', []],
  ['SELECT VALUE c.name FROM c ORDER BY c.name DESC', ['Dan', 'Cid', 'Bob', 'Ada']],
  ['SELECT VALUE c.name FROM c WHERE c.name != "Bob" AND c.age > 0 ORDER BY c.age DESC', ['Ada', 'Cid']],
  ['SELECT VALUE c.name FROM c ORDER BY c.name OFFSET 1 LIMIT 2', ['Bob', 'Cid']],
  ['SELECT VALUE c.name FROM c ORDER BY c.name OFFSET 9 LIMIT 2', []],
  ['SELECT VALUE c.name FROM c ORDER BY c.name OFFSET 0 LIMIT 0', []],
  ['SELECT DISTINCT VALUE c.city FROM c', ['London', 'Paris', 'Rome']],
  ['SELECT DISTINCT c.age FROM c', [{ age: 36 }, { age: 25 }, {}]],
  ['SELECT DISTINCT VALUE p.kind FROM p IN c.pets', ['dog', 'cat']],
  ['SELECT VALUE COUNT(1) FROM c', [4]],
  ['SELECT VALUE COUNT(c.age) FROM c', [3]],
  ['SELECT VALUE SUM(c.age) FROM c', [86]],
  ['SELECT VALUE AVG(c.age) FROM c WHERE c.age = 25', [25]],
  ['SELECT VALUE SUM(c.name) FROM c', []],
  ['SELECT VALUE MIN(c.age) FROM c', [25]],
  ['SELECT VALUE MAX(c.name) FROM c', ['Dan']],
  ['SELECT VALUE MIN(c.nick) FROM c', [null]],
  ['SELECT VALUE COUNT(1) FROM c WHERE false', [0]],
  ['SELECT VALUE COUNT(1) FROM p IN c.pets', [3]],
  ['SELECT COUNT(1) AS many, MAX(c.age) AS oldest FROM c', [{ many: 4, oldest: 36 }]],
  [
    'SELECT c.city, COUNT(1) AS many FROM c GROUP BY c.city',
    [
      { city: 'London', many: 2 },
      { city: 'Paris', many: 1 },
      { city: 'Rome', many: 1 },
    ],
  ],
  ['SELECT c.age FROM c GROUP BY c.age', [{ age: 36 }, { age: 25 }, {}]],
  [
    'SELECT c.city, c.age FROM c WHERE c.age = 25 GROUP BY c.city, c.age',
    [
      { city: 'Paris', age: 25 },
      { city: 'London', age: 25 },
    ],
  ],
  ['SELECT SUM(c.age) AS years FROM c GROUP BY UPPER(c.city)', [{ years: 61 }, { years: 25 }, { years: 0 }]],
  ['SELECT VALUE c.name FROM c -- and a remark\nWHERE c.id = "1"', ['Ada']],
  ['select value c.name from c where c.id = "1" and not false', ['Ada']],
]

/** Over all partitions, in any order unless the statement says which. */
const across: Case[] = [
  ['SELECT VALUE c.name FROM c WHERE c.city = "Paris"', ['Bob', 'Eve']],
  ['SELECT VALUE c.address["house number"] FROM c', [7]],
  ['SELECT VALUE c.name FROM c ORDER BY c.age', ['Bob', 'Cid', 'Ada', 'Eve']],
  ['SELECT VALUE c.name FROM c ORDER BY c.name DESC', ['Eve', 'Dan', 'Cid', 'Bob', 'Ada']],
  ['SELECT TOP 2 VALUE c.name FROM c ORDER BY c.name', ['Ada', 'Bob']],
  ['SELECT VALUE c.name FROM c ORDER BY c.name OFFSET 3 LIMIT 5', ['Dan', 'Eve']],
  ['SELECT DISTINCT VALUE c.city FROM c ORDER BY c.city', ['London', 'Paris', 'Rome']],
  ['SELECT DISTINCT VALUE c.city FROM c', ['London', 'Paris', 'Rome']],
  ['SELECT VALUE COUNT(1) FROM c', [5]],
  ['SELECT VALUE SUM(c.age) FROM c', [138]],
  ['SELECT VALUE AVG(c.age) FROM c', [34.5]],
  ['SELECT VALUE MIN(c.name) FROM c', ['Ada']],
  ['SELECT VALUE MAX(c.age) FROM c', [52]],
  ['SELECT VALUE MAX(c.age) FROM c WHERE c.pk = "nobody"', []],
  [
    'SELECT c.city, COUNT(1) AS many FROM c GROUP BY c.city',
    [
      { city: 'London', many: 2 },
      { city: 'Paris', many: 2 },
      { city: 'Rome', many: 1 },
    ],
  ],
  [
    'SELECT c.pk, MIN(c.age) AS youngest, MAX(c.age) AS oldest, AVG(c.age) AS middle FROM c GROUP BY c.pk',
    [
      { pk: 'x', youngest: 25, oldest: 36, middle: 86 / 3 },
      { pk: 'y', youngest: 52, oldest: 52, middle: 52 },
    ],
  ],
]

/** Statement and the words of its refusal. */
const refusals: [query: string, words: string][] = [
  ['', ''],
  ['SELECT', 'SC1001'],
  ['SELECT FROM c', 'SC1001'],
  ['SELECT * FROM c WHERE', 'SC1001'],
  ['SELECT * FROM c WHERE c.a =', 'SC1001'],
  ['SELECT * FROM c WHERE c.a = 1)', 'SC1001'],
  ['SELECT * FROM c c2 c3', 'SC1001'],
  ['SELECT * FROM c GROUP c.a', 'SC1001'],
  ['SELECT * FROM c ORDER c.a', 'SC1001'],
  ['SELECT * FROM c OFFSET 1', 'SC1001'],
  ['SELECT * FROM c OFFSET -1 LIMIT 1', 'SC1001'],
  ['SELECT * FROM c OFFSET 1 LIMIT -1', 'SC1001'],
  ['SELECT TOP -1 * FROM c', 'SC1001'],
  ['SELECT VALUE * FROM c', 'SC1001'],
  ['SELECT VALUE "open FROM c', 'SC1001'],
  ['DELETE FROM c', 'SC1001'],
  ['SELECT * FROM c; SELECT * FROM c', 'SC1001'],
  ['SELECT TOP 4294967296 * FROM c', 'SC2060'],
  ['SELECT * FROM c OFFSET 1 LIMIT 4294967296', 'SC2061'],
  ['SELECT * FROM c OFFSET 4294967296 LIMIT 1', 'SC2062'],
  ['SELECT x.a FROM c', 'SC2001'],
  ['SELECT c.a FROM people p', 'SC2001'],
  ['SELECT NOSUCH(c.a) FROM c', 'SC2005'],
  ["SELECT * FROM c WHERE STARTSWITH(c.a, 'a', 'b', 'c')", 'STARTSWITH function requires 2 to 3 argument(s)'],
  ['SELECT ABS() FROM c', 'SC2050'],
  ['SELECT VALUE MAX(MIN(c.a)) FROM c', 'SC2101'],
  ['SELECT c.a, COUNT(1) FROM c', 'SC2102'],
  ['SELECT c.a FROM c GROUP BY c.b', 'SC2102'],
  ['SELECT * FROM c WHERE COUNT(1) > 1', 'aggregate'],
  ['SELECT c.a, c.a FROM c', 'specified more than once'],
  ['SELECT * FROM c WHERE c.Group = "API"', "incorrect syntax near 'Group'"],
  ['SELECT * FROM c WHERE c.order = 1', "incorrect syntax near 'order'"],
  ['SELECT c.value FROM c', "incorrect syntax near 'value'"],
  ['SELECT c.id AS value FROM c', "incorrect syntax near 'value'"],
  ['SELECT c.id AS select FROM c', "incorrect syntax near 'select'"],
  ['SELECT * FROM c ORDER BY LOWER(c.name)', 'could not be mapped to a document path'],
  ['SELECT * FROM c ORDER BY c.a || c.b', 'could not be mapped to a document path'],
  ['SELECT * FROM c ORDER BY "c.name"', 'could not be mapped to a document path'],
  ['SELECT VALUE ARRAY(SELECT VALUE p FROM p IN c.pets ORDER BY p.name) FROM c', 'SC2202'],
  ['SELECT VALUE ARRAY(SELECT VALUE p FROM p IN c.pets OFFSET 1 LIMIT 1) FROM c', 'SC2204'],
  ['SELECT * FROM c JOIN p IN c.pets', "'SELECT *' is only valid with a single input set"],
]

/** Rows in an order of their own, to compare those that have none. */
const texts = (values: JSONValue[]) => values.map(value => JSON.stringify(value)).sort()

throughEachDoor('clauses of a query', ({ newContainer }) => {
  let container: Container
  beforeAll(async () => {
    container = await newContainer()
    for (const person of people) await container.items.create(person)
  })
  const run = async (query: string, options: FeedOptions = {}) =>
    (await container.items.query(query, options).fetchAll()).resources

  it.each(within)('%s', async (query, expected) => {
    const found = await run(query, { partitionKey: 'x' })
    // Groups, and different values, come in no order that anybody has promised.
    const isAnyOrder = /GROUP BY|SELECT DISTINCT/.test(query) && !query.includes('ORDER BY')
    if (isAnyOrder) expect(texts(found)).toEqual(texts(expected))
    else expect(found).toStrictEqual(expected)
  })

  describe('over all partitions', () => {
    it.each(across)('%s', async (query, expected) => {
      const found = await run(query)
      const inOrder = query.includes('ORDER BY')
      if (inOrder) expect(found).toStrictEqual(expected)
      else expect(texts(found)).toEqual(texts(expected))
    })
  })

  it.each(refusals)('refuses %j', async (query, words) => {
    const { code, message } = await refusal(run(query, { partitionKey: 'x' }))
    expect(code).toBe(400)
    expect(message).toContain(words)
  })

  it.each([
    ['a text', '@p', 'Ada'],
    ['a name with digits and underscores', '@p_1', 'Ada'],
  ])('takes parameters: %s', async (_, name, value) => {
    const query = `SELECT VALUE c.id FROM c WHERE c.name = ${name}`
    expect((await container.items.query({ query, parameters: [{ name, value }] }).fetchAll()).resources).toEqual(['1'])
  })
})
