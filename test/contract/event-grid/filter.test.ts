import { matches } from 'local-event-grid/filter'
import type { AdvancedFilter, Filter } from 'local-event-grid/filter-schema'
import { describe, expect, test } from 'vitest'

const event = {
  id: '1',
  type: 'Order.Placed',
  source: '/shop',
  subject: 'orders/42/Paid',
  data: { amount: 7, open: true, note: 'Fragile', empty: null, tags: ['red', 'blue'], inner: { deep: 'yes' } },
}

const passes = (filter: Filter) => matches(filter, event)
const one = (operatorType: string, key: string, values?: unknown[]): AdvancedFilter => ({
  operatorType,
  key,
  ...(values ? { values } : {}),
})

describe('filters', () => {
  test('types and subjects ignore case unless told otherwise', () => {
    expect(passes({ includedEventTypes: ['order.placed'] })).toBe(true)
    expect(passes({ includedEventTypes: ['order.lost'] })).toBe(false)
    expect(passes({ subjectBeginsWith: 'ORDERS/', subjectEndsWith: '/paid' })).toBe(true)
    expect(passes({ subjectEndsWith: '/paid', isSubjectCaseSensitive: true })).toBe(false)
  })

  test.each<[boolean, AdvancedFilter]>([
    [true, one('NumberIn', 'data.amount', [1, 7])],
    [false, one('NumberNotIn', 'data.amount', [1, 7])],
    [true, one('NumberNotIn', 'data.missing', [1])],
    [true, { operatorType: 'NumberLessThan', key: 'data.amount', value: 8 }],
    [false, { operatorType: 'NumberLessThan', key: 'data.amount', value: 7 }],
    [true, { operatorType: 'NumberLessThanOrEquals', key: 'data.amount', value: 7 }],
    [true, { operatorType: 'NumberGreaterThan', key: 'data.amount', value: 6 }],
    [false, { operatorType: 'NumberGreaterThanOrEquals', key: 'data.amount', value: 8 }],
    [
      true,
      one('NumberInRange', 'data.amount', [
        [1, 2],
        [6, 8],
      ]),
    ],
    [false, one('NumberNotInRange', 'data.amount', [[6, 8]])],
    [true, { operatorType: 'BoolEquals', key: 'data.open', value: true }],
    [false, { operatorType: 'BoolEquals', key: 'data.missing', value: false }],
    [true, one('StringContains', 'data.note', ['agi'])],
    [false, one('StringNotContains', 'data.note', ['AGI'])],
    [false, one('StringNotContains', 'data.missing', ['x'])],
    [true, one('StringBeginsWith', 'data.note', ['x', 'fra'])],
    [false, one('StringNotBeginsWith', 'data.note', ['fra'])],
    [true, one('StringEndsWith', 'subject', ['PAID'])],
    [false, one('StringNotEndsWith', 'subject', ['paid'])],
    [true, one('StringIn', 'data.inner.deep', ['YES'])],
    [false, one('StringNotIn', 'data.inner.deep', ['yes'])],
    [true, one('StringNotIn', 'data.missing', ['yes'])],
    [true, one('IsNullOrUndefined', 'data.empty')],
    [true, one('IsNullOrUndefined', 'data.missing')],
    [true, one('IsNotNull', 'data.note')],
  ])('%s: %j', (expected, filter) => {
    expect(passes({ advancedFilters: [filter] })).toBe(expected)
  })

  test('arrays are looked into only when switched on', () => {
    const advancedFilters = [one('StringIn', 'data.tags', ['red'])]
    expect(passes({ advancedFilters })).toBe(false)
    expect(passes({ advancedFilters, enableAdvancedFilteringOnArrays: true })).toBe(true)
  })

  test('all conditions must hold', () => {
    expect(passes({ advancedFilters: [one('IsNotNull', 'data.note'), one('IsNotNull', 'data.missing')] })).toBe(false)
  })
})
