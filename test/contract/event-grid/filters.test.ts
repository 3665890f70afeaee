import { matches } from 'local-event-grid/filter'
import { type AdvancedFilter, type Filter, filterSchema } from 'local-event-grid/filter-schema'
import { describe, expect, test } from 'vitest'
import { cloudEvents, order, startTopic, subscriber, to } from './topic-under-test.ts'

const event = {
  id: '1',
  type: 'Order.Placed',
  source: '/shop',
  subject: 'orders/42/Paid',
  priority: 5,
  data: {
    amount: 7,
    open: true,
    note: 'Fragile',
    empty: null,
    text7: '7',
    tags: ['red', 'blue'],
    sizes: [1, 20],
    none: [],
    inner: { deep: 'yes' },
  },
}

const passes = (filter: Filter) => matches(filter, event)
const one = (operatorType: string, key: string, values?: unknown[]): AdvancedFilter => ({
  operatorType,
  key,
  ...(values ? { values } : {}),
})
const compared = (operatorType: string, key: string, value: unknown): AdvancedFilter => ({ operatorType, key, value })

describe('types and subjects', () => {
  test.each<[boolean, Filter]>([
    [true, {}],
    [true, { includedEventTypes: ['order.lost', 'order.placed'] }],
    [true, { includedEventTypes: ['All'] }],
    [false, { includedEventTypes: ['order.lost'] }],
    [false, { includedEventTypes: ['order'] }],
    [true, { subjectBeginsWith: 'ORDERS/', subjectEndsWith: '/paid' }],
    [false, { subjectBeginsWith: '/orders' }],
    [false, { subjectBeginsWith: 'orders/', subjectEndsWith: '/lost' }],
    [true, { subjectBeginsWith: 'orders/', isSubjectCaseSensitive: true }],
    [false, { subjectBeginsWith: 'Orders/', isSubjectCaseSensitive: true }],
    [false, { subjectEndsWith: '/paid', isSubjectCaseSensitive: true }],
  ])('%s: %j', (expected, filter) => {
    expect(passes(filter)).toBe(expected)
  })
})

describe('advanced filters', () => {
  test.each<[boolean, AdvancedFilter]>([
    [true, one('NumberIn', 'data.amount', [1, 7])],
    [false, one('NumberIn', 'data.amount', [1, 8])],
    [false, one('NumberIn', 'data.text7', [7])],
    [false, one('NumberNotIn', 'data.amount', [1, 7])],
    [true, one('NumberNotIn', 'data.amount', [1, 8])],
    [true, compared('NumberLessThan', 'data.amount', 8)],
    [false, compared('NumberLessThan', 'data.amount', 7)],
    [true, compared('NumberLessThanOrEquals', 'data.amount', 7)],
    [false, compared('NumberLessThanOrEquals', 'data.amount', 6)],
    [true, compared('NumberGreaterThan', 'data.amount', 6)],
    [false, compared('NumberGreaterThan', 'data.amount', 7)],
    [true, compared('NumberGreaterThanOrEquals', 'data.amount', 7)],
    [false, compared('NumberGreaterThanOrEquals', 'data.amount', 8)],
    [
      true,
      one('NumberInRange', 'data.amount', [
        [1, 2],
        [6, 8],
      ]),
    ],
    [true, one('NumberInRange', 'data.amount', [[7, 7]])],
    [false, one('NumberInRange', 'data.amount', [[8, 9]])],
    [false, one('NumberNotInRange', 'data.amount', [[6, 8]])],
    [true, one('NumberNotInRange', 'data.amount', [[8, 9]])],
    [true, compared('BoolEquals', 'data.open', true)],
    [false, compared('BoolEquals', 'data.open', false)],
    [true, one('StringContains', 'data.note', ['x', 'AGI'])],
    [false, one('StringContains', 'data.note', ['x'])],
    [false, one('StringNotContains', 'data.note', ['x', 'AGI'])],
    [true, one('StringNotContains', 'data.note', ['x'])],
    [true, one('StringBeginsWith', 'data.note', ['x', 'fra'])],
    [false, one('StringBeginsWith', 'data.note', ['agile'])],
    [false, one('StringNotBeginsWith', 'data.note', ['fra'])],
    [true, one('StringNotBeginsWith', 'data.note', ['agile'])],
    [true, one('StringEndsWith', 'subject', ['PAID'])],
    [false, one('StringEndsWith', 'subject', ['pai'])],
    [false, one('StringNotEndsWith', 'subject', ['paid'])],
    [true, one('StringNotEndsWith', 'subject', ['pai'])],
    [true, one('StringIn', 'data.inner.deep', ['YES'])],
    [false, one('StringIn', 'data.inner.deep', ['ye'])],
    [false, one('StringNotIn', 'data.inner.deep', ['yes'])],
    [true, one('StringNotIn', 'data.inner.deep', ['no'])],
    [true, one('IsNullOrUndefined', 'data.empty')],
    [false, one('IsNullOrUndefined', 'data.note')],
    [true, one('IsNotNull', 'data.note')],
    [false, one('IsNotNull', 'data.empty')],
  ])('%s: %j', (expected, filter) => {
    expect(passes({ advancedFilters: [filter] })).toBe(expected)
  })

  test.each<[boolean, AdvancedFilter]>([
    [false, one('NumberIn', 'data.missing', [1])],
    [true, one('NumberNotIn', 'data.missing', [1])],
    [false, compared('NumberLessThan', 'data.missing', 1)],
    [false, compared('NumberGreaterThan', 'data.missing', 1)],
    [false, one('NumberInRange', 'data.missing', [[1, 2]])],
    [false, one('NumberNotInRange', 'data.missing', [[1, 2]])],
    [false, compared('BoolEquals', 'data.missing', false)],
    [false, one('StringContains', 'data.missing', ['x'])],
    [false, one('StringNotContains', 'data.missing', ['x'])],
    [false, one('StringBeginsWith', 'data.missing', ['x'])],
    [false, one('StringNotBeginsWith', 'data.missing', ['x'])],
    [false, one('StringEndsWith', 'data.missing', ['x'])],
    [false, one('StringNotEndsWith', 'data.missing', ['x'])],
    [false, one('StringIn', 'data.missing', ['x'])],
    [true, one('StringNotIn', 'data.missing', ['x'])],
    [true, one('IsNullOrUndefined', 'data.missing')],
    [false, one('IsNotNull', 'data.missing')],
    [true, one('IsNullOrUndefined', 'data.note.deeper')],
  ])('a missing key, %s: %j', (expected, filter) => {
    expect(passes({ advancedFilters: [filter] })).toBe(expected)
  })

  test.each<[boolean, string]>([
    [true, 'Data.Note'],
    [true, 'data.note'],
    [false, 'note'],
  ])('keys ignore case, %s: %s', (expected, key) => {
    expect(passes({ advancedFilters: [one('StringIn', key, ['fragile'])] })).toBe(expected)
  })

  test.each<[string, AdvancedFilter]>([
    ['id', one('StringIn', 'ID', ['1'])],
    ['source', one('StringBeginsWith', 'source', ['/sh'])],
    ['type', one('StringIn', 'type', ['order.placed'])],
    ['an extension, a number compared as text', one('StringBeginsWith', 'priority', ['5'])],
    ['an extension, a number', one('NumberIn', 'priority', [5])],
  ])('an attribute is a key: %s', (_, filter) => {
    expect(passes({ advancedFilters: [filter] })).toBe(true)
  })

  test('all conditions must hold', () => {
    expect(passes({ advancedFilters: [one('IsNotNull', 'data.note'), one('IsNotNull', 'id')] })).toBe(true)
    expect(passes({ advancedFilters: [one('IsNotNull', 'data.note'), one('IsNotNull', 'data.missing')] })).toBe(false)
  })
})

describe('arrays', () => {
  test.each<[boolean, AdvancedFilter]>([
    [true, one('StringIn', 'data.tags', ['x', 'RED'])],
    [false, one('StringIn', 'data.tags', ['x'])],
    [false, one('StringNotIn', 'data.tags', ['red'])],
    [true, one('StringNotIn', 'data.tags', ['x'])],
    [false, one('StringNotContains', 'data.tags', ['lue'])],
    [true, compared('NumberGreaterThan', 'data.sizes', 19)],
    [false, one('NumberNotInRange', 'data.sizes', [[19, 21]])],
    [false, one('NumberIn', 'data.tags', [1])],
    [false, one('StringIn', 'data.none', ['x'])],
    [true, one('StringNotIn', 'data.none', ['x'])],
    [true, one('IsNotNull', 'data.tags')],
  ])('switched on, %s: %j', (expected, filter) => {
    expect(passes({ advancedFilters: [filter], enableAdvancedFilteringOnArrays: true })).toBe(expected)
  })

  test.each<[boolean, AdvancedFilter]>([
    [false, one('StringIn', 'data.tags', ['red'])],
    [false, compared('NumberGreaterThan', 'data.sizes', 19)],
    [true, one('IsNotNull', 'data.tags')],
  ])('switched off, %s: %j', (expected, filter) => {
    expect(passes({ advancedFilters: [filter] })).toBe(expected)
  })
})

describe('what Event Grid refuses', () => {
  const problem = (advancedFilters: unknown) => filterSchema.safeParse({ advancedFilters }).error?.issues[0]?.message
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)

  test.each<[string, string | undefined, unknown]>([
    ['25 filters', undefined, numbers(25).map(() => one('IsNotNull', 'id'))],
    ['26 filters', 'are at most 25 filters.', numbers(26).map(() => one('IsNotNull', 'id'))],
    ['25 values', undefined, [one('NumberIn', 'id', numbers(20)), one('NumberIn', 'id', numbers(5))]],
    [
      '26 values',
      'have at most 25 values in all.',
      [one('NumberIn', 'id', numbers(25)), compared('BoolEquals', 'id', true)],
    ],
    ['512 characters', undefined, [one('StringIn', 'id', ['x'.repeat(512)])]],
    ['513 characters', 'has at most 512 characters.', [one('StringIn', 'id', ['x'.repeat(513)])]],
    ['an unknown operator', 'is wrong: the operator "Almost" is unknown.', [one('Almost', 'id')]],
    ['no key', 'must name what is looked at.', [one('IsNotNull', '')]],
    ['a text for a number', 'must be a number.', [one('NumberIn', 'id', ['1'])]],
    ['no values', 'must not be empty.', [one('StringIn', 'id', [])]],
    ['a range that is none', 'must be a range: [least, most].', [one('NumberInRange', 'id', [[1]])]],
    ['a range upside down', 'must be a range: [least, most].', [one('NumberInRange', 'id', [[2, 1]])]],
    ['a text for a boolean', 'must be true or false.', [compared('BoolEquals', 'id', 'true')]],
  ])('%s: %s', (_, says, filters) => {
    expect(problem(filters)).toBe(says)
  })

  test.each([
    ['values where one value belongs', one('NumberLessThan', 'id', [1])],
    ['a value where values belong', compared('NumberIn', 'id', 1)],
    ['a value where none belongs', compared('IsNotNull', 'id', 1)],
  ])('%s', (_, filter) => {
    expect(problem([filter])).toBeDefined()
  })
})

test('a subscription gets what its filter lets pass, and no other', async () => {
  const [cheap, dear] = [await subscriber(), await subscriber()]
  const above = (operatorType: string) => ({ advancedFilters: [compared(operatorType, 'data.amount', 10)] })
  const topic = await startTopic({
    subscriptions: [
      { ...to(cheap.url, 'cheap'), filter: above('NumberLessThanOrEquals') },
      { ...to(dear.url, 'dear'), filter: above('NumberGreaterThan') },
    ],
  })
  await cloudEvents(topic).send([5, 10, 11].map(amount => order(`${amount}`, { amount })))
  await topic.server.settled()
  expect(cheap.received.map(({ body }) => (body as { id: string }).id).sort()).toEqual(['10', '5'])
  expect(dear.received.map(({ body }) => (body as { id: string }).id)).toEqual(['11'])
})
