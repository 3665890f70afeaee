import { expectValues, type Row } from './expressions.ts'

const truths = ['true', 'false', 'undefined'] as const
type Truth = (typeof truths)[number]
const known: Record<Truth, boolean | undefined> = { true: true, false: false, undefined }

/** One row of a truth table for each left side, one outcome for each right side. */
const tables: Record<'AND' | 'OR', Record<Truth, Truth[]>> = {
  AND: {
    true: ['true', 'false', 'undefined'],
    false: ['false', 'false', 'false'],
    undefined: ['undefined', 'false', 'undefined'],
  },
  OR: {
    true: ['true', 'true', 'true'],
    false: ['true', 'false', 'undefined'],
    undefined: ['true', 'undefined', 'undefined'],
  },
}

const logic = Object.entries(tables).flatMap(([operator, rows]) =>
  Object.entries(rows).flatMap(([left, outcomes]) =>
    outcomes.map((outcome, index): Row => {
      const value = known[outcome]
      const expression = `${left} ${operator} ${truths[index]}`
      return value === undefined ? [expression] : [expression, value]
    }),
  ),
)

expectValues('logical operators', [
  ...logic,
  ['NOT true', false],
  ['NOT false', true],
  ['NOT undefined'],
  ['NOT 1'],
  ['true OR false AND false', true],
  ['NOT true OR true', true],
  ['NOT (true OR true)', false],
])

expectValues('comparisons', [
  ['1 = 1', true],
  ['1 = 2', false],
  ['1 != 2', true],
  ['1 <> 1', false],
  ['1 = 1.0', true],
  ['"a" = "A"', false],
  ['null = null', true],
  ['[1, [2]] = [1, [2]]', true],
  ['[1, 2] = [2, 1]', false],
  ['{"a": 1, "b": 2} = {"b": 2, "a": 1}', true],
  ['{"a": 1} = {"a": 2}', false],
  ['undefined = undefined'],
  ['undefined = 1'],
  ['undefined != 1'],
  ['1 < 2', true],
  ['2 <= 2', true],
  ['2 > 2', false],
  ['-1 >= -2', true],
  ['"a" < "b"', true],
  ['"B" < "a"', true],
  ['"" < "a"', true],
  ['false < true', true],
  ['1 < "2"'],
  ['1 < null'],
  ['true > 0'],
  ['[1] < [2]'],
  ['{"a": 1} < {"a": 2}'],
  ['1 < undefined'],
  ['2 BETWEEN 1 AND 3', true],
  ['1 BETWEEN 1 AND 1', true],
  ['4 BETWEEN 1 AND 3', false],
  ['"b" BETWEEN "a" AND "c"', true],
  ['2 NOT BETWEEN 1 AND 3', false],
  ['"2" BETWEEN 1 AND 3'],
  ['1 IN (1, 2)', true],
  ['3 IN (1, 2)', false],
  ['3 NOT IN (1, 2)', true],
  ['"a" IN ("a")', true],
  ['null IN (null, 1)', true],
  ['undefined IN (1)'],
])

expectValues('LIKE', [
  ['"credit" LIKE "cre%"', true],
  ['"credit" LIKE "%dit"', true],
  ['"credit" LIKE "%ed%"', true],
  ['"credit" LIKE "credit"', true],
  ['"credit" LIKE "cred"', false],
  ['"credit" LIKE "CREDIT"', false],
  ['"credit" LIKE "_redi_"', true],
  ['"credit" LIKE "_redit_"', false],
  ['"credit" LIKE "[a-d]redit"', true],
  ['"credit" LIKE "[^a-d]redit"', false],
  ['"credit" LIKE "[xyc]%"', true],
  ['"credit" NOT LIKE "d%"', true],
  ['"20%" LIKE "20!%" ESCAPE "!"', true],
  ['"200" LIKE "20!%" ESCAPE "!"', false],
  ['"a_b" LIKE "a^_b" ESCAPE "^"', true],
  ['"axb" LIKE "a^_b" ESCAPE "^"', false],
  ['1 LIKE "1"'],
  ['undefined LIKE "%"'],
])

expectValues('arithmetic', [
  ['1 + 2 * 3', 7],
  ['(1 + 2) * 3', 9],
  ['7 - 2 - 1', 4],
  ['7 / 2', 3.5],
  ['7 % 3', 1],
  ['-7 % 3', -1],
  ['- -1', 1],
  ['+2', 2],
  ['1 / 0'],
  ['1 + "2"'],
  ['1 + null'],
  ['1 + undefined'],
  ['-"1"'],
  ['1e308 * 10'],
  ['"a" || "b"', 'ab'],
  ['"a" || 1'],
  ['200 >> 3', 25],
  ['25 << 3', 200],
  ['-1 >>> 0', 4_294_967_295],
  ['12 & 10', 8],
  ['12 | 10', 14],
  ['12 ^ 10', 6],
  ['~5', -6],
  ['1 & "1"'],
])

expectValues('choices', [
  ['true ? 1 : 2', 1],
  ['false ? 1 : 2', 2],
  ['undefined ? 1 : 2', 2],
  ['1 ? 1 : 2', 2],
  ['true ? false ? 1 : 2 : 3', 2],
  ['undefined ?? 1', 1],
  ['null ?? 1', null],
  ['0 ?? 1', 0],
  ['undefined ?? undefined ?? 3', 3],
  ['{"a": 1}.b ?? "none"', 'none'],
])

expectValues('values and paths', [
  ['{"a": {"b": [1, 2]}}.a.b[1]', 2],
  ['{"a": 1}["a"]', 1],
  ["{'a b': 1}['a b']", 1],
  ['[1, 2][2]'],
  ['[1, 2]["0"]'],
  ['{"a": 1}[0]'],
  ['"text".length'],
  ['[1, undefined]', [1, null]],
  ['{"a": undefined, "b": null}', { b: null }],
  ['{"__proto__": 1}.__proto__', 1],
  ['{}.constructor'],
  ['[].length'],
  [`"\\u00e4\\n\\t\\"\\\\\\/"`, 'ä\n\t"\\/'],
  [`'it\\'s'`, "it's"],
  ['0.1 + 0.2', 0.30000000000000004],
  ['1.5e3', 1500],
  ['TRUE', true],
  ['Null', null],
])
