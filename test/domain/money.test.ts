import { feeOn, fromWire, sum, toWire } from '@remit/domain/money'
import { expect, test } from 'vitest'

const LARGEST = Number.MAX_SAFE_INTEGER

test.each<[name: string, amount: number, wire: string]>([
  ['nothing', 0, '0'],
  ['a cent', 1, '1'],
  ['a payment', -1_250_00, '-125000'],
  ['the largest amount there is', LARGEST, '9007199254740991'],
  ['the smallest', -LARGEST, '-9007199254740991'],
])('%s goes over the wire as digits and comes back', (_name, amount, wire) => {
  expect(toWire(amount)).toBe(wire)
  expect(fromWire(wire)).toBe(amount)
})

const inexact = (text: string) => new RangeError(`${text} is not a whole, exactly represented amount`)

test.each<[name: string, refuse: () => unknown, text: string]>([
  ['half a cent to the wire', () => toWire(0.5), '0.5'],
  ['no number to the wire', () => toWire(Number.NaN), 'NaN'],
  ['too many digits to keep', () => fromWire('9007199254740993'), '9007199254740992'],
  ['a fraction from the wire', () => fromWire('1.5'), '1.5'],
  ['no digits from the wire', () => fromWire('a lot'), 'NaN'],
  ['a sum that is too large', () => sum(LARGEST, 1), '9007199254740992'],
  ['a sum that is too large on its way', () => sum(LARGEST, 1, -2), '9007199254740992'],
  ['a sum that is too small', () => sum(-LARGEST, -1), '-9007199254740992'],
  ['a fee on more than can be multiplied', () => feeOn(LARGEST, 2), '18014398509481982'],
  ['a fee that cannot be rounded', () => feeOn(LARGEST, 1), '9007199255240992'],
])('%s is a defect that names the amount', (_name, refuse, text) => {
  expect(refuse).toThrow(inexact(text))
})

test('a sum of nothing is nothing', () => {
  expect(sum()).toBe(0)
})
