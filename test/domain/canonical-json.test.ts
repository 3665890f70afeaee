import { canonicalJson } from '@remit/domain/canonical-json'
import { expect, test } from 'vitest'

test.each<[name: string, value: unknown, text: string]>([
  ['nothing', null, 'null'],
  ['a truth', true, 'true'],
  ['a whole number', 1_000_000, '1000000'],
  ['a minus zero has no sign', -0, '0'],
  ['a text with a quote and a line break', 'a"\n', '"a\\"\\n"'],
  ['a list keeps its order', [3, 1, 2], '[3,1,2]'],
  ['members stand in order', { b: 1, a: 2, c: 3 }, '{"a":2,"b":1,"c":3}'],
  ['capitals stand before small letters', { a: 1, B: 2 }, '{"B":2,"a":1}'],
  [
    'order goes by code units and not by letters',
    { é: 1, f: 2, '\u{1f600}': 3, '\ufb01': 4 },
    '{"f":2,"é":1,"😀":3,"ﬁ":4}',
  ],
  ['digits are texts as names', { 10: 'x', 9: 'y' }, '{"10":"x","9":"y"}'],
  ['an undefined member is left out', { a: undefined, b: 1 }, '{"b":1}'],
  ['a member that is null stays', { a: null }, '{"a":null}'],
  ['parts inside parts', { z: [{ b: 1, a: [] }], a: {} }, '{"a":{},"z":[{"a":[],"b":1}]}'],
])('%s', (_name, value, text) => {
  expect(canonicalJson(value)).toBe(text)
})

test.each<[message: string, value: unknown]>([
  ['NaN has no JSON form', Number.NaN],
  ['-Infinity has no JSON form', { deep: [Number.NEGATIVE_INFINITY] }],
  ['a undefined has no JSON form', [undefined]],
  ['a function has no JSON form', { deep: () => 1 }],
  ['a bigint has no JSON form', 1n],
  ['a symbol has no JSON form', Symbol('x')],
  ['a lone surrogate has no JSON form', 'half \ud83d'],
  ['a lone surrogate has no JSON form', { '\ude00': 1 }],
])('%s', (message, value) => {
  expect(() => canonicalJson(value)).toThrow(new TypeError(message))
})
