import { batchCharge } from '../../charges.ts'
import type { Context } from '../../engine.ts'
import { answer, type CosmosAnswer } from '../../exchange.ts'
import { lsnHeaders, sessionHeaders } from '../../headers.ts'
import { Transaction } from '../../store/transaction.ts'
import { onBudget, rangeOf, type Scope, scopeOf } from '../items/item-scope.ts'
import {
  type BatchOperation,
  checkSameKey,
  failed,
  failedDependency,
  type Outcome,
  outcomesBody,
  parseBatch,
  perform,
} from './batch-operations.ts'

/**
 * All or nothing within one partition key value, under one LSN. If an operation fails, the answer is 207: its own status
 * in its place, 424 in all others, and nothing is written. A range with nothing left to spend throttles the whole batch.
 */
export function executeBatch(context: Context): CosmosAnswer {
  const scope = scopeOf(context)
  const operations = parseBatch(context.request)
  return onBudget(context, scope, () => performTogether(context, scope, operations))
}

function performTogether(context: Context, scope: Scope, operations: BatchOperation[]): CosmosAnswer {
  const range = rangeOf(scope)
  const transaction = new Transaction(scope.container, range, scope.now)
  transaction.makeUndoable()
  let outcomes: Outcome[] = []
  const charges: number[] = []
  let status = 200
  for (const [index, operation] of operations.entries()) {
    try {
      checkSameKey(operation, scope)
      const outcome = perform(operation, scope, transaction)
      outcomes.push(outcome)
      charges.push(outcome.requestCharge)
    } catch (error) {
      transaction.rollback()
      status = 207
      outcomes = operations.map(() => failedDependency)
      outcomes[index] = failed(error)
      charges.push(outcomes[index].requestCharge)
      break
    }
  }
  transaction.commit()
  const headers = {
    ...sessionHeaders(scope.container, [range]),
    ...lsnHeaders(range),
    'x-ms-item-count': String(outcomes.length),
  }
  const writes = operations.slice(0, charges.length).filter(({ operationType }) => operationType !== 'Read').length
  const charge = batchCharge(charges, writes)
  return answer(status, outcomesBody(context.request, outcomes), { charge, headers })
}
