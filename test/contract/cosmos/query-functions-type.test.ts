import { expectValues, type Row } from './expressions.ts'

const values = {
  boolean: 'true',
  number: '1.5',
  integer: '3',
  string: '"a"',
  null: 'null',
  array: '[1]',
  object: '{"a": 1}',
  missing: '{"a": 1}.b',
}
type Name = keyof typeof values

/** For which of the values above each of the functions is true; for all others it is false, never undefined. */
const holds: Record<string, Name[]> = {
  IS_ARRAY: ['array'],
  IS_BOOL: ['boolean'],
  IS_DEFINED: ['boolean', 'number', 'integer', 'string', 'null', 'array', 'object'],
  IS_FINITE_NUMBER: ['number', 'integer'],
  IS_INTEGER: ['integer'],
  IS_NULL: ['null'],
  IS_NUMBER: ['number', 'integer'],
  IS_OBJECT: ['object'],
  IS_PRIMITIVE: ['boolean', 'number', 'integer', 'string', 'null'],
  IS_STRING: ['string'],
}

expectValues(
  'type functions',
  Object.entries(holds).flatMap(([name, those]) =>
    Object.entries(values).map(([kind, text]): Row => [`${name}(${text})`, those.includes(kind as Name)]),
  ),
)

expectValues('type functions at their edges', [
  ['IS_INTEGER(-9223372036854775808)', true],
  ['IS_INTEGER(9223372036854775807)', true],
  ['IS_INTEGER(18446744073709551615)', false],
  ['IS_FINITE_NUMBER(1 / 0)', false],
  ['IS_FINITE_NUMBER(SQRT(-1))', false],
  ['IS_DEFINED(null)', true],
  ['IS_DEFINED({"a": undefined}.a)', false],
  ['IS_DATETIME("2024-12-12")', true],
  ['IS_DATETIME("2024-12-12Z")', true],
  ['IS_DATETIME("2024-12-12 20:21:25")', true],
  ['IS_DATETIME("2024-12-12T20:21:25Z")', true],
  ['IS_DATETIME("2024-12-12T20:21:25.1234567Z")', true],
  ['IS_DATETIME("2024-12-12T20:21:25.12345678Z")', false],
  ['IS_DATETIME("2024-12-12T20Z")', false],
  ['IS_DATETIME("2024-12-12 20:21:25.")', false],
  ['IS_DATETIME("2024-12-12X20:21:25")', false],
  ['IS_DATETIME("24-12-12")', false],
])
