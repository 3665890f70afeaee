import type { Context } from '../engine.ts'
import { badRequest } from '../errors.ts'
import { answer, type CosmosAnswer } from '../exchange.ts'
import { isTrue, lsnHeaders, sessionHeaders } from '../headers.ts'
import type { Container } from '../store/container.ts'
import type { Range } from '../store/range.ts'
import { Transaction } from '../store/transaction.ts'
import {
  type BatchOperation,
  failed,
  failedDependency,
  keyOfOperation,
  type Outcome,
  outcomesText,
  parseBatch,
  perform,
} from './batch-operations.ts'
import { partitionOf, type Scope } from './item-scope.ts'
import { prefersMinimal } from './items.ts'
import { rangeByHeader } from './ranges-asked.ts'

/** Many operations on one range, each for itself with its own key, status and LSN. */
export function executeBulk({ engine, request, address }: Context): CosmosAnswer {
  const container = engine.container(address)
  const range = rangeByHeader(container, request)
  if (range === undefined) throw badRequest('A bulk request needs the header x-ms-documentdb-partitionkeyrangeid.')
  const operations = parseBatch(request.body)
  const goesOn = isTrue(request.headers['x-ms-cosmos-batch-continue-on-error'])
  const outcomes: Outcome[] = []
  let hasFailed = false
  for (const operation of operations) {
    if (hasFailed && !goesOn) {
      outcomes.push(failedDependency)
      continue
    }
    const outcome = performAlone(operation, { container, range, now: engine.now() }, transaction =>
      transaction.commit(engine.journal),
    )
    hasFailed ||= outcome.statusCode >= 400
    outcomes.push(outcome)
  }
  const charge = Math.round(outcomes.reduce((sum, outcome) => sum + outcome.requestCharge, 0) * 100) / 100
  const headers = {
    ...sessionHeaders(container, [range]),
    ...lsnHeaders(range),
    'x-ms-item-count': String(outcomes.length),
  }
  return answer(hasFailed ? 207 : 200, outcomesText(outcomes, prefersMinimal(request.headers.prefer)), {
    charge,
    headers,
  })
}

type Place = { container: Container; range: Range; now: number }

function performAlone(operation: BatchOperation, place: Place, commit: (transaction: Transaction) => void): Outcome {
  const transaction = new Transaction(place.container, place.range, place.now)
  try {
    const key = keyOfOperation(operation, place)
    if (key === undefined) throw badRequest('An operation in bulk needs a partitionKey.')
    const scope: Scope = { container: place.container, key, now: place.now }
    if (partitionOf(scope).range !== place.range)
      throw badRequest('The partition key of the operation belongs to another range.', 1001)
    const outcome = perform(operation, scope, transaction)
    commit(transaction)
    return outcome
  } catch (error) {
    transaction.rollback()
    return failed(error)
  }
}
