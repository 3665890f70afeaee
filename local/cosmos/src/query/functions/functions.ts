import { isObject } from '../../json.ts'
import { arrayFunctions } from './array-functions.ts'
import { dateFunctions } from './date-functions.ts'
import { type BuiltIn, type BuiltIns, definerOf, isInteger, isNumber, isText, many } from './function-table.ts'
import { integerFunctions } from './integer-functions.ts'
import { numberFunctions } from './number-functions.ts'
import { textFunctions } from './text-functions.ts'

const typeFunctions: BuiltIns = new Map()
const define = definerOf(typeFunctions, true)

define('IS_DEFINED', 1, value => value !== undefined)
define('IS_NULL', 1, value => value === null)
define('IS_BOOL', 1, value => typeof value === 'boolean')
define('IS_NUMBER', 1, value => isNumber(value))
define('IS_FINITE_NUMBER', 1, value => isNumber(value) && Number.isFinite(value))
define('IS_INTEGER', 1, value => isInteger(value))
define('IS_STRING', 1, value => isText(value))
define('IS_ARRAY', 1, value => Array.isArray(value))
define('IS_OBJECT', 1, value => isObject(value))
define('IS_PRIMITIVE', 1, value => value === null || ['boolean', 'number', 'string'].includes(typeof value))
define('IIF', 3, (test, yes, no) => (test === true ? yes : no))
define('CHOOSE', [2, many], (index, ...values) => (isNumber(index) ? values[index - 1] : undefined))

/** All built-in functions by name in upper case. Arguments of a wrong type give undefined, as in the service. */
export const functions: ReadonlyMap<string, BuiltIn> = new Map([
  ...typeFunctions,
  ...textFunctions,
  ...numberFunctions,
  ...integerFunctions,
  ...arrayFunctions,
  ...dateFunctions,
])
