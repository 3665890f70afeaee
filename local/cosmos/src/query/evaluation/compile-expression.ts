import { isObject } from '../../json.ts'
import { compileLike } from '../functions/like.ts'
import { queryError } from '../syntax/query-errors.ts'
import type { Expression } from '../syntax/syntax.ts'
import { compileIn, groupText, hasAggregate, isAggregate } from './compile.ts'
import { compileCall } from './compile-call.ts'
import { execute } from './execute.ts'
import { checkWeight } from './limits.ts'
import { arithmetic, compare } from './operators.ts'
import type { Scope } from './scope.ts'
import { equal, setProperty, type Value } from './values.ts'

export type Evaluate = (env: Value[]) => Value

/** Turns an expression into a function over the slots. Throws 400 for what cannot mean anything. */
export function compileExpression(expression: Expression, scope: Scope): Evaluate {
  const { grouping } = scope
  if (grouping && grouping.keys.size > 0 && grouping.keys.has(groupText(grouping.query, expression)))
    return compileExpression(expression, scope.ungrouped())
  switch (expression.kind) {
    case 'constant': {
      const { value } = expression
      return () => value
    }
    case 'parameter':
      return compileParameter(expression.name, expression, scope)
    case 'name':
      return compileName(expression, scope)
    case 'property':
      return compileProperty(compileExpression(expression.object, scope), expression.name)
    case 'element':
      return compileElement(compileExpression(expression.object, scope), compileExpression(expression.index, scope))
    case 'unary':
      return compileUnary(expression.operator, compileExpression(expression.operand, scope))
    case 'binary':
      return compileBinary(
        expression.operator,
        compileExpression(expression.left, scope),
        compileExpression(expression.right, scope),
      )
    case 'conditional':
      return compileConditional(expression, scope)
    case 'in':
      return compileMembership(
        compileExpression(expression.value, scope),
        expression.list.map(each => compileExpression(each, scope)),
      )
    case 'between': {
      const { value, low, high } = expression
      const atLeast = compileBinary('>=', compileExpression(value, scope), compileExpression(low, scope))
      return compileBinary(
        'AND',
        atLeast,
        compileBinary('<=', compileExpression(value, scope), compileExpression(high, scope)),
      )
    }
    case 'like':
      return compileLike(expression, each => compileExpression(each, scope))
    case 'call':
      return isAggregate(expression) ? compileAggregate(expression, scope) : compileCall(expression, scope)
    case 'array': {
      const items = expression.items.map(each => compileExpression(each, scope))
      // Written down it is null, but functions of arrays pass over what is undefined.
      return env => items.map(item => item(env)) as Value
    }
    case 'object':
      return compileObject(
        expression.properties.map(({ name, value }) => ({ name, evaluate: compileExpression(value, scope) })),
      )
    case 'subquery':
      return compileSubquery(expression, scope)
  }
}

function compileParameter(name: string, at: Expression, scope: Scope): Evaluate {
  if (!scope.parameters.has(name)) throw queryError('SC2059', `The parameter '${name}' is not specified.`, at)
  const value = scope.parameters.get(name)
  return () => value
}

function compileName(expression: Extract<Expression, { kind: 'name' }>, scope: Scope): Evaluate {
  const slot = scope.slotOf(expression.name)
  if (slot === undefined) {
    throw queryError('SC2001', `Identifier '${expression.name}' could not be resolved.`, expression)
  }
  if (scope.grouping !== undefined) {
    throw queryError(
      'SC2102',
      `Property reference '${expression.name}' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.`,
      expression,
    )
  }
  return env => env[slot]
}

function compileProperty(object: Evaluate, name: string): Evaluate {
  return env => {
    const owner = object(env)
    return isObject(owner) && Object.hasOwn(owner, name) ? owner[name] : undefined
  }
}

function compileElement(object: Evaluate, index: Evaluate): Evaluate {
  return env => {
    const owner = object(env)
    const key = index(env)
    if (Array.isArray(owner)) return typeof key === 'number' ? owner[key] : undefined
    return isObject(owner) && typeof key === 'string' && Object.hasOwn(owner, key) ? owner[key] : undefined
  }
}

function compileUnary(operator: string, operand: Evaluate): Evaluate {
  if (operator === 'NOT') {
    return env => {
      const value = operand(env)
      return typeof value === 'boolean' ? !value : undefined
    }
  }
  const apply = operator === '-' ? (n: number) => -n : operator === '~' ? (n: number) => ~n : (n: number) => n
  return env => {
    const value = operand(env)
    return typeof value === 'number' ? apply(value) : undefined
  }
}

/** AND and OR have three outcomes: something undefined decides nothing, but the other side may. */
function compileBinary(operator: string, left: Evaluate, right: Evaluate): Evaluate {
  switch (operator) {
    case 'AND':
    case 'OR': {
      const decisive = operator === 'OR'
      return env => {
        const a = left(env)
        if (a === decisive) return decisive
        const b = right(env)
        if (b === decisive) return decisive
        return typeof a === 'boolean' && typeof b === 'boolean' ? !decisive : undefined
      }
    }
    case '??':
      return env => {
        const value = left(env)
        return value === undefined ? right(env) : value
      }
    case '=':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const holds = compare[operator]
      return env => holds(left(env), right(env))
    }
    default:
      return env => arithmetic(operator, left(env), right(env))
  }
}

function compileConditional(expression: Extract<Expression, { kind: 'conditional' }>, scope: Scope): Evaluate {
  const test = compileExpression(expression.test, scope)
  const yes = compileExpression(expression.yes, scope)
  const no = compileExpression(expression.no, scope)
  return env => (test(env) === true ? yes(env) : no(env))
}

function compileMembership(value: Evaluate, list: Evaluate[]): Evaluate {
  return env => {
    const wanted = value(env)
    return wanted === undefined ? undefined : list.some(each => equal(each(env), wanted))
  }
}

function compileAggregate(expression: Extract<Expression, { kind: 'call' }>, scope: Scope): Evaluate {
  const { grouping } = scope
  if (grouping === undefined)
    throw queryError('SC2104', `The aggregate function '${expression.name}' is not allowed here.`, expression)
  const [only, ...others] = expression.parts
  if (only === undefined || others.length > 0)
    throw queryError('SC2050', `The ${expression.name} function requires 1 argument(s).`, expression)
  if (hasAggregate(only)) {
    throw queryError(
      'SC2101',
      'Cannot perform an aggregate function on an expression containing an aggregate or a subquery.',
      expression,
    )
  }
  const slot = scope.newSlot()
  grouping.aggregates.push({ name: expression.name, argument: compileExpression(only, scope.ungrouped()), slot })
  return env => env[slot]
}

function compileObject(properties: { name: string; evaluate: Evaluate }[]): Evaluate {
  return env => {
    const object: Record<string, Value> = {}
    for (const { name, evaluate } of properties) {
      const value = evaluate(env)
      if (value !== undefined) setProperty(object, name, value)
    }
    return object as Value
  }
}

function compileSubquery(expression: Extract<Expression, { kind: 'subquery' }>, scope: Scope): Evaluate {
  const compiled = compileIn(expression.query, scope.ungrouped().inner())
  if (expression.form === 'array') return env => checkWeight(execute(compiled, env))
  if (expression.form === 'exists') return env => execute(compiled, env).length > 0
  return env => checkWeight(execute(compiled, env))[0]
}
