import { type BuiltIns, definerOf, finite, isNumber } from './function-table.ts'

export const numberFunctions: BuiltIns = new Map()
const define = definerOf(numberFunctions)

function number(name: string, apply: (value: number) => number): void {
  define(name, 1, value => (isNumber(value) ? finite(apply(value)) : undefined))
}

number('ABS', Math.abs)
number('FLOOR', Math.floor)
number('CEILING', Math.ceil)
number('ROUND', value => Math.sign(value) * Math.round(Math.abs(value)))
number('TRUNC', Math.trunc)
number('SIGN', Math.sign)
number('SQRT', Math.sqrt)
number('SQUARE', value => value * value)
number('EXP', Math.exp)
number('LOG10', Math.log10)
number('SIN', Math.sin)
number('COS', Math.cos)
number('TAN', Math.tan)
number('COT', value => 1 / Math.tan(value))
number('ASIN', Math.asin)
number('ACOS', Math.acos)
number('ATAN', Math.atan)
number('DEGREES', value => (value * 180) / Math.PI)
number('RADIANS', value => (value * Math.PI) / 180)
define('LOG', [1, 2], (value, base = Math.E) =>
  isNumber(value) && isNumber(base) ? finite(logarithm(value, base)) : undefined)
define('POWER', 2, (a, b) => (isNumber(a) && isNumber(b) ? finite(a ** b) : undefined))
define('ATN2', 2, (a, b) => (isNumber(a) && isNumber(b) ? Math.atan2(a, b) : undefined))
define('PI', 0, () => Math.PI)
define('RAND', 0, () => Math.random())
define('NUMBERBIN', [1, 2], (value, bin = 1) =>
  isNumber(value) && isNumber(bin) ? finite(Math.floor(value / bin) * bin) : undefined)

/** A quotient of logarithms is not exact to the last digit where there is a function of its own. */
function logarithm(value: number, base: number): number {
  if (base === Math.E) return Math.log(value)
  if (base === 10) return Math.log10(value)
  return base === 2 ? Math.log2(value) : Math.log(value) / Math.log(base)
}
