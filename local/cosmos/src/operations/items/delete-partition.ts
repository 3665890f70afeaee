import type { Context } from '../../engine.ts'
import { answer, type CosmosAnswer } from '../../exchange.ts'
import { sessionHeaders } from '../../headers.ts'
import { Transaction } from '../../store/transaction.ts'
import { partitionOf, rangeOf, scopeOf } from './item-scope.ts'

/** Deletes every item of one partition key value; the service does it in the background, here it is done at once. */
export function deletePartition(context: Context): CosmosAnswer {
  const scope = scopeOf(context)
  const { items } = scope.container
  const range = rangeOf(scope)
  const transaction = new Transaction(scope.container, range, scope.now)
  for (const entry of [...items.inPartition(partitionOf(scope), {}, 0)]) transaction.remove(entry)
  transaction.commit()
  return answer(200, {}, { headers: sessionHeaders(scope.container, [range]) })
}
