import { writeCharge } from '../../charges.ts'
import type { Context } from '../../engine.ts'
import type { CosmosAnswer } from '../../exchange.ts'
import { indexedTerms } from '../../indexed-terms.ts'
import type { JsonObject } from '../../json.ts'
import { objectBody } from '../../request-body.ts'
import { partitionOf, prepareItem } from './item-scope.ts'
import { type Write, type Written, write } from './write-item.ts'

export function createItem(context: Context): CosmosAnswer {
  return write(context, given => create(given, objectBody(context.request.body)))
}

export function create(write: Write, body: JsonObject): Written {
  const { scope, transaction } = write
  const item = prepareItem(body, scope, write.bytes)
  const entry = transaction.insert(partitionOf(scope), item)
  return { status: 201, entry, charge: writeCharge(entry.text.length, indexedTerms(scope.container).count(item)) }
}
