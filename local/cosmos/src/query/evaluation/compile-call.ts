import { notEmulated } from '../../errors.ts'
import { functions } from '../functions/functions.ts'
import { queryError } from '../syntax/query-errors.ts'
import type { Expression } from '../syntax/syntax.ts'
import { compileExpression, type Evaluate } from './compile-expression.ts'
import { checkListItems } from './limits.ts'
import type { Scope } from './scope.ts'

/** Functions of the service that are refused by name. */
const notThere = [
  { kind: 'spatial', names: /^ST_/ },
  { kind: 'full-text', names: /^(FULLTEXT|RRF$)/ },
  { kind: 'vector', names: /^VECTORDISTANCE$/ },
  { kind: 'date', names: /^DATETIMEFORMAT$/ },
]

/** Compiles the call of a built-in function. An unknown name, or a wrong number of arguments, is 400. */
export function compileCall(expression: Extract<Expression, { kind: 'call' }>, scope: Scope): Evaluate {
  const { name, parts } = expression
  if (name === 'udf') throw notEmulated('User-defined functions')
  const missing = notThere.find(({ names }) => names.test(name))
  if (missing !== undefined) throw notEmulated(`The ${missing.kind} function ${name}`)
  const known = functions.get(name)
  if (known === undefined)
    throw queryError('SC2005', `'${name}' is not a recognized built-in function name.`, expression)
  const [least, most] = known.count
  if (parts.length < least || parts.length > most) {
    throw queryError(
      'SC2050',
      `The ${name} function requires ${least === most ? least : `${least} to ${most}`} argument(s).`,
      expression,
    )
  }
  checkListItems(parts)
  const inputs = parts.map(part => compileExpression(part, scope))
  const { call, takesUndefined } = known
  if (inputs.length === 1) {
    const only = inputs[0] as Evaluate
    return env => call(only(env))
  }
  return env => {
    const values = inputs.map(input => input(env))
    return takesUndefined || !values.includes(undefined) ? call(...values) : undefined
  }
}
