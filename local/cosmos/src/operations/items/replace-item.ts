import type { Context } from '../../engine.ts'
import { CosmosError } from '../../errors.ts'
import type { CosmosAnswer } from '../../exchange.ts'
import type { JsonObject } from '../../json.ts'
import { objectBody } from '../../request-body.ts'
import { checkIfMatch, getItem, prepareItem } from './item-scope.ts'
import { itemId, put, type Write, type Written, write } from './write-item.ts'

export function replaceItem(context: Context): CosmosAnswer {
  return write(context, given => replace(given, itemId(context), objectBody(context.request.body)))
}

/** The id in the body is the item's new id in name only: it must be the id in the path. */
export function replace(write: Write, id: string, body: JsonObject): Written {
  const existing = getItem(write.scope, id)
  checkIfMatch(existing, write.conditions)
  const item = prepareItem(body, write.scope, write.bytes)
  if (item.id !== id) {
    throw new CosmosError(
      400,
      `The id '${String(item.id)}' in the body is not the id '${id}' of the item: an id cannot be changed.`,
    )
  }
  return put(write, existing, item)
}
