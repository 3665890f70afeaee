import type { Context, Engine } from '../../engine.ts'
import { badRequest } from '../../errors.ts'
import { answer, type CosmosAnswer } from '../../exchange.ts'
import { isTrue, lsnHeaders, sessionHeaders } from '../../headers.ts'
import type { Container } from '../../store/container.ts'
import type { Range } from '../../store/range.ts'
import { Transaction } from '../../store/transaction.ts'
import { rangeOf, type Scope } from '../items/item-scope.ts'
import { rangeByHeader } from '../items/ranges-asked.ts'
import {
  type BatchOperation,
  failed,
  failedDependency,
  keyOfOperation,
  type Outcome,
  outcomesBody,
  parseBatch,
  perform,
} from './batch-operations.ts'

/** Many operations on one range, each for itself with its own key, status and LSN. */
export function executeBulk({ engine, request, address }: Context): CosmosAnswer {
  const container = engine.container(address)
  const range = rangeByHeader(container, request)
  if (range === undefined) throw badRequest('A bulk request needs the header x-ms-documentdb-partitionkeyrangeid.')
  const operations = parseBatch(request)
  const goesOn = isTrue(request.headers['x-ms-cosmos-batch-continue-on-error'])
  const outcomes: Outcome[] = []
  let hasFailed = false
  for (const operation of operations) {
    if (hasFailed && !goesOn) {
      outcomes.push(failedDependency)
      continue
    }
    const place = { engine, container, range }
    const fault = engine.faults.meetInBulk(operation.operationType, { request, address })
    const outcome = fault === undefined ? performOnBudget(operation, place) : failed(fault.error)
    if (fault?.isAfter) performOnBudget(operation, place)
    hasFailed ||= outcome.statusCode >= 400
    outcomes.push(outcome)
  }
  const charge = outcomes.reduce((sum, outcome) => sum + outcome.requestCharge, 0)
  const headers = {
    ...sessionHeaders(container, [range]),
    ...lsnHeaders(range),
    'x-ms-item-count': String(outcomes.length),
  }
  return answer(hasFailed ? 207 : 200, outcomesBody(request, outcomes), { charge, headers })
}

type Place = { engine: Engine; container: Container; range: Range }

/** Each operation for itself is throttled when its range has nothing left, so some may be carried out and others not. */
function performOnBudget(operation: BatchOperation, place: Place): Outcome {
  const { throughput } = place.engine
  if (throughput === undefined) return performAlone(operation, place)
  try {
    throughput.admit(place.container, [place.range])
  } catch (error) {
    return failed(error)
  }
  const outcome = performAlone(operation, place)
  throughput.spend(place.container, [place.range], outcome.requestCharge)
  return outcome
}

function performAlone(operation: BatchOperation, place: Place): Outcome {
  const now = place.engine.now()
  const transaction = new Transaction(place.container, place.range, now)
  try {
    const key = keyOfOperation(operation, place)
    if (key === undefined) throw badRequest('An operation in bulk needs a partitionKey.')
    const scope: Scope = { container: place.container, key, now }
    if (rangeOf(scope) !== place.range)
      throw badRequest('The partition key of the operation belongs to another range.', 1001)
    const outcome = perform(operation, scope, transaction)
    transaction.commit()
    return outcome
  } catch (error) {
    transaction.rollback()
    return failed(error)
  }
}
