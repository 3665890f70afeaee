import { writeCharge } from '../../charges.ts'
import type { Context } from '../../engine.ts'
import { CosmosError } from '../../errors.ts'
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
  const existing = scope.container.items.find(partitionOf(scope), item.id as string)
  if (existing !== undefined) {
    if (!scope.container.isExpired(existing, scope.now)) {
      throw new CosmosError(
        409,
        'Entity with the specified id already exists in the system. More info: https://aka.ms/cosmosdb-tsg-conflict',
      )
    }
    transaction.remove(existing)
  }
  const entry = transaction.insert(partitionOf(scope), item)
  return { status: 201, entry, charge: writeCharge(entry.text.length, indexedTerms(scope.container).count(item)) }
}
