import { writeCharge } from '../../charges.ts'
import type { Context } from '../../engine.ts'
import type { CosmosAnswer } from '../../exchange.ts'
import { indexedTerms } from '../../indexed-terms.ts'
import { bodyOf } from '../../store/entry.ts'
import { checkIfMatch, getItem } from './item-scope.ts'
import { itemId, type Write, type Written, write } from './write-item.ts'

export function deleteItem(context: Context): CosmosAnswer {
  return write(context, given => remove(given, itemId(context)))
}

export function remove(write: Write, id: string): Written {
  const existing = getItem(write.scope, id)
  checkIfMatch(existing, write.conditions)
  write.transaction.remove(existing)
  const terms = indexedTerms(write.scope.container).count(bodyOf(existing))
  return { status: 204, entry: undefined, charge: writeCharge(existing.text.length, terms) }
}
