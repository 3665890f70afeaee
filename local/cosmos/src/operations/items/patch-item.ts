import { patchSurcharge } from '../../charges.ts'
import type { Context } from '../../engine.ts'
import { badRequest, CosmosError } from '../../errors.ts'
import type { CosmosAnswer } from '../../exchange.ts'
import { isObject, type Json, type JsonObject } from '../../json.ts'
import { compileQuery } from '../../query/evaluation/compile.ts'
import { evaluateAll } from '../../query/evaluation/execute.ts'
import { withinLimits } from '../../query/evaluation/limits.ts'
import { parseQuery } from '../../query/syntax/parser.ts'
import { parseBody } from '../../request-body.ts'
import { bodyOf } from '../../store/entry.ts'
import { checkIfMatch, getItem, prepareItem } from './item-scope.ts'
import { place } from './patch-place.ts'
import { itemId, put, type Write, type Written, write } from './write-item.ts'

export function patchItem(context: Context): CosmosAnswer {
  return write(context, given => patch(given, itemId(context), parseBody(context.request.body)))
}

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
