import { patchSurcharge } from '../charges.ts'
import { badRequest, CosmosError } from '../errors.ts'
import { isObject, type Json, type JsonObject } from '../json.ts'
import { compileQuery } from '../query/compile.ts'
import { evaluateAll } from '../query/execute.ts'
import { withinLimits } from '../query/limits.ts'
import { parseQuery } from '../query/parser.ts'
import { bodyOf } from '../store/entry.ts'
import { checkIfMatch, getItem, prepareItem } from './item-scope.ts'
import { put, type Write, type Written } from './item-writes.ts'

const maxOperations = 10
const immutable = new Set(['id', '_rid', '_self', '_etag', '_ts', '_attachments'])

/** Partial update: a bare array of operations, or `{ operations, condition }`. 412 if the condition does not hold. */
export function patch(write: Write, id: string, given: unknown): Written {
  const operations = Array.isArray(given) ? given : isObject(given) ? given.operations : undefined
  if (!Array.isArray(operations)) throw badRequest('A patch needs an array of operations.')
  if (operations.length === 0 || operations.length > maxOperations) {
    throw badRequest(`A patch has 1 to ${maxOperations} operations; this one has ${operations.length}.`)
  }
  const existing = getItem(write.scope, id)
  checkIfMatch(existing, write.conditions)
  const condition = isObject(given) ? given.condition : undefined
  if (condition !== undefined && condition !== null) checkCondition(condition, bodyOf(existing))
  const body = JSON.parse(existing.text) as JsonObject
  for (const operation of operations) apply(body, operation)
  const item = prepareItem(body, write.scope, existing.text.length)
  const written = put(write, existing, item)
  return { ...written, charge: written.charge + patchSurcharge(operations.length) }
}

function checkCondition(condition: Json, item: JsonObject): void {
  if (typeof condition !== 'string') throw badRequest('The condition of a patch is text: from c where …')
  const compile = () => compileQuery(parseQuery(`SELECT VALUE 1 ${condition}`), new Map())
  if (withinLimits(() => evaluateAll(compile(), [item])).length === 0) {
    throw new CosmosError(412, 'One of the specified pre-condition is not met.', { substatus: 1110 })
  }
}

function apply(root: JsonObject, operation: unknown): void {
  if (!isObject(operation) || typeof operation.path !== 'string' || typeof operation.op !== 'string') {
    throw badRequest('Each operation of a patch needs op and path.')
  }
  const op = operation.op.toLowerCase()
  const names = pathOf(operation.path)
  if (immutable.has(names[0] as string)) throw badRequest(`Cannot patch the system property '${operation.path}'.`)
  if (op === 'move') {
    if (typeof operation.from !== 'string') throw badRequest('A move needs from.')
    const value = place(root, pathOf(operation.from)).take()
    place(root, names).add(value)
    return
  }
  const target = place(root, names)
  if (op === 'remove') {
    target.take()
    return
  }
  if (operation.value === undefined) throw badRequest(`The operation ${op} needs a value.`)
  if (op === 'add') target.add(operation.value)
  else if (op === 'set') target.set(operation.value)
  else if (op === 'replace') target.replace(operation.value)
  else if (op === 'incr') target.increment(operation.value)
  else throw badRequest(`The patch operation '${operation.op}' is not known.`)
}

function pathOf(path: string): string[] {
  if (!path.startsWith('/') || path === '/') throw badRequest(`The patch path '${path}' is not valid.`)
  return path
    .slice(1)
    .split('/')
    .map(name => name.replaceAll('~1', '/').replaceAll('~0', '~'))
}

type Place = {
  add(value: Json): void
  set(value: Json): void
  replace(value: Json): void
  increment(value: Json): void
  take(): Json
}

function place(root: JsonObject, names: string[]): Place {
  let parent: Json | undefined = root
  for (const name of names.slice(0, -1)) parent = child(parent, name)
  const last = names.at(-1) as string
  if (Array.isArray(parent)) return placeInArray(parent, last)
  if (isObject(parent)) return placeInObject(parent, last)
  throw badRequest(`The patch path '/${names.join('/')}' leads through something that is missing.`)
}

function child(parent: Json | undefined, name: string): Json | undefined {
  if (Array.isArray(parent)) return parent[Number(name)]
  return isObject(parent) && Object.hasOwn(parent, name) ? parent[name] : undefined
}

function define(object: JsonObject, name: string, value: Json): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
}

function placeInObject(object: JsonObject, name: string): Place {
  const current = () => {
    if (!Object.hasOwn(object, name)) throw badRequest(`The patch path ends at '${name}', which is missing.`)
    return object[name] as Json
  }
  return {
    add: value => define(object, name, value),
    set: value => define(object, name, value),
    replace: value => {
      current()
      define(object, name, value)
    },
    increment: value => define(object, name, sum(Object.hasOwn(object, name) ? current() : 0, value)),
    take: () => {
      const value = current()
      delete object[name]
      return value
    },
  }
}

function placeInArray(array: Json[], name: string): Place {
  const index = name === '-' ? array.length : Number(name)
  if (!Number.isInteger(index) || index < 0 || index > array.length)
    throw badRequest(`The array index '${name}' of a patch is out of range.`)
  const current = () => {
    if (index >= array.length) throw badRequest(`The array index '${name}' of a patch is out of range.`)
    return array[index] as Json
  }
  return {
    add: value => void array.splice(index, 0, value),
    set: value => {
      array[index] = value
    },
    replace: value => {
      current()
      array[index] = value
    },
    increment: value => {
      array[index] = sum(current(), value)
    },
    take: () => {
      const value = current()
      array.splice(index, 1)
      return value
    },
  }
}

function sum(a: Json, b: Json): number {
  if (typeof a !== 'number' || typeof b !== 'number') throw badRequest('The patch operation incr needs numbers.')
  return a + b
}
