import type { Context } from '../../engine.ts'
import type { CosmosAnswer } from '../../exchange.ts'
import type { JsonObject } from '../../json.ts'
import { objectBody } from '../../request-body.ts'
import { create } from './create-item.ts'
import { checkIfMatch, findItem, prepareItem } from './item-scope.ts'
import { put, type Write, type Written, write } from './write-item.ts'

export function upsertItem(context: Context): CosmosAnswer {
  return write(context, given => upsert(given, objectBody(context.request.body)))
}

export function upsert(write: Write, body: JsonObject): Written {
  const id = body.id
  const existing = typeof id === 'string' ? findItem(write.scope, id) : undefined
  if (existing === undefined) return create(write, body)
  checkIfMatch(existing, write.conditions)
  const item = prepareItem(body, write.scope, write.bytes)
  return put(write, existing, item)
}
